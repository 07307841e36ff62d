package io.visor.model;

import java.time.Duration;

/// Growing pauses between attempts.
///
/// @param first the pause before the first attempt again, at least 0
/// @param factor what each further pause is longer by, at least 1
/// @param max the longest pause, before chance moves it
/// @param jitter how far chance moves a pause to either side, as a part of it: 0 to 1
public record Backoff(Duration first, double factor, Duration max, double jitter) {

    /// A tenth to either side, so that a fleet does not act in step.
    private static final double JITTER = 0.1;

    public Backoff {
        if (first.isNegative() || max.isNegative() || !(factor >= 1)) {
            throw new IllegalArgumentException(
                    "a backoff does not shrink: " + first + ", " + factor + ", " + max);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter is a part of the pause: " + jitter);
        }
    }

    /// Pauses that chance moves by a tenth.
    public Backoff(Duration first, double factor, Duration max) {
        this(first, factor, max, JITTER);
    }

    /// The pause before an attempt.
    ///
    /// @param attempt 1 for the first attempt after a failure
    /// @param random a number from 0 (the shortest pause) to 1 (the longest)
    public Duration delay(int attempt, double random) {
        double nanos = first.toNanos() * Math.pow(factor, Math.max(0, attempt - 1));
        double capped = Math.min(nanos, max.toNanos());
        return Duration.ofNanos((long) (capped * (1 + jitter * (2 * random - 1))));
    }
}
