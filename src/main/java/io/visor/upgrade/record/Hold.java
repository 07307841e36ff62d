package io.visor.upgrade.record;

import io.visor.model.Version;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A stop on a version of a program, or on all its upgrades.
///
/// @param version which version; null: the program, whatever the version
/// @param by who placed it
/// @param why in words
/// @param at when it was placed
public record Hold(@Nullable Version version, By by, String why, Instant at) {

    /// Who places holds.
    public enum By {
        /// Somebody asked for it. Nothing but somebody's asking lifts it.
        OPERATOR("operator"),
        /// The version failed here. It is tried all the same where the network refuses what runs.
        FAILURE("failure");

        private final String word;

        By(String word) {
            this.word = word;
        }

        /// The word on the wire and in the database.
        public String word() {
            return word;
        }
    }

    /// Whether it is placed on the same thing by the same.
    boolean isSameStop(Hold other) {
        return by == other.by && Objects.equals(version, other.version);
    }

    /// Whether it stops a version.
    public boolean binds(Version other) {
        return version == null || version.equals(other);
    }
}
