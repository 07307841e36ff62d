package io.visor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.store.DatabaseException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteDatabaseTest {

    private static final List<String> FIRST = List.of("CREATE TABLE word (text TEXT NOT NULL)");
    private static final List<String> SECOND =
            List.of("ALTER TABLE word ADD COLUMN language TEXT NOT NULL DEFAULT 'en'");

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("home/visor.db");
    }

    private SqliteDatabase open(List<List<String>> steps) {
        return SqliteDatabase.open(file, List.of(new Schema("test", steps)));
    }

    private static void add(Database database, String word) {
        int unused =
                database.transaction(
                        session -> session.update("INSERT INTO word (text) VALUES (?)", word));
    }

    private static List<String> words(Database database) {
        return database.transaction(
                session -> session.all("SELECT text FROM word ORDER BY rowid", row -> row.text(1)));
    }

    private static Kind kind(Throwable failure) {
        return ((DatabaseException) failure).kind();
    }

    @Test
    void keepsWhatWasCommittedForItsOwnerOnly() throws Exception {
        try (SqliteDatabase database = open(List.of(FIRST))) {
            add(database, "one");
        }
        try (SqliteDatabase database = open(List.of(FIRST))) {
            add(database, "two");
            assertThat(words(database)).containsExactly("one", "two");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aTransactionThatFailsLeavesNothing() {
        try (SqliteDatabase database = open(List.of(FIRST))) {
            assertThatThrownBy(() ->
                            database.transaction(session -> {
                                session.update("INSERT INTO word (text) VALUES (?)", "lost");
                                throw new IllegalStateException("no more");
                            }))
                    .hasMessage("no more");
            assertThatThrownBy(() ->
                            database.transaction(session ->
                                    session.update("INSERT INTO word (text) VALUES (NULL)")))
                    .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.FAULT));
            add(database, "kept");
            assertThat(words(database)).containsExactly("kept");
        }
    }

    @Test
    void goesToANewerFormAndKeepsWhatThereIs() {
        try (SqliteDatabase database = open(List.of(FIRST))) {
            add(database, "one");
        }
        try (SqliteDatabase database = open(List.of(FIRST, SECOND))) {
            assertThat(
                            database.<Optional<String>>transaction(session ->
                                    session.one(
                                            "SELECT language FROM word WHERE text = ?",
                                            row -> row.text(1),
                                            "one")))
                    .contains("en");
        }
    }

    @Test
    void aStepThatFailsLeavesTheFormAsItWas() {
        open(List.of(FIRST)).close();
        List<String> broken = List.of(SECOND.getFirst(), "CREATE TABLE word (text TEXT)");
        assertThatThrownBy(() -> open(List.of(FIRST, broken)))
                .isInstanceOf(DatabaseException.class);
        try (SqliteDatabase database = open(List.of(FIRST, SECOND))) {
            assertThat(words(database)).isEmpty();
        }
    }

    @Test
    void refusesWhatANewerVisorHasWritten() {
        open(List.of(FIRST, SECOND)).close();
        assertThatThrownBy(() -> open(List.of(FIRST)))
                .hasMessageContaining("a newer visor has written it")
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.NEWER));
    }

    @Test
    void tellsADamagedFile() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "this is no database".repeat(100));
        assertThatThrownBy(() -> open(List.of(FIRST)))
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.CORRUPT));
    }

    @Test
    void twoVisorsWriteToOneFile() {
        try (SqliteDatabase one = open(List.of(FIRST));
                SqliteDatabase two = open(List.of(FIRST))) {
            for (int i = 0; i < 20; i++) {
                add(one, "one");
                add(two, "two");
            }
            assertThat(words(one)).hasSize(40);
        }
    }

    @Test
    void aDamagedFileIsSetAsideOnceOnly() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "no database");
        Object damaged = SqliteDatabase.identity(file).orElseThrow();
        assertThat(SqliteDatabase.setAside(file, damaged))
                .contains(directory.resolve("home/visor.db.damaged"));
        open(List.of(FIRST)).close();
        assertThat(SqliteDatabase.setAside(file, damaged))
                .as("another visor has begun a new one already")
                .isEmpty();
        assertThat(file).exists();
        Files.writeString(file, "no database");
        assertThat(SqliteDatabase.setAside(file, SqliteDatabase.identity(file).orElseThrow()))
                .contains(directory.resolve("home/visor.db.damaged.2"));
    }

    @Test
    void aDirectoryInItsPlaceIsAFailureOfTheDisk() throws Exception {
        Files.createDirectories(file);
        assertThatThrownBy(() -> open(List.of(FIRST)))
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.DISK));
    }
}
