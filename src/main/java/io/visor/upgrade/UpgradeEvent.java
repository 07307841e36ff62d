package io.visor.upgrade;

import io.visor.model.Requirement;
import io.visor.model.Version;

/// What can happen to the upgrade of a program.
public sealed interface UpgradeEvent {

    /// The instance may start services: the chain has answered, or was waited for long enough.
    record Begin() implements UpgradeEvent {}

    /// The network asks for versions.
    ///
    /// @param requirement which
    record Required(Requirement requirement) implements UpgradeEvent {}

    /// The release is not here and is being fetched, which takes time.
    ///
    /// @param version which
    record Fetching(Version version) implements UpgradeEvent {}

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
    /// @param soon whether it is looked for again soon, as nothing is asked over the network
    record StagingFailed(Version version, String why, boolean soon) implements UpgradeEvent {}

    /// The upgrade may go on: its turn has come and the new link is made.
    record Admitted() implements UpgradeEvent {}

    /// The upgrade may not go on.
    ///
    /// @param why in words
    record Refused(String why) implements UpgradeEvent {}

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

    /// Every service of the program that is wanted up is ready.
    record Ready() implements UpgradeEvent {}

    /// A service of the program ended by itself, or could not be started.
    ///
    /// @param why with the service's name
    record Fell(String why) implements UpgradeEvent {}

    /// The timer has run out.
    ///
    /// @param generation which timer
    record TimerFired(int generation) implements UpgradeEvent {}
}
