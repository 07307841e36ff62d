package io.visor.service;

import io.visor.model.Signal;
import java.time.Duration;

/// What a transition asks for.
public sealed interface ServiceEffect {

    /// Start a process; answered by [ServiceEvent.Spawned] or [ServiceEvent.SpawnFailed].
    record Spawn() implements ServiceEffect {}

    /// Look whether what the service waits for is as it must be; answered by
    /// [ServiceEvent.DependenciesMet], now or later.
    record CheckDependencies() implements ServiceEffect {}

    /// Send a signal to the process group.
    ///
    /// @param pid its leader
    /// @param signal the signal
    record Send(long pid, Signal signal) implements ServiceEffect {}

    /// Have systemd stop the unit; answered by [ServiceEvent.Unit].
    record End() implements ServiceEffect {}

    /// Start the timer; an older one counts no more.
    ///
    /// @param generation which timer this is
    /// @param delay when it fires
    record StartTimer(int generation, Duration delay) implements ServiceEffect {}

    /// Tell the listeners.
    ///
    /// @param notice what
    record Tell(ServiceNotice notice) implements ServiceEffect {}
}
