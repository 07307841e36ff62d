package io.visor.sim.world;

/// A mistake that the simulation must find.
public enum Mutation {
    /// There is none.
    NONE,
    /// What an earlier visor left running is not ended before services start.
    NO_SWEEP,
    /// Nothing that is written is flushed, though it is said to be.
    NO_FSYNC,
    /// Whatever comes from a release host is believed to be what was asked for.
    NO_PROOF,
    /// Of one process in ten it is not told that it has ended.
    NO_EXIT
}
