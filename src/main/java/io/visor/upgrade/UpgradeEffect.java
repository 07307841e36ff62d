package io.visor.upgrade;

import io.visor.model.Version;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a transition asks for.
public sealed interface UpgradeEffect {

    /// Put a release in its place; answered by [UpgradeEvent.Staged] or
    /// [UpgradeEvent.StagingFailed]. An attempt that is under way is given up.
    ///
    /// @param version which
    /// @param floor if the version is not published, the highest published one from here on will
    ///   do; null: none will
    record Stage(Version version, @Nullable Version floor) implements UpgradeEffect {}

    /// Give the staging up that is under way.
    record CancelStaging() implements UpgradeEffect {}

    /// Find out what stands in the way of an upgrade, wait for the program's turn, make the new
    /// link ready and write the intent down; answered by [UpgradeEvent.Blocked], as often as
    /// something changes, [UpgradeEvent.Admitted] or [UpgradeEvent.Refused].
    ///
    /// @param move which upgrade
    record Admit(Move move) implements UpgradeEffect {}

    /// End the program's services and keep them from starting; answered by [UpgradeEvent.AtRest].
    record Suspend() implements UpgradeEffect {}

    /// Replace the link; answered by [UpgradeEvent.Switched] or [UpgradeEvent.SwitchFailed].
    ///
    /// @param version which
    record Switch(Version version) implements UpgradeEffect {}

    /// Start the program's services that are wanted up and have no process.
    record Resume() implements UpgradeEffect {}

    /// Make the replaced link survive a power cut. It comes after [Resume]: the services do not
    /// wait for the disk.
    record Sync() implements UpgradeEffect {}

    /// Make something durable; answered by [UpgradeEvent.Recorded] or [UpgradeEvent.NotRecorded].
    ///
    /// @param conclusion what
    record Record(Conclusion conclusion) implements UpgradeEffect {}

    /// What must be durable before the upgrade goes on.
    sealed interface Conclusion {

        /// The new version is good.
        ///
        /// @param move the upgrade
        record Commit(Move move) implements Conclusion {}

        /// The new version failed, and the old one is about to come back.
        ///
        /// @param move the upgrade that failed
        /// @param back the version that comes back
        /// @param why what failed
        record GoBack(Move move, Version back, String why) implements Conclusion {}

        /// The old version runs again and is good.
        ///
        /// @param move the upgrade that failed
        /// @param back the version that came back
        /// @param why what failed
        record RollBack(Move move, Version back, String why) implements Conclusion {}
    }

    /// Start the timer; an older one counts no more.
    ///
    /// @param generation which timer this is
    /// @param delay when it fires
    record StartTimer(int generation, Duration delay) implements UpgradeEffect {}

    /// Tell the listeners.
    ///
    /// @param notice what
    record Tell(UpgradeNotice notice) implements UpgradeEffect {}
}
