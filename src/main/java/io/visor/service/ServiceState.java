package io.visor.service;

import io.visor.model.ExitStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where a service stands. Times are readings of the monotonic clock.
public sealed interface ServiceState {

    /// No process, and none is coming.
    ///
    /// @param why why it is so although visor did not do it, in words; null if that is not so
    record Stopped(@Nullable String why) implements ServiceState {
        public Stopped() {
            this(null);
        }
    }

    /// No process until something else has happened.
    ///
    /// @param reason what is waited for
    record Waiting(Reason reason) implements ServiceState {

        /// What a service can wait for.
        public enum Reason {
            /// The upgrade of its program switches versions.
            UPGRADE,
            /// Another service is not yet what it must be.
            DEPENDENCY
        }
    }

    /// The backend was asked for a process.
    ///
    /// @param orders what happens as soon as there is one
    record Starting(Orders orders) implements ServiceState {}

    /// It has a process.
    ///
    /// @param pid the process
    /// @param since when it started
    /// @param readiness whether it can be used
    /// @param changed when that changed last
    record Running(long pid, Duration since, Readiness readiness, Duration changed)
            implements ServiceState {}

    /// Whether a process can be used.
    enum Readiness {
        /// Not yet.
        STARTING,
        READY,
        /// It could be used before.
        NOT_READY
    }

    /// Its process was asked to end.
    ///
    /// @param pid the process
    /// @param since when it was asked first
    /// @param step which step of the stop policy it is at, from 0
    /// @param orders what happens when it is gone
    record Stopping(long pid, Duration since, int step, Orders orders) implements ServiceState {}

    /// Its process group was sent `SIGKILL`.
    ///
    /// @param pid the process
    /// @param since when it was asked first to end
    /// @param orders what happens when it is gone
    record Killing(long pid, Duration since, Orders orders) implements ServiceState {}

    /// Its process ended and a new one comes later.
    ///
    /// @param attempt how many restarts in a row this is, from 1
    /// @param until when
    /// @param why how the last one ended
    record Backoff(int attempt, Duration until, String why) implements ServiceState {}

    /// It was to run once and has done so.
    ///
    /// @param code its exit code
    record Completed(int code) implements ServiceState {}

    /// It ended and is not started again.
    ///
    /// @param why in words
    /// @param status how its last process ended; none if it could not be started
    record Failed(String why, @Nullable ExitStatus status) implements ServiceState {}

    /// What happens to a service when its process is gone, or has come.
    sealed interface Orders {

        Orders RUN = new Run();
        Orders REST = new Rest();
        Orders WAIT_FOR_UPGRADE = new WaitForUpgrade();
        Orders BY_HAND = new ByHand();

        /// A process is wanted.
        record Run() implements Orders {}

        /// None is wanted.
        record Rest() implements Orders {}

        /// None is wanted until the upgrade has switched versions.
        record WaitForUpgrade() implements Orders {}

        /// None is wanted, by somebody who has stopped the unit by hand.
        record ByHand() implements Orders {}

        /// The process failed, and the restart policy decides.
        ///
        /// @param why in words
        record Retry(String why) implements Orders {}
    }

    /// The process, if it has one.
    default @Nullable Long processId() {
        return switch (this) {
            case Running running -> running.pid();
            case Stopping(long pid, Duration _, int _, Orders _) -> pid;
            case Killing(long pid, Duration _, Orders _) -> pid;
            case Stopped _, Waiting _, Starting _, Backoff _, Completed _, Failed _ -> null;
        };
    }

    /// Whether what needs it can go on: its process can be used, or it has done what it was for.
    default boolean isReady() {
        return switch (this) {
            case Running running -> running.readiness() == Readiness.READY;
            case Completed _ -> true;
            case Stopped _, Waiting _, Starting _, Stopping _, Killing _, Backoff _, Failed _ ->
                    false;
        };
    }

    /// Whether it has no process, and is not about to get one by itself.
    default boolean isAtRest() {
        return switch (this) {
            case Stopped _, Waiting _, Completed _, Failed _ -> true;
            case Running _, Starting _, Stopping _, Killing _, Backoff _ -> false;
        };
    }

    /// The word for people and for the API.
    default String word() {
        return switch (this) {
            case Stopped _ -> "stopped";
            case Waiting _ -> "waiting";
            case Starting _ -> "starting";
            case Running _ -> "running";
            case Stopping _ -> "stopping";
            case Killing _ -> "killing";
            case Backoff _ -> "backoff";
            case Completed _ -> "completed";
            case Failed _ -> "failed";
        };
    }
}
