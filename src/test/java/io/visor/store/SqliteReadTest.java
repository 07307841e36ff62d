package io.visor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.store.DatabaseException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Databases that are only looked at.
final class SqliteReadTest {

    private static final List<String> FIRST = List.of("CREATE TABLE word (text TEXT NOT NULL)");
    private static final List<String> SECOND = List.of("CREATE TABLE other (id INTEGER)");

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("a b%20?.db");
    }

    @SafeVarargs
    private static List<Schema> schemas(List<String>... steps) {
        return List.of(new Schema("test", List.of(steps)));
    }

    private SqliteDatabase write(String word) {
        SqliteDatabase database = SqliteDatabase.open(file, schemas(FIRST));
        int unused =
                database.transaction(
                        session -> session.update("INSERT INTO word (text) VALUES (?)", word));
        return database;
    }

    private List<String> words() {
        try (SqliteDatabase database =
                SqliteDatabase.openToRead(file, schemas(FIRST)).orElseThrow()) {
            return database.transaction(
                    session -> session.all("SELECT text FROM word", row -> row.text(1)));
        }
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void whatIsNotThereIsNotMade() throws Exception {
        assertThat(SqliteDatabase.openToRead(file, schemas(FIRST))).isEmpty();
        assertThat(files()).isEmpty();
        Files.createFile(file);
        Optional<SqliteDatabase> nothing = SqliteDatabase.openToRead(file, schemas(FIRST));
        assertThat(nothing).isEmpty();
        assertThat(files()).containsExactly(file);
    }

    @Test
    void whatIsAtRestIsReadAndLeftAlone() throws Exception {
        write("one").close();
        byte[] before = Files.readAllBytes(file);
        List<Path> all = files();
        assertThat(words()).containsExactly("one");
        assertThat(files()).isEqualTo(all);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void whatAnotherOneWritesIsReadMeanwhile() {
        try (SqliteDatabase _ = write("one")) {
            assertThat(words()).containsExactly("one");
        }
    }

    @Test
    void nothingCanBeWritten() {
        write("one").close();
        try (SqliteDatabase database =
                SqliteDatabase.openToRead(file, schemas(FIRST)).orElseThrow()) {
            assertThatThrownBy(() ->
                            database.transaction(session -> session.update("DELETE FROM word")))
                    .isInstanceOf(DatabaseException.class);
        }
        assertThat(words()).containsExactly("one");
    }

    @Test
    void anotherFormIsTold() throws Exception {
        write("one").close();
        assertKind(Kind.OLDER, FIRST, SECOND);
        SqliteDatabase.open(file, schemas(FIRST, SECOND)).close();
        assertKind(Kind.NEWER, FIRST);
        Files.writeString(file, "this is no database".repeat(100));
        assertKind(Kind.CORRUPT, FIRST);
    }

    @SafeVarargs
    private void assertKind(Kind kind, List<String>... steps) {
        assertThatThrownBy(() -> SqliteDatabase.openToRead(file, schemas(steps)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
