package io.visor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.store.DatabaseException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseFileTest {

    private static final Schema SCHEMA =
            new Schema("test", List.of(List.of("CREATE TABLE word (text TEXT)")));

    @TempDir private Path directory;
    private Path file;
    private DatabaseFile database;

    @BeforeEach
    void make() {
        file = directory.resolve("visor.db");
        database = new DatabaseFile(file, List.of(SCHEMA));
    }

    private static int add(Database open) {
        return open.transaction(
                session -> session.update("INSERT INTO word (text) VALUES (?)", "a"));
    }

    private static void assertNotInPlace(Database open) {
        assertThatThrownBy(() -> add(open))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT))
                .hasMessageContaining("was removed");
    }

    @Test
    void nothingIsWrittenToAFileThatWasRemoved() throws IOException {
        try (Database open = database.open()) {
            assertThat(add(open)).isEqualTo(1);
            Files.delete(file);
            assertNotInPlace(open);
        }
        assertThat(database.setAside()).isEmpty();
        try (Database anew = database.open()) {
            assertThat(add(anew)).isEqualTo(1);
        }
        assertThat(file).exists();
    }

    @Test
    void nothingIsWrittenToAFileInWhosePlaceAnotherOneWasPut() throws IOException {
        Path other = directory.resolve("other.db");
        try (Database open = new DatabaseFile(other, List.of(SCHEMA)).open()) {
            assertThat(add(open)).isEqualTo(1);
        }
        try (Database open = database.open()) {
            assertThat(add(open)).isEqualTo(1);
            Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertNotInPlace(open);
        }
        assertThat(database.setAside()).as("it is not the one that was open").isEmpty();
        assertThat(file).exists();
    }
}
