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
import io.visor.service.Service.Wanted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Draws the service machine by running it: every event in every state that it can get into, with
/// every kind of policy.
final class ServiceDiagramGoldenTest {

    private static final Duration NOW = Duration.ofHours(1);
    private static final long PID = 7;
    private static final int DEPTH = 9;

    private static Map<String, ServiceEvent> events(Service service) {
        Map<String, ServiceEvent> events = new TreeMap<>();
        events.put("start", new ServiceEvent.Start());
        events.put("stop", new ServiceEvent.Stop());
        events.put("restart", new ServiceEvent.Restart());
        events.put("shutdown", new ServiceEvent.Shutdown());
        events.put("upgrade suspends", new ServiceEvent.Suspend());
        events.put("upgrade resumes", new ServiceEvent.Resume());
        events.put("spawned", new ServiceEvent.Spawned(PID));
        events.put("not spawned", new ServiceEvent.SpawnFailed("no"));
        events.put("exit 0", new ServiceEvent.Exited(PID, new ExitStatus.Exited(0)));
        events.put("exit 1", new ServiceEvent.Exited(PID, new ExitStatus.Exited(1)));
        events.put("dependencies met", new ServiceEvent.DependenciesMet());
        events.put("unhealthy", new ServiceEvent.Unhealthy(PID, "unhealthy"));
        events.put("hurry", new ServiceEvent.Hurry());
        events.put("timer", new ServiceEvent.TimerFired(service.generation()));
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

    private static Map<String, Set<String>> edges() {
        Map<String, Set<String>> edges = new TreeMap<>();
        for (ServiceMachine machine : machines()) {
            Deque<List<Object>> todo = new ArrayDeque<>();
            Set<Object> seen = new HashSet<>();
            todo.add(List.of(Service.initial(Wanted.UP), 0));
            while (!todo.isEmpty()) {
                List<Object> next = todo.poll();
                Service service = (Service) next.getFirst();
                int depth = (Integer) next.getLast();
                events(service)
                        .forEach((name, event) -> {
                            Service after = machine.on(service, event, NOW).next();
                            String from = word(service.state());
                            String to = word(after.state());
                            if (!from.equals(to)) {
                                edges.computeIfAbsent(from + " --> " + to, _ -> new TreeSet<>())
                                        .add(name);
                            }
                            Object key =
                                    List.of(
                                            after.state(),
                                            after.wanted(),
                                            after.restarts().size(),
                                            Math.min(after.attempts(), 2));
                            if (depth < DEPTH && seen.add(key)) {
                                todo.add(List.of(after, depth + 1));
                            }
                        });
            }
        }
        return edges;
    }

    private static String word(ServiceState state) {
        return switch (state) {
            case ServiceState.Waiting(var reason) ->
                    "waiting_for_" + reason.name().toLowerCase(java.util.Locale.ROOT);
            default -> state.word();
        };
    }

    @Test
    void theDiagramIsWhatTheMachineDoes() {
        Map<String, Set<String>> edges = edges();
        StringBuilder page = new StringBuilder();
        page.append("# How a service goes from state to state\n\n");
        page.append("Made by running the machine with every event in every state; not edited by");
        page.append(" hand. A service begins as stopped. Edges that an event does not take");
        page.append(" (it changes nothing, or only what happens after the next exit) are left");
        page.append(" out.\n\n```mermaid\nstateDiagram-v2\n    [*] --> stopped\n");
        edges.forEach((edge, names) ->
                page.append("    ")
                        .append(edge)
                        .append(": ")
                        .append(String.join(", ", names))
                        .append('\n'));
        page.append("```\n");
        Golden.check(Path.of("docs/reference/service-states.md"), page.toString());
    }

    @Test
    void everyStateCanBeReachedAndLeft() {
        Set<String> words =
                edges().keySet().stream()
                        .flatMap(edge -> Stream.of(edge.split(" --> ")))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(words)
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
