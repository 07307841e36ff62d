package io.visor.upgrade;

import io.visor.model.Version;
import org.jspecify.annotations.Nullable;

/// One program's way from a version to another.
///
/// @param from the version that is active; null if there is none
/// @param to the version that is to be active
/// @param urgency why
/// @param attempt how often it was tried, this time included
public record Move(@Nullable Version from, Version to, Urgency urgency, int attempt) {

    /// How much an upgrade matters.
    public enum Urgency {
        /// The network refuses what runs, or nothing runs.
        REQUIRED,
        /// The network wants more than what runs.
        RECOMMENDED,
        /// Somebody wants this version, whatever the network wants.
        ASKED,
        /// Somebody wants this version, with the data that it had written: see
        /// [io.visor.upgrade.backup.Backups].
        RESTORING;

        /// Whether somebody wants it, whatever the network wants.
        public boolean isAsked() {
            return this == ASKED || this == RESTORING;
        }
    }

    /// The first attempt.
    public Move(@Nullable Version from, Version to, Urgency urgency) {
        this(from, to, urgency, 1);
    }

    Move to(Version version) {
        return new Move(from, version, urgency, attempt);
    }

    /// The same move as one attempt more than another one, which may have been on its way to a
    /// version that was to do instead.
    Move after(Move other) {
        return new Move(from, to, urgency, other.attempt + 1);
    }

    @Override
    public String toString() {
        return (from == null ? "none" : from) + " → " + to;
    }
}
