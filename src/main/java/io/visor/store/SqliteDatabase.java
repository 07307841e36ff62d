package io.visor.store;

import io.visor.model.FileFailures;
import io.visor.os.FileLock;
import io.visor.os.OsException;
import io.visor.store.DatabaseException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A SQLite database in write-ahead mode (sqlite.org/wal.html): several visors on one machine may
/// have it open at a time; what is committed survives a power cut (`synchronous=FULL`). The file
/// must not be on a network file system, whose locks and shared memory SQLite cannot rely on.
public final class SqliteDatabase implements Database {

    /// How long another visor that writes is waited for, in milliseconds.
    private static final int BUSY_MILLIS = 5_000;

    private static final String IN_MEMORY = ":memory:";

    /// SQLITE_OPEN_READONLY and SQLITE_OPEN_URI (sqlite.org/c3ref/c_open_autoproxy.html).
    private static final int READ_ONLY = 0x1;

    private static final int BY_ADDRESS = 0x40;

    private final Connection connection;
    private final Session session;
    private final String begin;

    private SqliteDatabase(Connection connection, String begin) {
        this.connection = connection;
        this.session = new Session(connection);
        this.begin = begin;
    }

    /// Opens a database; the file is made if it is not there, readable for its owner only.
    ///
    /// @param schemas whose tables are brought to their newest form
    /// @throws DatabaseException if that is not possible
    public static SqliteDatabase open(Path file, List<Schema> schemas) {
        try {
            make(file);
        } catch (IOException e) {
            throw new DatabaseException(Kind.DISK, FileFailures.why(file, e), e);
        }
        return open(file.toString(), false, schemas);
    }

    /// Opens a database that is there, for this process alone. It needs no room on the disk, as
    /// long as nothing is written: the index of the log, which visors share in a file, is in memory
    /// then (sqlite.org/wal.html, "Use of WAL Without Shared-Memory").
    ///
    /// @throws DatabaseException if that is not possible, or another process has it open
    public static SqliteDatabase openAlone(Path file, List<Schema> schemas) {
        return open(file.toString(), true, schemas);
    }

    /// Opens a database to look at it: nothing is made, changed or brought to another form, and no
    /// file is left behind. It may be one that another process writes.
    ///
    /// @param schemas whose tables are read
    /// @return nothing if it is not there, or nothing was ever written to it
    /// @throws DatabaseException if it cannot be read, or has another form
    public static Optional<SqliteDatabase> openToRead(Path file, List<Schema> schemas) {
        try {
            if (!Files.exists(file) || Files.size(file) == 0) {
                return Optional.empty();
            }
            if (!Files.isReadable(file)) {
                throw new AccessDeniedException(file.toString());
            }
            return openToRead(file, isAtRest(file), schemas);
        } catch (IOException e) {
            throw new DatabaseException(Kind.DISK, FileFailures.why(file, e), e);
        }
    }

