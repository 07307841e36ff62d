package io.visor.upgrade;

import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All that is known of a program's versions at one moment.
///
/// @param active what the link points to; null if there is none
/// @param lastGood the version that was active last without failing; null if there is none
/// @param requirement what the network asks for; null if it is not known
/// @param held the versions that failed here
/// @param state where its upgrade stands
/// @param generation the number of the newest timer
/// @param begun whether its services may run
public record Program(
        @Nullable Version active,
        @Nullable Version lastGood,
        @Nullable Requirement requirement,
        Set<Version> held,
        UpgradeState state,
        int generation,
        boolean begun) {

    public Program {
        held = Set.copyOf(held);
    }

    /// A program whose services have not been started yet.
    ///
    /// @param memory what is remembered of it
    public static Program initial(@Nullable Version active, Memory memory) {
        Memory.OpenUpgrade open = memory.upgrade();
        Version lastGood = memory.lastGood();
        if (lastGood == null) {
            lastGood =
                    open != null && open.move().to().equals(active) ? open.move().from() : active;
        }
        Set<Version> failed = new HashSet<>();
        for (Hold hold : memory.holds()) {
            if (hold.by() == Hold.By.FAILURE && hold.version() != null) {
                failed.add(hold.version());
            }
        }
        return new Program(active, lastGood, null, failed, new UpgradeState.Idle(), 0, false);
    }

    Program in(UpgradeState newState) {
        return new Program(active, lastGood, requirement, held, newState, generation, begun);
    }

    Program activating(Version version) {
        return new Program(version, lastGood, requirement, held, state, generation, begun);
    }

    /// The active version may not be run: it counts as none.
    Program distrusting() {
        return new Program(null, null, requirement, held, state, generation, begun);
    }

    Program trusting(Version version) {
        return new Program(active, version, requirement, held, state, generation, begun);
    }

    Program requiring(@Nullable Requirement newRequirement) {
        return new Program(active, lastGood, newRequirement, held, state, generation, begun);
    }

    Program holding(Version version) {
        Set<Version> more = new HashSet<>(held);
        more.add(version);
        return new Program(active, lastGood, requirement, more, state, generation, begun);
    }

    Program resuming(@Nullable Version version) {
        Set<Version> fewer = new HashSet<>(held);
        fewer.removeIf(other -> version == null || version.equals(other));
        return new Program(active, lastGood, requirement, fewer, state, generation, begun);
    }

    Program begin() {
        return new Program(active, lastGood, requirement, held, state, generation, true);
    }

    Program nextTimer() {
        return new Program(active, lastGood, requirement, held, state, generation + 1, begun);
    }
}
