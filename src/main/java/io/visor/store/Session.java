package io.visor.store;

import io.visor.model.VisorException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A database in the middle of a transaction. SQL is compiled once and kept, so it must come from a
/// small set of constant texts.
public final class Session {

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /// One row of an answer; columns count from 1.
    public static final class Row {

        private final ResultSet rows;

        private Row(ResultSet rows) {
            this.rows = rows;
        }

        /// A text.
        public String text(int column) {
            String text = textIfAny(column);
            if (text == null) {
                throw new DatabaseException(
                        DatabaseException.Kind.CORRUPT, "no text in column " + column, null);
            }
            return text;
        }

        /// A text, or null.
        public @Nullable String textIfAny(int column) {
            try {
                return rows.getString(column);
            } catch (SQLException e) {
                throw SqliteDatabase.failure("reading", e);
            }
        }

        /// A whole number; 0 for null.
        public long number(int column) {
            try {
                return rows.getLong(column);
            } catch (SQLException e) {
                throw SqliteDatabase.failure("reading", e);
            }
        }

        /// A whole number, or null.
        public @Nullable Long numberIfAny(int column) {
            try {
                long number = rows.getLong(column);
                return rows.wasNull() ? null : number;
            } catch (SQLException e) {
                throw SqliteDatabase.failure("reading", e);
            }
        }
    }

    /// Makes a value of a row. What it throws of a value that cannot be counts as damage of the
    /// database.
    ///
    /// @param <T> the value
    @FunctionalInterface
    public interface Reader<T> {
        T read(Row row);
    }

    /// Runs a statement once, such as one that makes a table.
    void run(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw SqliteDatabase.failure("writing", e);
        }
    }

    /// Changes rows.
    ///
    /// @param values for the question marks, in order: texts, whole numbers or null
    /// @return how many rows were changed
    public int update(String sql, @Nullable Object... values) {
        try {
            return prepared(sql, values).executeUpdate();
        } catch (SQLException e) {
            throw SqliteDatabase.failure("writing", e);
        }
    }

    /// Adds a row.
    ///
    /// @return its number (SQLite's rowid)
    public long insert(String sql, @Nullable Object... values) {
        update(sql, values);
        return one("SELECT last_insert_rowid()", row -> row.number(1)).orElse(0L);
    }

    /// All rows of an answer.
    public <T> List<T> all(String sql, Reader<T> reader, @Nullable Object... values) {
        List<T> result = new ArrayList<>();
        try (ResultSet rows = prepared(sql, values).executeQuery()) {
            Row row = new Row(rows);
            while (rows.next()) {
                result.add(read(reader, row));
            }
        } catch (SQLException e) {
            throw SqliteDatabase.failure("reading", e);
        }
        return result;
    }

    /// SQLite knows nothing of what its values mean: what no visor can have written is damage.
    private static <T> T read(Reader<T> reader, Row row) {
        try {
            return reader.read(row);
        } catch (DatabaseException e) {
            throw e;
        } catch (VisorException | IllegalArgumentException | ArithmeticException e) {
            throw new DatabaseException(
                    DatabaseException.Kind.CORRUPT, "a row makes no sense: " + e.getMessage(), e);
        }
    }

    /// The first row of an answer.
    public <T> Optional<T> one(String sql, Reader<T> reader, @Nullable Object... values) {
        return all(sql, reader, values).stream().findFirst();
    }

    private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            switch (value) {
                case null -> statement.setNull(i + 1, java.sql.Types.NULL);
                case String text -> statement.setString(i + 1, text);
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setInt(i + 1, number);
                default -> throw new IllegalArgumentException("no value: " + value.getClass());
            }
        }
        return statement;
    }
}
