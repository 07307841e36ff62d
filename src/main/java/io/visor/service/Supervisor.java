package io.visor.service;

import io.visor.model.Chance;
import io.visor.model.ExitStatus;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceMachine.Transition;
import io.visor.time.Clock;
import io.visor.time.Loop;
import io.visor.time.Timer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Owns the services: feeds each one's machine and does what the machine asks for. Everything
/// happens on one loop, so every method must be called there.
public final class Supervisor {

    private final Loop loop;
    private final Clock clock;
    private final ServiceBackend backend;
    private final List<ServiceListener> listeners = new ArrayList<>();
    private final LongSupplier seeds;
    private final Map<ServiceName, Managed> services = new LinkedHashMap<>();
    private final Deque<Runnable> events = new ArrayDeque<>();
    private boolean draining;

    /// Makes a supervisor without services.
    ///
    /// @param seeds where the chance in restart delays comes from
    public Supervisor(Loop loop, Clock clock, ServiceBackend backend, LongSupplier seeds) {
        this.loop = loop;
        this.clock = clock;
        this.backend = backend;
        this.seeds = seeds;
    }

    /// A service and where it stands.
    ///
    /// @param spec what it is
    /// @param service where it stands
    public record View(ServiceSpec spec, Service service) {}

    /// Adds a listener; they are told in the order in which they were added.
    public void listen(ServiceListener listener) {
        listeners.add(listener);
    }

    /// Takes a service over, wanted up and not started yet.
    public void add(ServiceSpec spec) {
        add(spec, Wanted.UP);
    }

    /// Takes a service over, not started yet.
    public void add(ServiceSpec spec, Wanted wanted) {
        services.put(spec.name(), new Managed(spec, wanted));
    }

    /// All services in the order in which they were added.
    public Collection<View> views() {
        return services.values().stream()
                .map(managed -> new View(managed.spec, managed.service))
                .toList();
    }

    public void start(ServiceName name) {
        dispatch(name, new ServiceEvent.Start());
    }

    public void stop(ServiceName name) {
        dispatch(name, new ServiceEvent.Stop());
    }

    public void restart(ServiceName name) {
        dispatch(name, new ServiceEvent.Restart());
    }

    /// Starts every service that follows no program and is wanted up.
    public void startUnversioned() {
        services.values().stream()
                .filter(managed -> managed.spec.program() == null && managed.isWanted())
                .forEach(managed -> dispatch(managed, new ServiceEvent.Start()));
    }

    /// Ends every process; what is wanted stays.
    public void shutdown() {
        services.values().forEach(managed -> dispatch(managed, new ServiceEvent.Shutdown()));
    }

    /// Does ahead what can be done for starts with another binary of a program.
    ///
    /// @throws io.visor.model.VisorException if a service could not be started with it
    public void prepare(ProgramName program, Path binary) {
        of(program)
                .filter(Managed::isWanted)
                .forEach(managed -> backend.prepare(managed.spec, binary));
    }

    /// Ends the processes of a program's services and keeps them from starting until [#resume].
    public void suspend(ProgramName program) {
        of(program).forEach(managed -> dispatch(managed, new ServiceEvent.Suspend()));
    }

    /// Starts a program's services that are wanted up and have no process.
    public void resume(ProgramName program) {
        of(program).forEach(managed -> dispatch(managed, new ServiceEvent.Resume()));
    }

    /// Whether no service of a program has a process, or is about to get one.
    public boolean isAtRest(ProgramName program) {
        return of(program).allMatch(Managed::isAtRest);
    }

    /// Whether no service at all has a process, or is about to get one.
    public boolean isAtRest() {
        return services.values().stream().allMatch(Managed::isAtRest);
    }

    /// Whether every service of a program that is wanted up runs.
    public boolean isReady(ProgramName program) {
        return of(program).filter(Managed::isWanted).allMatch(Managed::isReady);
    }

    /// Whether every service that is wanted up runs.
    public boolean isReady() {
        return services.values().stream().filter(Managed::isWanted).allMatch(Managed::isReady);
    }

    /// Whether a program has a service that is wanted up.
    public boolean isWanted(ProgramName program) {
        return of(program).anyMatch(Managed::isWanted);
    }

    private Stream<Managed> of(ProgramName program) {
        return services.values().stream()
                .filter(managed -> Objects.equals(managed.spec.program(), program));
    }

    private void dispatch(ServiceName name, ServiceEvent event) {
        Managed managed = services.get(name);
        if (managed == null) {
            throw new IllegalArgumentException("no service " + name);
        }
        dispatch(managed, event);
    }

    /// Takes an event. One that an effect of another one brings waits until that one's effects are
    /// all done.
    private void dispatch(Managed managed, ServiceEvent event) {
        events.add(() -> managed.take(event));
        if (draining) {
            return;
        }
        draining = true;
        try {
            for (Runnable next = events.poll(); next != null; next = events.poll()) {
                next.run();
            }
        } finally {
            draining = false;
        }
    }

    private final class Managed implements ServiceBackend.Reporter {

        private final ServiceSpec spec;
        private final ServiceMachine machine;
        private Service service;
        private @Nullable Timer timer;

        Managed(ServiceSpec spec, Wanted wanted) {
            this.spec = spec;
            this.service = Service.initial(wanted);
            this.machine =
                    new ServiceMachine(spec.restart(), spec.stop(), new Chance(seeds.getAsLong()));
        }

        void take(ServiceEvent event) {
            Transition transition = machine.on(service, event, clock.monotonic());
            service = transition.next();
            transition.effects().forEach(this::run);
        }

        private void run(ServiceEffect effect) {
            switch (effect) {
                case ServiceEffect.Spawn() -> backend.start(spec, this);
                case ServiceEffect.Send send -> backend.send(spec, send.pid(), send.signal());
                case ServiceEffect.StartTimer start -> {
                    if (timer != null) {
                        timer.cancel();
                    }
                    timer =
                            loop.schedule(
                                    start.delay(),
                                    () ->
                                            dispatch(
                                                    this,
                                                    new ServiceEvent.TimerFired(
                                                            start.generation())));
                }
                case ServiceEffect.Tell(ServiceNotice notice) ->
                        listeners.forEach(listener -> listener.on(spec, notice));
            }
        }

        @Override
        public void onSpawned(long pid) {
            dispatch(this, new ServiceEvent.Spawned(pid));
        }

        @Override
        public void onSpawnFailed(String why) {
            dispatch(this, new ServiceEvent.SpawnFailed(why));
        }

        @Override
        public void onExited(long pid, ExitStatus status) {
            dispatch(this, new ServiceEvent.Exited(pid, status));
        }

        boolean isWanted() {
            return service.wanted() == Wanted.UP;
        }

        boolean isReady() {
            return switch (service.state()) {
                case ServiceState.Running _, ServiceState.Completed _ -> true;
                case ServiceState.Stopped _,
                        ServiceState.Waiting _,
                        ServiceState.Starting _,
                        ServiceState.Stopping _,
                        ServiceState.Killing _,
                        ServiceState.Backoff _,
                        ServiceState.Failed _ ->
                        false;
            };
        }

        boolean isAtRest() {
            return switch (service.state()) {
                case ServiceState.Stopped _,
                        ServiceState.Waiting _,
                        ServiceState.Completed _,
                        ServiceState.Failed _ ->
                        true;
                case ServiceState.Running _,
                        ServiceState.Starting _,
                        ServiceState.Stopping _,
                        ServiceState.Killing _,
                        ServiceState.Backoff _ ->
                        false;
            };
        }
    }
}
