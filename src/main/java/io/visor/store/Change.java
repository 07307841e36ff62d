package io.visor.store;

/// Something to be written to a database.
@FunctionalInterface
public interface Change {

    /// Writes it. It may be run again if it could not be committed.
    void in(Session session);
}
