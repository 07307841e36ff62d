package io.visor.upgrade;

import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.upgrade.Move.Urgency;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is to be done about a program's version. Pure: nothing but the arguments counts.
public sealed interface Decision {

    /// The active version stays.
    ///
    /// @param reason why
    record Keep(Reason reason) implements Decision {}

    /// Another version is to be installed.
    ///
    /// @param move from where to where
    record Install(Move move) implements Decision {}

    /// Why a version stays.
    enum Reason {
        /// The chain has not said yet what it requires.
        NOTHING_KNOWN,
        /// It is the target.
        UP_TO_DATE,
        /// It is above the target; a program is never downgraded by itself.
        ABOVE_TARGET,
        /// The target failed here and is on hold.
        HELD
    }

    /// Decides.
    ///
    /// | active | decision |
    /// |---|---|
    /// | any, no requirement known | keep |
    /// | none | install the target, required |
    /// | below min | install the target, required, on hold or not |
    /// | min or above, below target, target on hold | keep |
    /// | min or above, below target | install the target, recommended |
    /// | target | keep |
    /// | above target | keep |
    ///
    /// @param active the active version; null if there is none
    /// @param requirement what the network asks for; null if it is not known
    /// @param held the versions that failed here
    static Decision decide(
            @Nullable Version active, @Nullable Requirement requirement, Set<Version> held) {
        if (requirement == null) {
            return new Keep(Reason.NOTHING_KNOWN);
        }
        Version target = requirement.target();
        if (active == null || active.isBelow(requirement.min())) {
            return new Install(new Move(active, target, Urgency.REQUIRED));
        }
        if (active.equals(target)) {
            return new Keep(Reason.UP_TO_DATE);
        }
        if (active.isAbove(target)) {
            return new Keep(Reason.ABOVE_TARGET);
        }
        return held.contains(target)
                ? new Keep(Reason.HELD)
                : new Install(new Move(active, target, Urgency.RECOMMENDED));
    }
}
