package io.visor.api.upgrade;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Something that is asked for about a program's upgrades.
///
/// @param verb what
/// @param version which version it is about; null: the one that the verb means without one
/// @param reason why, in words; null: it is not said
/// @param force whether it is done also where the network refuses the version
/// @param restore whether the data comes back that the version had written
public record Order(
        Verb verb,
        @Nullable String version,
        @Nullable String reason,
        boolean force,
        boolean restore) {

    /// What is asked for without more.
    public static Order of(Verb verb, @Nullable String version) {
        return new Order(verb, version, null, false, false);
    }

    /// The same with a reason.
    public Order because(@Nullable String newReason) {
        return new Order(verb, version, newReason, force, restore);
    }

    /// What can be asked for.
    public enum Verb {
        /// Install without waiting for a window, a delay, a height or an approval.
        APPROVE,
        /// Stop a version, or all upgrades of the program.
        HOLD,
        /// Lift stops.
        RESUME,
        /// Go back to an older version.
        ROLLBACK,
        /// Fetch and try a version, and stop nothing.
        PREPARE;

        /// The verb, on the wire and for people.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
