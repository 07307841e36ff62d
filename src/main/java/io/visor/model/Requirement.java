package io.visor.model;

/// What visor holds true about a program: it must be at least `min` and should be `target`.
///
/// @param min below this the network refuses the program; never above `target`
/// @param target what the network wants
/// @param basis the observation that it rests on
public record Requirement(Version min, Version target, Observation basis) {

    public Requirement {
        if (min.isAbove(target)) {
            throw new IllegalArgumentException("min " + min + " is above target " + target);
        }
    }

    /// What an observation asks of a role.
    public static Requirement of(Observation observation, Role role) {
        ProtocolVersions versions = observation.versions();
        return new Requirement(versions.min(role), versions.target(role), observation);
    }

    /// Whether both ask for the same versions, whatever they rest on.
    public boolean asksTheSameAs(Requirement other) {
        return min.equals(other.min) && target.equals(other.target);
    }
}
