package io.visor.config;

import io.visor.model.Dependency;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Typos;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Checks that services wait for others that exist, and not for each other.
final class Dependencies {

    private final List<Problem> problems;
    private final Map<ServiceName, Place> places = new LinkedHashMap<>();

    /// Where a service stands.
    private record Place(ServiceSpec service, int line, String at) {}

    Dependencies(List<Problem> problems) {
        this.problems = problems;
    }

    void add(ServiceSpec service, Section section) {
        add(service, section.line("after"), section.at("after"));
    }

    /// A service that stands at a place.
    void add(ServiceSpec service, int line, String at) {
        places.putIfAbsent(service.name(), new Place(service, line, at));
    }

    /// Reports names that are unknown and the circles among the others.
    void check() {
        for (Place place : places.values()) {
            List<Dependency> after = place.service.after();
            for (int i = 0; i < after.size(); i++) {
                if (!places.containsKey(after.get(i).service())) {
                    problems.add(unknown(place, i, after.get(i).service().text()));
                }
            }
        }
        Set<ServiceName> left = new LinkedHashSet<>(places.keySet());
        boolean found = true;
        while (found) {
            removeStartable(left);
            found = !left.isEmpty();
            if (found) {
                List<ServiceName> circle = circle(left);
                report(circle);
                circle.forEach(left::remove);
            }
        }
    }

    /// Takes out, again and again, what waits for nothing that is left.
    private void removeStartable(Set<ServiceName> left) {
        Map<ServiceName, List<ServiceName>> dependents = new HashMap<>();
        Map<ServiceName, Integer> waits = new HashMap<>();
        Deque<ServiceName> startable = new ArrayDeque<>();
        for (ServiceName name : left) {
            List<ServiceName> others = waitsFor(name, left);
            waits.put(name, others.size());
            others.forEach(
                    other -> dependents.computeIfAbsent(other, _ -> new ArrayList<>()).add(name));
            if (others.isEmpty()) {
                startable.add(name);
            }
        }
        for (ServiceName name = startable.poll(); name != null; name = startable.poll()) {
            left.remove(name);
            for (ServiceName dependent : dependents.getOrDefault(name, List.of())) {
                if (waits.merge(dependent, -1, Integer::sum) == 0) {
                    startable.add(dependent);
                }
            }
        }
    }

    private List<ServiceName> waitsFor(ServiceName name, Set<ServiceName> among) {
        Place place = places.get(name);
        return place == null
                ? List.of()
                : place.service.after().stream()
                        .map(Dependency::service)
                        .filter(among::contains)
                        .toList();
    }

    /// A circle: every service that is left waits for one that is left.
    private List<ServiceName> circle(Set<ServiceName> left) {
        Map<ServiceName, Integer> path = new LinkedHashMap<>();
        ServiceName name = left.iterator().next();
        while (path.putIfAbsent(name, path.size()) == null) {
            name = waitsFor(name, left).getFirst();
        }
        int start = path.getOrDefault(name, 0);
        return path.keySet().stream().skip(start).toList();
    }

    private Problem unknown(Place place, int index, String name) {
        Set<String> known = new TreeSet<>();
        places.keySet().stream()
                .filter(other -> !other.equals(place.service.name()))
                .forEach(other -> known.add(other.text()));
        String hint =
                Typos.nearest(name, known)
                        .map(nearest -> "; did you mean \"" + nearest + "\"?")
                        .orElse(known.isEmpty() ? "" : "; known: " + String.join(", ", known));
        return new Problem(
                place.line,
                place.at + "[" + index + "]",
                "\"" + name + "\" is no service here" + hint);
    }

    private void report(List<ServiceName> circle) {
        Place place = places.get(circle.getFirst());
        if (place == null) {
            throw new IllegalStateException("a circle of unknown services");
        }
        StringBuilder text = new StringBuilder();
        circle.forEach(name -> text.append(name).append(" -> "));
        problems.add(
                new Problem(
                        place.line,
                        place.at,
                        "is a circle: " + text + circle.getFirst() + "; take one of them out"));
    }
}
