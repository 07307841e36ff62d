package io.visor.chain;

import io.visor.model.Observation;
import java.util.function.Consumer;

/// What says which version of a program is required.
public interface VersionAuthority extends AutoCloseable {

    /// Asks once; each endpoint in turn until one gives an observation that counts. That its height
    /// advances cannot be seen in one answer.
    ///
    /// @throws ChainException if none does; its message names each endpoint and why
    Observation ask();

    /// Asks whenever there is something new, until the calling task is cancelled.
    ///
    /// @param listener called on the calling thread
    void follow(Consumer<ChainEvent> listener) throws InterruptedException;

    @Override
    void close();
}
