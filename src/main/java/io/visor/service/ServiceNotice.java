package io.visor.service;

import io.visor.model.ExitStatus;
import io.visor.model.StopPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a service has to tell.
public sealed interface ServiceNotice {

    /// A process runs.
    ///
    /// @param pid the process
    /// @param down how long there was none before it; null for the first one
    record Started(long pid, @Nullable Duration down) implements ServiceNotice {}

    /// The process was asked to end.
    ///
    /// @param pid the process
    /// @param step how
    record Asked(long pid, StopPolicy.Step step) implements ServiceNotice {}

    /// systemd was asked to stop the unit.
    ///
    /// @param pid its process
    record UnitAsked(long pid) implements ServiceNotice {}

    /// The unit was stopped by somebody else, and visor does not start it.
    ///
    /// @param why in words, with what to do
    record LeftAlone(String why) implements ServiceNotice {}

    /// The process did not end when asked, and is killed.
    ///
    /// @param pid the process
    /// @param after how long it was waited for
    record Killed(long pid, Duration after) implements ServiceNotice {}

    /// The process is gone.
    ///
    /// @param pid the process
    /// @param status how it ended
    /// @param ran how long it ran
    /// @param asked whether visor asked for it
    /// @param output what it wrote last
    record Ended(long pid, ExitStatus status, Duration ran, boolean asked, LastOutput output)
            implements ServiceNotice {}

    /// It waits for other services.
    ///
    /// @param unmet what they are not yet
    record Waiting(List<Unmet> unmet) implements ServiceNotice {
        public Waiting {
            unmet = List.copyOf(unmet);
        }
    }

    /// Its process can be used.
    ///
    /// @param pid the process
    /// @param after how long after its start, or after it could not be used any more
    record Ready(long pid, Duration after) implements ServiceNotice {}

    /// Its process cannot be used at the moment.
    ///
    /// @param pid the process
    /// @param why in words
    record NotReady(long pid, String why) implements ServiceNotice {}

    /// Its process failed a check that decides over its life, and is stopped.
    ///
    /// @param pid the process
    /// @param why in words
    record Unhealthy(long pid, String why) implements ServiceNotice {}

    /// No process could be started.
    ///
    /// @param why in words
    record NotStarted(String why) implements ServiceNotice {}

    /// The unit runs, but not what it was started for.
    ///
    /// @param why in words
    record Unfit(String why) implements ServiceNotice {}

    /// A new process comes later.
    ///
    /// @param attempt how many restarts in a row this is, from 1
    /// @param delay when
    record Retrying(int attempt, Duration delay) implements ServiceNotice {}

    /// No new process comes.
    ///
    /// @param why in words
    /// @param status how the last process ended; null if it could not be started
    record GaveUp(String why, @Nullable ExitStatus status) implements ServiceNotice {}

    /// The service has no process, and gets none until it is asked for.
    record AtRest() implements ServiceNotice {}
}
