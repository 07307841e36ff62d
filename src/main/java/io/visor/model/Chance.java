package io.visor.model;

import java.time.Duration;

/// Chance as a pure function, so that a machine that uses it gives the same answer to the same
/// question.
///
/// @param seed what tells one user of chance from another
public record Chance(long seed) {

    /// A number from 0 (inclusive) to 1 (exclusive), evenly spread (SplitMix64's mixer).
    ///
    /// @param attempt gives each attempt a number of its own
    /// @param now gives each moment a number of its own
    public double at(int attempt, Duration now) {
        long z = seed + attempt * 0x9E3779B97F4A7C15L + now.toNanos();
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }
}
