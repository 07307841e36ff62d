package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Golden;
import io.visor.model.Backoff;
import io.visor.model.Chance;
import io.visor.model.Dependency;
import io.visor.model.Environment;
import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ProcessSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Draws the service machine, with every kind of policy.
final class ServiceDiagramGoldenTest {

    private static final long PID = MachineDiagram.PID;

    private final MachineDiagram diagram =
            new MachineDiagram(machines(), ServiceDiagramGoldenTest::events);

    private static Map<String, ServiceEvent> events(Service service) {
        Map<String, ServiceEvent> events = MachineDiagram.commonEvents(service);
        events.put("shutdown", new ServiceEvent.Shutdown());
        events.put("spawned", new ServiceEvent.Spawned(PID));
        events.put("not spawned", new ServiceEvent.SpawnFailed("no"));
        events.put("exit 0", new ServiceEvent.Exited(PID, new ExitStatus.Exited(0)));
        events.put("exit 1", new ServiceEvent.Exited(PID, new ExitStatus.Exited(1)));
        events.put("hurry", new ServiceEvent.Hurry());
        return events;
    }

    private static List<ServiceMachine> machines() {
        List<ServiceMachine> machines = new ArrayList<>();
        for (RestartPolicy.Mode mode : RestartPolicy.Mode.values()) {
            for (boolean gated : new boolean[] {false, true}) {
                machines.add(new ServiceMachine(spec(mode, gated), new Chance(1)));
            }
        }
        return machines;
    }

    private static ServiceSpec spec(RestartPolicy.Mode mode, boolean gated) {
        return new ServiceSpec(
                new ServiceName("a"),
                null,
                List.of("a"),
                Path.of("/"),
                Environment.EMPTY,
                gated
                        ? List.of(new Dependency(new ServiceName("b"), Dependency.Is.STARTED))
                        : List.of(),
                new RestartPolicy(
                        mode,
                        new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(1)),
                        Duration.ofDays(1),
                        new RestartPolicy.Limit(2, Duration.ofDays(1))),
                new StopPolicy(
                        List.of(new StopPolicy.Step(Signal.TERM, Duration.ofSeconds(1))), Set.of()),
                HealthSpec.NONE,
                ProcessSpec.INHERITED,
                new ServiceSpec.PassThrough());
    }

    @Test
    void theDiagramIsWhatTheMachineDoes() {
        Golden.check(
                Path.of("docs/reference/service-states.md"),
                diagram.page(
                        "How a service goes from state to state",
                        "Made by running the machine with every event in every state; not edited by"
                                + " hand. A service begins as stopped. Edges that an event does not"
                                + " take (it changes nothing, or only what happens after the next"
                                + " exit) are left out."));
    }

    @Test
    void everyStateCanBeReachedAndLeft() {
        assertThat(diagram.states())
                .containsExactly(
                        "backoff",
                        "completed",
                        "failed",
                        "killing",
                        "running",
                        "starting",
                        "stopped",
                        "stopping",
                        "waiting_for_dependency",
                        "waiting_for_upgrade");
    }
}
