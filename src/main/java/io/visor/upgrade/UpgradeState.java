package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.upgrade.admission.Obstacle;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the upgrade of a program stands. Times are readings of the monotonic clock.
public sealed interface UpgradeState {

    /// Nothing goes on.
    sealed interface Over extends UpgradeState {}

    /// An upgrade goes on that has stopped nothing: what is active serves.
    sealed interface Preparing extends UpgradeState {}

    /// The program's services are between being stopped and being trusted again, so that no other
    /// program's may be touched.
    sealed interface Critical extends UpgradeState {}

    /// Nothing has happened yet, or nothing is to be done.
    record Idle() implements Over {}

    /// The release is being fetched and verified; what was active still runs.
    ///
    /// @param move from where to where
    record Staging(Move move) implements Preparing {}

    /// The release is staged and waits for what stands in its way, or for its turn.
    ///
    /// @param move from where to where
    /// @param obstacles what stands in its way; none: its turn is waited for
    record Waiting(Move move, List<Obstacle> obstacles) implements Preparing {
        public Waiting {
            obstacles = List.copyOf(obstacles);
        }

        Waiting(Move move) {
            this(move, List.of());
        }
    }

    /// The services are being ended.
    ///
    /// @param move from where to where
    record Stopping(Move move) implements Critical {}

    /// The link is being replaced.
    ///
    /// @param move from where to where
    record Switching(Move move) implements Critical {}

    /// The new version runs and is watched.
    ///
    /// @param move from where to where
    /// @param window how far the health window is
    /// @param failures how often it has failed
    record Watching(Move move, Window window, int failures) implements Critical {}

    /// The new version failed and the old one is coming back.
    ///
    /// @param move the upgrade that failed
    /// @param back the version that comes back
    /// @param why what failed
    /// @param leg how far the way back is
    record RollingBack(Move move, Version back, String why, Leg leg) implements Critical {}

    /// It did not succeed and is tried again later.
    ///
    /// @param move from where to where
    /// @param until when it is tried again
    /// @param why what failed
    record Retrying(Move move, Duration until, String why) implements Preparing {}

    /// The new version is good.
    ///
    /// @param move from where to where
    /// @param observed whether a service ran to show it
    record Committed(Move move, boolean observed) implements Over {}

    /// The old version runs again, and the new one is on hold.
    ///
    /// @param move the upgrade that failed
    /// @param back the version that came back
    /// @param why what failed
    record RolledBack(Move move, Version back, String why) implements Over {}

    /// It is not wanted any more.
    ///
    /// @param move from where to where
    /// @param why in words
    record Abandoned(Move move, String why) implements Over {}

    /// How far a health window is.
    sealed interface Window {}

    /// The services are getting ready.
    ///
    /// @param deadline until when they may take
    record Opening(Duration deadline) implements Window {}

    /// They are ready, and are watched.
    ///
    /// @param until until when
    record Open(Duration until) implements Window {}

    /// It has passed, and that is being recorded.
    ///
    /// @param observed whether a service ran to show that the version is good
    record Closing(boolean observed) implements Window {}

    /// How far a way back is.
    sealed interface Leg {}

    /// The services of the new version are being ended, and that the old one comes back is being
    /// recorded.
    ///
    /// @param pending which of both has not been done, at least one
    record BackStopping(Set<Pending> pending) implements Leg {
        public BackStopping {
            pending = Set.copyOf(pending);
        }

        BackStopping without(Pending done) {
            Set<Pending> rest = new HashSet<>(pending);
            rest.remove(done);
            return new BackStopping(rest);
        }
    }

    /// What comes before the link is put back.
    enum Pending {
        /// The services are at rest.
        REST,
        /// It is recorded that the old version comes back.
        RECORD
    }

    /// The link is being put back.
    record BackSwitching() implements Leg {}

    /// The old version runs and is watched.
    ///
    /// @param window how far its health window is
    record BackWatching(Window window) implements Leg {}

    /// Whether the program's services are between being stopped and being trusted again.
    default boolean isCritical() {
        return this instanceof Critical;
    }

    /// Whether nothing goes on.
    default boolean isOver() {
        return this instanceof Over;
    }

    /// The upgrade; null if nothing has happened yet.
    default @Nullable Move move() {
        return switch (this) {
            case Idle _ -> null;
            case Staging(Move move) -> move;
            case Waiting waiting -> waiting.move;
            case Stopping(Move move) -> move;
            case Switching(Move move) -> move;
            case Watching watching -> watching.move;
            case RollingBack back -> back.move;
            case Retrying retrying -> retrying.move;
            case Committed committed -> committed.move;
            case RolledBack back -> back.move;
            case Abandoned abandoned -> abandoned.move;
        };
    }

    /// The word for people and for the API.
    default String word() {
        return switch (this) {
            case Idle _ -> "idle";
            case Staging _ -> "staging";
            case Waiting _ -> "waiting";
            case Stopping _ -> "stopping";
            case Switching _ -> "switching";
            case Watching _ -> "watching";
            case RollingBack _ -> "rolling back";
            case Retrying _ -> "retrying";
            case Committed _ -> "committed";
            case RolledBack _ -> "rolled back";
            case Abandoned _ -> "abandoned";
        };
    }
}
