package io.visor.chain;

import io.visor.model.Observation;
import java.time.Duration;

/// What a version authority has to tell.
public sealed interface ChainEvent {

    /// An endpoint is being followed.
    ///
    /// @param endpoint which
    /// @param subscribed whether the node tells of new blocks; if not, it is polled
    record Following(String endpoint, boolean subscribed) implements ChainEvent {}

    /// An observation that counts.
    ///
    /// @param observation the observation
    record Observed(Observation observation) implements ChainEvent {}

    /// An endpoint gives no answer that can be used.
    ///
    /// @param endpoint which
    /// @param failure why
    /// @param retryIn when the next endpoint is asked, or this one again
    record EndpointFailed(String endpoint, ChainException failure, Duration retryIn)
            implements ChainEvent {}
}
