package io.visor.time;

import java.time.Duration;
import java.time.Instant;

/// The time of day, and time that only grows.
public interface Clock {

    /// The time of day; it can jump.
    Instant now();

    /// The time since some instant; it never shrinks. For measuring, and for whatever a jump of the
    /// time of day must not touch.
    Duration monotonic();

    /// Waits.
    ///
    /// @throws InterruptedException if the calling task is cancelled
    void sleep(Duration duration) throws InterruptedException;

    /// The time since a reading of [#monotonic].
    default Duration since(Duration reading) {
        return monotonic().minus(reading);
    }
}
