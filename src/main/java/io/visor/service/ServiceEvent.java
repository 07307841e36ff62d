package io.visor.service;

import io.visor.model.ExitStatus;

/// What can happen to a service.
public sealed interface ServiceEvent {

    /// It is wanted up.
    record Start() implements ServiceEvent {}

    /// It is wanted down.
    record Stop() implements ServiceEvent {}

    /// It is to run in a new process.
    record Restart() implements ServiceEvent {}

    /// Visor ends: its process is to end, what is wanted stays.
    record Shutdown() implements ServiceEvent {}

    /// An upgrade needs its process gone.
    record Suspend() implements ServiceEvent {}

    /// An upgrade needs it no more.
    record Resume() implements ServiceEvent {}

    /// The backend has started a process.
    ///
    /// @param pid the process
    record Spawned(long pid) implements ServiceEvent {}

    /// The backend could not start a process.
    ///
    /// @param why in words
    record SpawnFailed(String why) implements ServiceEvent {}

    /// A process is gone.
    ///
    /// @param pid the process
    /// @param status how it ended
    /// @param output what it wrote last
    record Exited(long pid, ExitStatus status, LastOutput output) implements ServiceEvent {
        public Exited(long pid, ExitStatus status) {
            this(pid, status, LastOutput.NONE);
        }
    }

    /// What the service waits for before it is started is as it must be.
    record DependenciesMet() implements ServiceEvent {}

    /// A process is ready to be used.
    ///
    /// @param pid the process
    record Ready(long pid) implements ServiceEvent {}

    /// A process that was ready is so no more.
    ///
    /// @param pid the process
    /// @param why in words
    record NotReady(long pid, String why) implements ServiceEvent {}

    /// A process failed a check that decides over its life.
    ///
    /// @param pid the process
    /// @param why in words
    record Unhealthy(long pid, String why) implements ServiceEvent {}

    /// Whoever asked for the end does not want to wait so long: the next step of the stop is taken
    /// at once.
    record Hurry() implements ServiceEvent {}

    /// systemd has something to tell of a unit.
    ///
    /// @param report what
    record Unit(UnitReport report) implements ServiceEvent {}

    /// The timer has run out.
    ///
    /// @param generation which timer
    record TimerFired(int generation) implements ServiceEvent {}
}
