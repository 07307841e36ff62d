package io.visor.upgrade;

import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.backup.Backup;
import io.visor.upgrade.hook.HookResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the upgrade of a program has to tell.
public sealed interface UpgradeNotice {

    /// The network asks for other versions than before.
    ///
    /// @param requirement what it asks for
    /// @param before what it asked for; null the first time
    /// @param active the active version; null if there is none
    /// @param decision what follows
    /// @param state where the program's upgrade stands; one that has stopped something comes to its
    ///   end first
    record Asked(
            Requirement requirement,
            @Nullable Requirement before,
            @Nullable Version active,
            Decision decision,
            UpgradeState state)
            implements UpgradeNotice {}

    /// An upgrade begins, or is tried again: its release is to be staged.
    ///
    /// @param move from where to where
    record Detected(Move move) implements UpgradeNotice {}

    /// The release could not be staged.
    ///
    /// @param move from where to where
    /// @param why in words
    /// @param retryIn when it is tried again
    record NotStaged(Move move, String why, Duration retryIn) implements UpgradeNotice {}

    /// The release is staged.
    ///
    /// @param move from where to where
    record Staged(Move move) implements UpgradeNotice {}

    /// The upgrade waits for other things than before.
    ///
    /// @param move from where to where
    /// @param obstacles what it waits for; none: its turn
    record Blocked(Move move, List<Obstacle> obstacles) implements UpgradeNotice {
        public Blocked {
            obstacles = List.copyOf(obstacles);
        }
    }

    /// The services of the program are being ended.
    ///
    /// @param move from where to where
    record Begun(Move move) implements UpgradeNotice {}

    /// The services of the program have ended.
    ///
    /// @param move from where to where
    record Stopped(Move move) implements UpgradeNotice {}

    /// The new version is active.
    ///
    /// @param move from where to where
    record Switched(Move move) implements UpgradeNotice {}

    /// The services of the program have processes of the new version.
    ///
    /// @param move from where to where
    record Started(Move move) implements UpgradeNotice {}

    /// The services of the program are ready, and the health window is open.
    ///
    /// @param move from where to where
    record Ready(Move move) implements UpgradeNotice {}

    /// An upgrade that an earlier visor did not bring to its end goes on.
    ///
    /// @param move from where to where
    /// @param interruptions how often in a row it was interrupted
    record TakenUp(Move move, int interruptions) implements UpgradeNotice {}

    /// What must be durable cannot be recorded; nothing else hinders the upgrade.
    ///
    /// @param move from where to where
    /// @param why in words
    /// @param retryIn when it is tried again; null: it is not, and the upgrade goes on
    record NotRecorded(Move move, String why, @Nullable Duration retryIn)
            implements UpgradeNotice {}

    /// The switch did not happen; what was active still is.
    ///
    /// @param move from where to where
    /// @param why in words
    /// @param retryIn when it is tried again
    record NotSwitched(Move move, String why, Duration retryIn) implements UpgradeNotice {}

    /// A hook says that now is not the time: what was active still is, and nothing failed.
    ///
    /// @param move from where to where
    /// @param why in words
    /// @param retryIn when it is asked again
    record Postponed(Move move, String why, Duration retryIn) implements UpgradeNotice {}

    /// The new version is good.
    ///
    /// @param move from where to where
    /// @param observed whether a service ran to show it
    /// @param watched how long it was watched
    record Committed(Move move, boolean observed, Duration watched) implements UpgradeNotice {}

    /// The new version failed, and the old one comes back.
    ///
    /// @param move the upgrade that failed
    /// @param back the version that comes back
    /// @param why what failed
    /// @param output the last lines of the process that failed; none if there was none
    record RollingBack(Move move, Version back, String why, List<String> output)
            implements UpgradeNotice {
        public RollingBack {
            output = List.copyOf(output);
        }
    }

    /// The new version failed, and is tried again.
    ///
    /// @param move from where to where
    /// @param why what failed
    /// @param whyNoRollback why the old version does not come back
    /// @param output the last lines of the process that failed; none if there was none
    record StillTrying(Move move, String why, String whyNoRollback, List<String> output)
            implements UpgradeNotice {
        public StillTrying {
            output = List.copyOf(output);
        }
    }

    /// The old version runs again and is good; the new one is on hold.
    ///
    /// @param move the upgrade that failed
    /// @param back the version that came back
    /// @param why what failed
    record RolledBack(Move move, Version back, String why) implements UpgradeNotice {}

    /// The old version failed as well, so that the new one is not to blame.
    ///
    /// @param move the upgrade that failed
    /// @param why how the old version failed
    /// @param retryIn when the new one is tried again
    /// @param output the last lines of the process that failed; none if there was none
    record NotBlamed(Move move, String why, Duration retryIn, List<String> output)
            implements UpgradeNotice {
        public NotBlamed {
            output = List.copyOf(output);
        }
    }

    /// How a version did here cannot be kept beside it; the database knows it all the same.
    ///
    /// @param version which
    /// @param why in words
    record NotJudged(Version version, String why) implements UpgradeNotice {}

    /// Data is being copied.
    ///
    /// @param move from where to where
    /// @param back whether a backup is being put back, rather than made
    /// @param bytes how many are copied
    /// @param all how many there are to copy, as far as it is known
    record Copying(Move move, boolean back, long bytes, long all) implements UpgradeNotice {}

    /// A backup is made.
    ///
    /// @param move from where to where
    /// @param backup what it is
    /// @param directory where it is
    /// @param took how long it took
    record BackedUp(Move move, Backup backup, Path directory, Duration took)
            implements UpgradeNotice {}

    /// The data of a backup is in its place.
    ///
    /// @param move from where to where
    /// @param backup what it is
    /// @param took how long it took
    record Restored(Move move, Backup backup, Duration took) implements UpgradeNotice {}

    /// Backups that are not needed any more cannot be deleted.
    ///
    /// @param move the upgrade that has succeeded
    /// @param why in words
    record NotPruned(Move move, String why) implements UpgradeNotice {}

    /// A hook has run.
    ///
    /// @param move from where to where
    /// @param result what came of it
    record HookRan(Move move, HookResult result) implements UpgradeNotice {}

    /// The upgrade is not wanted any more.
    ///
    /// @param move from where to where
    /// @param why in words
    record Abandoned(Move move, String why) implements UpgradeNotice {}
}
