package io.visor.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Draws machines of services by running them: every event in every state that they can get into.
final class MachineDiagram {

    /// The process of the service.
    static final long PID = 7;

    private static final Duration NOW = Duration.ofHours(1);
    private static final int DEPTH = 9;

    private final Map<String, Set<String>> edges = new TreeMap<>();

    /// Runs machines, and draws them as one.
    ///
    /// @param events what can happen to a service, by name
    MachineDiagram(
            Collection<? extends Machine> machines,
            Function<Service, Map<String, ServiceEvent>> events) {
        machines.forEach(machine -> run(machine, events));
    }

    /// What can happen to every service, by name.
    static Map<String, ServiceEvent> commonEvents(Service service) {
        Map<String, ServiceEvent> events = new TreeMap<>();
        events.put("start", new ServiceEvent.Start());
        events.put("stop", new ServiceEvent.Stop());
        events.put("restart", new ServiceEvent.Restart());
        events.put("upgrade suspends", new ServiceEvent.Suspend());
        events.put("upgrade resumes", new ServiceEvent.Resume());
        events.put("dependencies met", new ServiceEvent.DependenciesMet());
        events.put("unhealthy", new ServiceEvent.Unhealthy(PID, "unhealthy"));
        events.put("timer", new ServiceEvent.TimerFired(service.generation()));
        return events;
    }

    private record Step(Service service, int depth) {}

    private void run(Machine machine, Function<Service, Map<String, ServiceEvent>> events) {
        Deque<Step> todo = new ArrayDeque<>();
        Set<Object> seen = new HashSet<>();
        todo.add(new Step(Service.initial(Service.Wanted.UP), 0));
        while (!todo.isEmpty()) {
            Step step = todo.poll();
            events.apply(step.service)
                    .forEach((name, event) -> {
                        Service after = machine.on(step.service, event, NOW).next();
                        String from = word(step.service.state());
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
                        if (step.depth < DEPTH && seen.add(key)) {
                            todo.add(new Step(after, step.depth + 1));
                        }
                    });
        }
    }

    private static String word(ServiceState state) {
        return switch (state) {
            case ServiceState.Waiting(var reason) ->
                    "waiting_for_" + reason.name().toLowerCase(Locale.ROOT);
            default -> state.word();
        };
    }

    /// The states that were reached.
    Set<String> states() {
        return edges.keySet().stream()
                .flatMap(edge -> Stream.of(edge.split(" --> ")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// A page of documentation.
    String page(String title, String text) {
        StringBuilder page = new StringBuilder("# " + title + "\n\n" + text + "\n\n");
        page.append("```mermaid\nstateDiagram-v2\n    [*] --> stopped\n");
        edges.forEach((edge, names) ->
                page.append("    ")
                        .append(edge)
                        .append(": ")
                        .append(String.join(", ", names))
                        .append('\n'));
        return page.append("```\n").toString();
    }
}
