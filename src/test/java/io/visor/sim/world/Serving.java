package io.visor.sim.world;

import io.visor.model.ProgramName;
import io.visor.model.ServiceSpec;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceState;
import io.visor.service.Supervisor;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What is wanted, and has a version that may run, has a process before long: nothing that is
/// waited for may keep it down.
final class Serving {

    /// Longer than all that may lie between two processes: the grace of a stop, hooks, the longest
    /// pause between attempts.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// Often enough for that.
    private static final Duration PAUSE = Duration.ofSeconds(20);

    private final World world;
    private final Map<String, Duration> since = new HashMap<>();
    private Duration looked = Duration.ZERO;

    Serving(World world) {
        this.world = world;
    }

    /// After every step.
    void check() {
        Duration now = world.scheduler().now();
        if (now.minus(looked).compareTo(PAUSE) < 0) {
            return;
        }
        looked = now;
        SimVisor visor = world.visor();
        Set<String> idle = visor == null ? Set.of() : idle(visor);
        since.keySet().retainAll(idle);
        for (String service : idle) {
            Duration first = since.computeIfAbsent(service, _ -> now);
            if (now.minus(first).compareTo(PATIENCE) > 0) {
                throw new Violation("what may serve does serve", service + " since " + first);
            }
        }
    }

    /// Visor was started anew: whatever it waits for begins anew too.
    void startAnew() {
        since.clear();
    }

    /// A process of a service starts; it may be gone again when it is looked.
    void onStart(String service) {
        since.remove(service);
    }

    private Set<String> idle(SimVisor visor) {
        Set<String> idle = new HashSet<>();
        if (visor.instance().isStopping()) {
            return idle;
        }
        for (Supervisor.View view : visor.instance().supervisor().views()) {
            if (mayServe(view) && !serves(view.spec())) {
                idle.add(view.spec().name().text());
            }
        }
        return idle;
    }

    private boolean mayServe(Supervisor.View view) {
        ProgramName program = view.spec().program();
        ServiceState state = view.service().state();
        return view.service().wanted() == Wanted.UP
                && !(state instanceof ServiceState.Failed)
                && (program == null || world.program(program).active() != null);
    }

    private boolean serves(ServiceSpec spec) {
        return world.processes().all().stream()
                .anyMatch(process -> process.service().equals(spec.name().text()));
    }
}
