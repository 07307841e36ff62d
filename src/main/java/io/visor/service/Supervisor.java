package io.visor.service;

import io.visor.model.Chance;
import io.visor.model.Dependency;
import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.service.Machine.Transition;
import io.visor.service.Service.Wanted;
import io.visor.service.health.HealthMonitor;
import io.visor.service.health.HealthNotice;
import io.visor.service.health.HealthState;
import io.visor.store.FaultPoints;
import io.visor.time.Clock;
import io.visor.time.Loop;
import io.visor.time.Timer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Owns the services: feeds each one's machine and does what the machine asks for. Everything
/// happens on one loop, so every method must be called there.
public final class Supervisor {

    private final Loop loop;
    private final Clock clock;
    private final ServiceBackend backend;
    private final List<ServiceListener> listeners = new ArrayList<>();
    private final Monitors monitors;
    private final FaultPoints faults;
    private final LongSupplier seeds;
    private final Map<ServiceName, Managed> services = new LinkedHashMap<>();
    private final Deque<Runnable> events = new ArrayDeque<>();
    private final Map<ServiceName, Set<Managed>> dependents = new HashMap<>();
    private final Set<Managed> waiting = new LinkedHashSet<>();
    private final Prerequisites prerequisites = new Prerequisites(services::get);
    private boolean draining;
    private boolean shuttingDown;

    /// Makes a supervisor without services.
    ///
    /// @param monitors make what watches the health of processes
    /// @param faults told of every effect
    /// @param seeds where the chance in restart delays comes from
    public Supervisor(
            Loop loop,
            Clock clock,
            ServiceBackend backend,
            Monitors monitors,
            FaultPoints faults,
            LongSupplier seeds) {
        this.loop = loop;
        this.clock = clock;
        this.backend = backend;
        this.monitors = monitors;
        this.faults = faults;
        this.seeds = seeds;
    }

    /// Makes what watches the health of processes.
    @FunctionalInterface
    public interface Monitors {

        /// A monitor for one process of a service that has checks.
        HealthMonitor monitor(ServiceSpec spec, HealthMonitor.Listener listener);
    }

