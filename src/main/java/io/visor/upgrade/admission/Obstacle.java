package io.visor.upgrade.admission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that an upgrade waits for.
///
/// @param kind what it is
/// @param why in words, with the values
/// @param until when it passes by itself; null if it does not, or nobody knows
/// @param remedy what takes it out of the way: a command, or a key of the configuration
public record Obstacle(Kind kind, String why, @Nullable Instant until, String remedy) {

    /// What can stand in the way.
    public enum Kind {
        /// Somebody holds the version, or the program.
        HOLD("hold"),
        /// It is not installed without somebody's approval.
        APPROVAL("approval"),
        /// The maintenance window is closed.
        WINDOW("window"),
        /// It is too new.
        DELAY("delay"),
        /// The chain is not high enough.
        HEIGHT("height"),
        /// The disk has too little room.
        DISK("disk");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// The word on the wire.
        public String word() {
            return word;
        }
    }
}