    /// Whether all that was written is in the file itself. Then it need not be locked, and the two
    /// files beside it are not made (sqlite.org/wal.html, "Read-Only Databases").
    private static boolean isAtRest(Path file) throws IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return !Files.exists(log) || Files.size(log) == 0;
    }

    private static Optional<SqliteDatabase> openToRead(
            Path file, boolean atRest, List<Schema> schemas) {
        Properties mode = new Properties();
        mode.setProperty("open_mode", String.valueOf(READ_ONLY | BY_ADDRESS));
        String address = "file:" + file.toUri().getRawPath() + (atRest ? "?immutable=1" : "");
        Connection connection = connect(address, mode);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout=" + BUSY_MILLIS);
            }
            SqliteDatabase database = new SqliteDatabase(connection, "BEGIN");
            if (database.hasForm(schemas)) {
                return Optional.of(database);
            }
            close(connection);
            return Optional.empty();
        } catch (SQLException e) {
            close(connection);
            throw failure("opening", e);
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    /// Whether the tables are there in the form that is known.
    ///
    /// @return false if there are none
    /// @throws DatabaseException if they are there in another form
    private boolean hasForm(List<Schema> schemas) {
        for (Schema schema : schemas) {
            int form = version(schema);
            if (form == 0) {
                return false;
            }
            if (form > schema.steps().size()) {
                throw newer(schema, form);
            }
            if (form < schema.steps().size()) {
                throw new DatabaseException(
                        Kind.OLDER,
                        "an older visor has written it (form "
                                + form
                                + " of "
                                + schema.part()
                                + ", this one knows "
                                + schema.steps().size()
                                + ")",
                        null);
            }
        }
        return true;
    }

    /// A database that is gone when it is closed.
    public static SqliteDatabase inMemory(List<Schema> schemas) {
        return open(IN_MEMORY, false, schemas);
    }

    private static void make(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Path directory = DurableFiles.parent(file);
        DurableFiles.createDirectories(directory);
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // Another visor has just made it.
            return;
        }
        DurableFiles.syncDirectory(directory);
    }

    private static SqliteDatabase open(String name, boolean alone, List<Schema> schemas) {
        Connection connection = connect(name, new Properties());
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout=" + BUSY_MILLIS);
                if (alone) {
                    statement.execute("PRAGMA locking_mode=EXCLUSIVE");
                }
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                statement.execute("PRAGMA foreign_keys=ON");
                statement.execute("PRAGMA temp_store=MEMORY");
                // In KiB: history is written and seldom read, so little of it is kept in memory.
                statement.execute("PRAGMA cache_size=-256");
                statement.execute("PRAGMA journal_size_limit=1048576");
            }
            // The lock for writing is taken at once: a transaction that begins by reading could not
            // write any more if another visor has written meanwhile (sqlite.org/isolation.html).
            SqliteDatabase database = new SqliteDatabase(connection, "BEGIN IMMEDIATE");
            database.migrate(schemas);
            return database;
        } catch (SQLException e) {
            close(connection);
            throw failure("opening", e);
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    /// Without the JDK's search for drivers, which reads the whole class path.
    private static Connection connect(String name, Properties properties) {
        try {
            Connection connection = JDBC.createConnection(JDBC.PREFIX + name, properties);
            if (connection == null) {
                throw new IllegalStateException("SQLite does not know its own address");
            }
            return connection;
        } catch (SQLException e) {
            throw failure("opening", e);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure("closing", e);
        }
    }

    private void migrate(List<Schema> schemas) {
        for (Schema schema : schemas) {
            transaction(_ -> {
                migrate(schema);
                return true;
            });
        }
    }

    private void migrate(Schema schema) {
        int from = version(schema);
        if (from > schema.steps().size()) {
            throw newer(schema, from);
        }
        if (from == schema.steps().size()) {
            return;
        }
        session.run(
                "CREATE TABLE IF NOT EXISTS schema_version"
                        + " (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
        schema.steps().stream().skip(from).forEach(step -> step.forEach(session::run));
        session.update(
                "INSERT INTO schema_version (part, version) VALUES (?, ?)"
                        + " ON CONFLICT (part) DO UPDATE SET version = excluded.version",
                schema.part(),
                schema.steps().size());
    }

    private static DatabaseException newer(Schema schema, int form) {
        return new DatabaseException(
                Kind.NEWER,
                "a newer visor has written it (form "
                        + form
                        + " of "
                        + schema.part()
                        + ", this one knows "
                        + schema.steps().size()
                        + ")",
                null);
    }

    /// The form that a part's tables have; 0 if there are none.
    private int version(Schema schema) {
        boolean isNew =
                session.one(
                                "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'",
                                row -> row.number(1))
                        .isEmpty();
        return isNew
                ? 0
                : session.one(
                                "SELECT version FROM schema_version WHERE part = ?",
                                row -> Math.toIntExact(row.number(1)),
                                schema.part())
                        .orElse(0);
    }

    /// The driver's own transactions are not used, as it holds the next one open as soon as one has
    /// ended.
    @Override
    public <T> T transaction(Work<T> work) {
        session.update(begin);
        boolean done = false;
        try {
            T result = work.in(session);
            session.update("COMMIT");
            done = true;
            return result;
        } finally {
            if (!done) {
                rollBack();
            }
        }
    }

    private void rollBack() {
        try {
            session.update("ROLLBACK");
        } catch (DatabaseException e) {
            // Some failures have rolled it back already (sqlite.org/lang_transaction.html); the one
            // that is on its way says what happened.
            return;
        }
    }

    @Override
    public void close() {
        close(connection);
    }

    /// What tells a file from another one that has the same name later.
    ///
    /// @return nothing if there is no such file
    /// @throws DatabaseException if the disk does not allow it
    public static Optional<Object> identity(Path file) {
        try {
            return Optional.of(Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new DatabaseException(Kind.DISK, FileFailures.why(file, e), e);
        }
    }

    /// Moves a damaged database out of the way, unless another visor has done so already.
    ///
    /// @param damaged the [#identity] of the damaged file
    /// @return where it is now; nothing if it was not there any more, or another visor is at it
    /// @throws DatabaseException if the disk does not allow it
    public static Optional<Path> setAside(Path file, Object damaged) {
        Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
        try (FileLock held = FileLock.tryAcquire(lock).orElse(null)) {
            if (held == null || !identity(file).equals(Optional.of(damaged))) {
                return Optional.empty();
            }
            Path to = file.resolveSibling(file.getFileName() + ".damaged");
            for (int i = 2; Files.exists(to, LinkOption.NOFOLLOW_LINKS); i++) {
                to = file.resolveSibling(file.getFileName() + ".damaged." + i);
            }
            // The log goes first: beside a new file it would be taken for that one's.
            for (String suffix : List.of("-wal", "-shm", "")) {
                Path part = file.resolveSibling(file.getFileName() + suffix);
                if (Files.exists(part)) {
                    DurableFiles.rename(part, to.resolveSibling(to.getFileName() + suffix));
                }
            }
            return Optional.of(to);
        } catch (IOException e) {
            throw new DatabaseException(Kind.DISK, FileFailures.why(file, e), e);
        } catch (OsException e) {
            throw new DatabaseException(Kind.DISK, lock + ": " + e.reason(), e);
        }
    }

    /// Puts SQLite's failure into ours.
    ///
    /// @param doing what was being done
    static DatabaseException failure(String doing, SQLException e) {
        Kind kind = e instanceof SQLiteException known ? kind(known.getResultCode()) : Kind.FAULT;
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return new DatabaseException(kind, doing + " fails: " + reason, e);
    }

    /// The kinds of sqlite.org/rescode.html.
    private static Kind kind(SQLiteErrorCode code) {
        SQLiteErrorCode primary = SQLiteErrorCode.getErrorCode(code.code & 0xff);
        return switch (primary) {
            case SQLITE_CORRUPT, SQLITE_NOTADB -> Kind.CORRUPT;
            case SQLITE_BUSY, SQLITE_LOCKED -> Kind.BUSY;
            case SQLITE_ERROR,
                    SQLITE_CONSTRAINT,
                    SQLITE_MISMATCH,
                    SQLITE_MISUSE,
                    SQLITE_RANGE,
                    SQLITE_TOOBIG ->
                    Kind.FAULT;
            default -> Kind.DISK;
        };
    }
}
