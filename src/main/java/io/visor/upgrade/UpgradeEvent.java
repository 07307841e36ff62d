package io.visor.upgrade;

import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can happen to the upgrade of a program.
public sealed interface UpgradeEvent {

    /// The instance may start services: the chain has answered, or was waited for long enough.
    ///
    /// @param interrupted the upgrade that an earlier visor has not brought to its end; null if
    ///   there is none
    /// @param observed whether a service of the program is wanted up
    record Begin(@Nullable OpenUpgrade interrupted, boolean observed) implements UpgradeEvent {}

    /// The network asks for versions.
    ///
    /// @param requirement which
    record Required(Requirement requirement) implements UpgradeEvent {}

    /// What comes before the stop takes time: the release is not here, a command of the operator is
    /// run, or it is another program's turn.
    ///
    /// @param version to which the upgrade is
    record Lasting(Version version) implements UpgradeEvent {}

    /// A release is in its place, verified.
    ///
    /// @param asked the version that was to be staged
    /// @param version the version that was; below `asked` if that is not published and the active
    ///   one is refused
    record Staged(Version asked, Version version) implements UpgradeEvent {}

    /// A release could not be staged.
    ///
    /// @param version which
    /// @param why in words
    /// @param again when it is tried again; null: after growing pauses
    record StagingFailed(Version version, String why, @Nullable Duration again)
            implements UpgradeEvent {}

    /// The upgrade may not go on yet.
    ///
    /// @param move which upgrade
    /// @param obstacles what it waits for
    record Blocked(Move move, List<Obstacle> obstacles) implements UpgradeEvent {
        public Blocked {
            obstacles = List.copyOf(obstacles);
        }
    }

    /// The upgrade may go on: nothing stands in its way, its turn has come, the new link is made,
    /// and what is about to happen is written down.
    ///
    /// @param move which upgrade
    record Admitted(Move move) implements UpgradeEvent {}

    /// The upgrade could not go on.
    ///
    /// @param move which upgrade
    /// @param why in words
    /// @param again when it is asked again, where nothing failed and it is only not the time; null:
    ///   it failed, and is tried again after growing pauses
    record Refused(Move move, String why, @Nullable Duration again) implements UpgradeEvent {}

    /// No service of the program has a process.
    record AtRest() implements UpgradeEvent {}

    /// The link is replaced.
    ///
    /// @param observed whether a service of the program is wanted up
    record Switched(boolean observed) implements UpgradeEvent {}

    /// The link could not be replaced.
    ///
    /// @param why in words
    record SwitchFailed(String why) implements UpgradeEvent {}

    /// Every service of the program that is wanted up has a process.
    record Started() implements UpgradeEvent {}

    /// Every service of the program that is wanted up is ready.
    record Ready() implements UpgradeEvent {}

    /// A service of the program ended by itself, or could not be started.
    ///
    /// @param why with the service's name
    /// @param output the last lines that its process wrote; none if it is not known
    record Fell(String why, List<String> output) implements UpgradeEvent {
        public Fell {
            output = List.copyOf(output);
        }

        /// A service that wrote nothing.
        public Fell(String why) {
            this(why, List.of());
        }
    }

    /// What was to be recorded is durable.
    record Recorded() implements UpgradeEvent {}

    /// What was to be recorded cannot be now.
    ///
    /// @param why in words
    record NotRecorded(String why) implements UpgradeEvent {}

    /// Somebody wants the version that waits without waiting any longer.
    record Approved() implements UpgradeEvent {}

    /// Versions that failed here may be tried again.
    ///
    /// @param version which; null: all
    record Resumed(@Nullable Version version) implements UpgradeEvent {}

    /// Somebody wants another version to be active, whatever the network wants.
    ///
    /// @param version which
    /// @param urgency whether with the data of its time or with that which is there
    record Wanted(Version version, Move.Urgency urgency) implements UpgradeEvent {}

    /// The timer has run out.
    ///
    /// @param generation which timer
    record TimerFired(int generation) implements UpgradeEvent {}
}
