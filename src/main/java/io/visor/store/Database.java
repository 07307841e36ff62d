package io.visor.store;

/// A relational database. Whoever uses it calls it from one thread at a time.
public interface Database extends AutoCloseable {

    /// What is done in one transaction.
    ///
    /// @param <T> what comes of it
    @FunctionalInterface
    interface Work<T> {
        T in(Session session);
    }

    /// Does all of it or nothing. When this returns, what was done survives a power cut.
    ///
    /// @throws DatabaseException if it could not be done; then nothing of it was
    <T> T transaction(Work<T> work);

    @Override
    void close();
}
