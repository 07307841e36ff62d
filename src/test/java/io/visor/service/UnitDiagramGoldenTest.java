package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Golden;
import io.visor.model.Chance;
import io.visor.model.Dependency;
import io.visor.model.HealthSpec;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.UnitName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Draws the machine of units.
final class UnitDiagramGoldenTest {

    private static final long PID = MachineDiagram.PID;

    private final MachineDiagram diagram =
            new MachineDiagram(
                    List.of(
                            machine(List.of()),
                            machine(
                                    List.of(
                                            new Dependency(
                                                    new ServiceName("b"), Dependency.Is.STARTED)))),
                    UnitDiagramGoldenTest::events);

    private static UnitMachine machine(List<Dependency> after) {
        return new UnitMachine(
                ServiceSpec.ofUnit(
                        new ServiceName("a"),
                        null,
                        new UnitName("a.service"),
                        Path.of("/"),
                        after,
                        HealthSpec.NONE),
                new Chance(1));
    }

    private static Map<String, ServiceEvent> events(Service service) {
        Map<String, ServiceEvent> events = MachineDiagram.commonEvents(service);
        events.put("not started", new ServiceEvent.SpawnFailed("no"));
        events.put("seen active", seen(new UnitReport.Up(PID, Duration.ZERO, false)));
        events.put("seen active since the boot", seen(new UnitReport.Up(PID, Duration.ZERO, true)));
        events.put("seen activating", seen(new UnitReport.Coming(false)));
        events.put(
                "seen auto-restart",
                seen(new UnitReport.Restarting(1, Duration.ofSeconds(5), "exited", false)));
        events.put("seen deactivating", seen(new UnitReport.Going()));
        events.put("seen inactive", seen(new UnitReport.Idle()));
        events.put("seen ended by itself", seen(new UnitReport.Done(0)));
        events.put("seen stopped or masked by hand", seen(new UnitReport.LeftAlone("by hand")));
        events.put("seen failed", seen(new UnitReport.Broken("failed", null)));
        events.put("seen without a unit file", seen(new UnitReport.Absent("not found")));
        return events;
    }

    private static ServiceEvent seen(UnitReport.Standing standing) {
        return new ServiceEvent.Unit(new UnitReport(standing, null));
    }

    @Test
    void theDiagramIsWhatTheMachineDoes() {
        Golden.check(
                Path.of("docs/reference/unit-states.md"),
                diagram.page(
                        "How a service that is a unit goes from state to state",
                        "Made by running the machine with every event in every state; not edited by"
                                + " hand. A service begins as stopped, until its unit has been"
                                + " looked at. What is seen of a unit is in systemd's words. Edges"
                                + " that an event does not take (it changes nothing, or only what"
                                + " happens after the next stop) are left out."));
    }

    @Test
    void everyStateButThatOfAKillIsReached() {
        assertThat(diagram.states())
                .containsExactly(
                        "backoff",
                        "completed",
                        "failed",
                        "running",
                        "starting",
                        "stopped",
                        "stopping",
                        "waiting_for_dependency",
                        "waiting_for_upgrade");
    }
}
