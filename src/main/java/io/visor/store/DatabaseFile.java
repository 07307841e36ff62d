package io.visor.store;

import io.visor.store.DatabaseException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The file of a database, which may turn out to be damaged.
public final class DatabaseFile implements Recorder.Source {

    private final Path file;
    private final List<Schema> schemas;
    private Optional<Object> opened = Optional.empty();

    /// Knows a file; nothing is read or written yet.
    ///
    /// @param schemas whose tables it holds
    public DatabaseFile(Path file, List<Schema> schemas) {
        this.file = file;
        this.schemas = List.copyOf(schemas);
    }

    @Override
    public Database open() {
        opened = SqliteDatabase.identity(file);
        boolean isThere = opened.isPresent();
        SqliteDatabase database;
        try {
            database = SqliteDatabase.open(file, schemas);
        } catch (DatabaseException e) {
            if (e.kind() != Kind.DISK || !isThere) {
                throw e;
            }
            // What was kept must be known even where nothing can be written.
            database = SqliteDatabase.openAlone(file, schemas);
        }
        opened = SqliteDatabase.identity(file);
        return new InPlace(database, file, opened);
    }

    /// A database whose file is still the one that was opened: what is written to one that was
    /// removed is nowhere.
    private record InPlace(SqliteDatabase database, Path file, Optional<Object> opened)
            implements Database {

        @Override
        public <T> T transaction(Work<T> work) {
            if (!SqliteDatabase.identity(file).equals(opened)) {
                throw new DatabaseException(
                        Kind.CORRUPT, "it was removed, or another one put in its place", null);
            }
            return database.transaction(work);
        }

        @Override
        public void close() {
            database.close();
        }
    }

    @Override
    public Optional<String> setAside() {
        if (opened.isEmpty()) {
            throw new DatabaseException(Kind.CORRUPT, file + " cannot be made", null);
        }
        return SqliteDatabase.setAside(file, opened.get()).map(Path::toString);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