    /// A service and where it stands.
    ///
    /// @param spec what it is
    /// @param service where it stands
    /// @param health what is known of its process's health; null if it has none, or no checks
    /// @param unmet what it waits for
    public record View(
            ServiceSpec spec, Service service, @Nullable HealthState health, List<Unmet> unmet) {}

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
        Managed managed = new Managed(spec, wanted);
        services.put(spec.name(), managed);
        for (Dependency dependency : spec.after()) {
            dependents
                    .computeIfAbsent(dependency.service(), _ -> new LinkedHashSet<>())
                    .add(managed);
        }
    }

    /// Lets a service go; what others wait for is not forgotten, for there may be another one of
    /// its name.
    private void remove(Managed managed) {
        services.remove(managed.spec.name());
        for (Dependency dependency : managed.spec.after()) {
            Set<Managed> others = dependents.get(dependency.service());
            if (others != null && others.remove(managed) && others.isEmpty()) {
                dependents.remove(dependency.service());
            }
        }
    }

    /// All services in the order in which they were added.
    public Collection<View> views() {
        return services.values().stream().map(managed -> managed.view()).toList();
    }

    public void start(ServiceName name) {
        dispatch(name, new ServiceEvent.Start());
    }

    /// Begins to look after the units: where each of them stands is known when this returns, if the
    /// backend has looked at it before.
    public void adopt() {
        services.values().stream()
                .filter(Managed::isUnit)
                .forEach(managed -> backend.adopt(managed.spec, managed));
    }

    /// Starts every service that follows no program and is wanted up.
    public void startUnversioned() {
        services.values().stream()
                .filter(managed -> managed.spec.program() == null && managed.isWanted())
                .forEach(managed -> dispatch(managed, managed.begin()));
    }

    /// Ends a service's process and keeps it without one, until it is asked for.
    public void stop(ServiceName name) {
        dispatch(name, new ServiceEvent.Stop());
    }

    /// Has a service run in a new process.
    public void restart(ServiceName name) {
        dispatch(name, new ServiceEvent.Restart());
    }

    /// Keeps a service from starting until the upgrade of its program, which is about to come, has
    /// switched versions.
    public void suspend(ServiceName name) {
        dispatch(name, new ServiceEvent.Suspend());
    }

    /// Ends every process, in the reverse order of their start; what others wait for ends after
    /// them. What is wanted stays.
    public void shutdown() {
        shuttingDown = true;
        drain();
    }

    /// Has every stop that goes on take its next step at once.
    public void hurry() {
        for (Managed managed : List.copyOf(services.values())) {
            dispatch(managed, new ServiceEvent.Hurry());
            shutDown(managed);
        }
        drain();
    }

    /// Has those end that nobody waits for any more.
    private void shutDownNext() {
        for (Managed managed : List.copyOf(services.values()).reversed()) {
            if (dependents(managed).allMatch(Managed::isAtRest)) {
                shutDown(managed);
            }
        }
    }

    private void shutDown(Managed managed) {
        if (!managed.shutDown) {
            managed.shutDown = true;
            events.add(() -> managed.take(new ServiceEvent.Shutdown()));
        }
    }

    private Stream<Managed> dependents(Managed managed) {
        return dependents.getOrDefault(managed.spec.name(), Set.of()).stream();
    }

    /// Goes over to other services: new ones are added, and started unless `waits` holds them back;
    /// those that are gone are stopped; those that are not as they were are stopped and started;
    /// all others are left alone.
    ///
    /// @param wanted what the operator wants of a new service
    /// @param waits whether a service is to wait for the upgrade of its program
    public void reload(
            List<ServiceSpec> specs,
            Function<ServiceName, Wanted> wanted,
            Predicate<ServiceSpec> waits) {
        Map<ServiceName, ServiceSpec> byName = new LinkedHashMap<>();
        specs.forEach(spec -> byName.put(spec.name(), spec));
        for (Managed managed : List.copyOf(services.values())) {
            ServiceSpec next = byName.get(managed.spec.name());
            if (!managed.spec.equals(next) || managed.successor != null) {
                managed.successor = new Successor(next, waits);
                dispatch(managed, new ServiceEvent.Shutdown());
                managed.succeed();
            }
        }
        for (ServiceSpec spec : specs) {
            if (!services.containsKey(spec.name())) {
                enter(spec, wanted.apply(spec.name()), waits.test(spec));
            }
        }
        reorder(specs);
    }

    /// What comes in the place of a service when it has no process any more.
    ///
    /// @param spec the service; null: nothing
    /// @param waits whether a service waits for the upgrade of its program, asked when it comes
    private record Successor(@Nullable ServiceSpec spec, Predicate<ServiceSpec> waits) {}

    private void enter(ServiceSpec spec, Wanted wanted, boolean waits) {
        add(spec, wanted);
        Managed managed = managed(spec.name());
        ServiceEvent first = waits ? new ServiceEvent.Suspend() : managed.begin();
        if (managed.isUnit()) {
            managed.entering = wanted == Wanted.UP ? first : null;
            backend.adopt(spec, managed);
        } else if (wanted == Wanted.UP) {
            dispatch(managed, first);
        }
    }

    /// Puts the services into an order; those that are not in it come last.
    private void reorder(List<ServiceSpec> specs) {
        Map<ServiceName, Managed> before = new LinkedHashMap<>(services);
        services.clear();
        for (ServiceSpec spec : specs) {
            Managed managed = before.remove(spec.name());
            if (managed != null) {
                services.put(spec.name(), managed);
            }
        }
        services.putAll(before);
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

    /// Whether every service of a program that is wanted up has a process.
    public boolean isUp(ProgramName program) {
        return of(program).filter(Managed::isWanted).allMatch(Managed::isUp);
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

    /// Whether a service is wanted up.
    public boolean isWanted(ServiceName name) {
        return managed(name).isWanted();
    }

    private Stream<Managed> of(ProgramName program) {
        return services.values().stream()
                .filter(managed -> Objects.equals(managed.spec.program(), program));
    }

    private void dispatch(ServiceName name, ServiceEvent event) {
        dispatch(managed(name), event);
    }

    private Managed managed(ServiceName name) {
        Managed managed = services.get(name);
        if (managed == null) {
            throw new IllegalArgumentException("no service " + name);
        }
        return managed;
    }

    /// Takes an event. One that an effect of another one brings waits until that one's effects are
    /// all done.
    private void dispatch(Managed managed, ServiceEvent event) {
        events.add(() -> managed.take(event));
        drain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            do {
                for (Runnable next = events.poll(); next != null; next = events.poll()) {
                    next.run();
                }
                if (shuttingDown) {
                    shutDownNext();
                }
            } while (!events.isEmpty());
        } finally {
            draining = false;
        }
    }

    /// A service has changed: what others wait for may be as it must be now, or never be so.
    private void lookAtWaiting() {
        for (Managed managed : List.copyOf(waiting)) {
            if (!managed.waitsForOthers()) {
                waiting.remove(managed);
            } else if (prerequisites.areMet(managed.spec)) {
                waiting.remove(managed);
                dispatch(managed, new ServiceEvent.DependenciesMet());
            } else {
                managed.tellIfHopeless();
            }
        }
    }

    private final class Managed implements ServiceBackend.Reporter, Prerequisites.Other {

        private final ServiceSpec spec;
        private final Machine machine;
        private Service service;
        private @Nullable Timer timer;
        private @Nullable Successor successor;
        private @Nullable HealthMonitor monitor;
        private List<Unmet> told = List.of();
        private boolean shutDown;
        private @Nullable ServiceEvent entering;
        private @Nullable Long watched;
        private boolean letGo;

        Managed(ServiceSpec spec, Wanted wanted) {
            this.spec = spec;
            this.service = Service.initial(wanted);
            Chance chance = new Chance(seeds.getAsLong());
            this.machine =
                    spec.unit() == null
                            ? new ServiceMachine(spec, chance)
                            : new UnitMachine(spec, chance);
        }

        @Override
        public ServiceSpec spec() {
            return spec;
        }

        @Override
        public Service service() {
            return service;
        }

        boolean isUnit() {
            return spec.unit() != null;
        }

        /// What has it run when visor begins. A unit that somebody has stopped by hand is not
        /// started by that.
        ServiceEvent begin() {
            return isUnit() ? new ServiceEvent.Resume() : new ServiceEvent.Start();
        }

        /// Looks after the unit no more; it goes on as it is.
        private void letGo() {
            letGo = true;
            if (timer != null) {
                timer.cancel();
            }
            if (monitor != null) {
                monitor.stop();
                monitor = null;
            }
            backend.forget(spec);
            lookAtWaiting();
        }

        void take(ServiceEvent event) {
            if (isRetired() || letGo) {
                // What was on its way to it is of the past.
                return;
            }
            if (isUnit() && event instanceof ServiceEvent.Shutdown) {
                letGo();
                listeners.forEach(listener -> listener.on(spec, new ServiceNotice.AtRest()));
                return;
            }
            boolean asksForProcess =
                    event instanceof ServiceEvent.Start || event instanceof ServiceEvent.Restart;
            if (successor != null && asksForProcess) {
                // The successor is what will run.
                service = service.wanting(Wanted.UP);
                return;
            }
            Transition transition = machine.on(service, event, clock.monotonic());
            boolean changed = !transition.next().state().equals(service.state());
            service = transition.next();
            endMonitor();
            runAll(transition.effects());
            watchUnit();
            if (changed) {
                lookAtWaiting();
                succeed();
            }
        }

        /// Makes room for the successor, if there is one and no process is in its way.
        void succeed() {
            if (successor == null || shuttingDown || !isAtRest() || isRetired()) {
                return;
            }
            if (!letGo) {
                backend.forget(spec);
            }
            remove(this);
            ServiceSpec next = successor.spec;
            if (next != null) {
                enter(next, service.wanted(), successor.waits.test(next));
            }
        }

        /// Whether its successor has taken its place.
        private boolean isRetired() {
            return services.get(spec.name()) != this;
        }

        boolean waitsForOthers() {
            return service.state()
                    .equals(new ServiceState.Waiting(ServiceState.Waiting.Reason.DEPENDENCY));
        }

        private void checkDependencies() {
            if (prerequisites.areMet(spec)) {
                dispatch(this, new ServiceEvent.DependenciesMet());
            } else {
                waiting.add(this);
                tellOf(prerequisites.unmet(spec));
            }
        }

        private void tellOf(List<Unmet> unmet) {
            told = unmet;
            run(new ServiceEffect.Tell(new ServiceNotice.Waiting(unmet)));
        }

        private void tellIfHopeless() {
            List<Unmet> unmet = prerequisites.unmet(spec);
            if (Unmet.isHopeless(unmet) && !unmet.equals(told)) {
                tellOf(unmet);
            }
        }

        /// Runs all effects, also when one fails: a signal that cannot be sent must not cost the
        /// timer that sees to the next one.
        private void runAll(List<ServiceEffect> effects) {
            RuntimeException failure = null;
            for (ServiceEffect effect : effects) {
                try {
                    faults.before(effect);
                    run(effect);
                    faults.after(effect);
                } catch (RuntimeException e) {
                    failure = failure == null ? e : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }

        private void run(ServiceEffect effect) {
            switch (effect) {
                case ServiceEffect.Spawn() -> spawn();
                case ServiceEffect.End() -> backend.end(spec);
                case ServiceEffect.CheckDependencies() -> checkDependencies();
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

        private void spawn() {
            if (isUnit() || spec.health().equals(HealthSpec.NONE)) {
                backend.start(spec, null, this);
                return;
            }
            if (monitor != null) {
                monitor.stop();
            }
            HealthMonitor made = monitors.monitor(spec, this::onHealth);
            monitor = made;
            backend.start(spec, made.watcher().orElse(null), this);
        }

        /// Has the health of a unit's process watched, from when it is known to run.
        private void watchUnit() {
            if (!isUnit()
                    || spec.health().equals(HealthSpec.NONE)
                    || !(service.state() instanceof ServiceState.Running running)
                    || monitor != null && Long.valueOf(running.pid()).equals(watched)) {
                return;
            }
            if (monitor != null) {
                monitor.stop();
            }
            HealthMonitor made = monitors.monitor(spec, this::onHealth);
            monitor = made;
            watched = running.pid();
            events.add(() -> made.start(running.pid()));
        }

        private void onHealth(long pid, HealthNotice notice) {
            switch (notice) {
                case HealthNotice.Started() -> {}
                case HealthNotice.Ready() -> dispatch(this, new ServiceEvent.Ready(pid));
                case HealthNotice.NotReady(String why) ->
                        dispatch(this, new ServiceEvent.NotReady(pid, why));
                case HealthNotice.Failed(var _, String why) ->
                        dispatch(this, new ServiceEvent.Unhealthy(pid, why));
            }
        }

        /// A process that is asked to end is not asked how it does any more.
        private void endMonitor() {
            if (monitor != null
                    && !(service.state() instanceof ServiceState.Running)
                    && !(service.state() instanceof ServiceState.Starting)) {
                monitor.stop();
                monitor = null;
            }
        }

        private View view() {
            return new View(
                    spec,
                    service,
                    monitor == null ? null : monitor.state(),
                    waitsForOthers() ? prerequisites.unmet(spec) : List.of());
        }

        @Override
        public void onSpawned(long pid) {
            dispatch(this, new ServiceEvent.Spawned(pid));
            if (monitor != null) {
                HealthMonitor started = monitor;
                events.add(() -> started.start(pid));
                drain();
            }
        }

        @Override
        public void onSpawnFailed(String why) {
            dispatch(this, new ServiceEvent.SpawnFailed(why));
        }

        @Override
        public void onExited(long pid, ExitStatus status, LastOutput output) {
            dispatch(this, new ServiceEvent.Exited(pid, status, output));
        }

        @Override
        public void onUnit(UnitReport report) {
            dispatch(this, new ServiceEvent.Unit(report));
            ServiceEvent first = entering;
            if (first != null) {
                entering = null;
                dispatch(this, first);
            }
        }

        @Override
        public void onUnfit(String why) {
            events.add(() -> run(new ServiceEffect.Tell(new ServiceNotice.Unfit(why))));
            drain();
        }

        boolean isWanted() {
            return service.wanted() == Wanted.UP;
        }

        boolean isUp() {
            return service.state() instanceof ServiceState.Running
                    || service.state() instanceof ServiceState.Completed;
        }

        boolean isReady() {
            return service.state().isReady();
        }

        boolean isAtRest() {
            return letGo || service.state().isAtRest();
        }
    }
}
