package io.visor.systemd;

import io.visor.model.UnitName;
import io.visor.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Has systemd start and stop units, several at a time. For tasks.
final class UnitOrders {

    private final Systemctl systemctl;
    private final UnitMarks marks;
    private final Clock clock;
    private final Consumer<String> warnings;

    /// The number of the newest order about each unit.
    private final Map<UnitName, Long> newest = new ConcurrentHashMap<>();

    /// An order about one unit.
    ///
    /// @param unit which
    /// @param number grows with each order about the unit
    /// @param isAsked whether it is to be started although somebody has stopped it by hand
    /// @param ended the InvocationID of its last run, where visor has seen that it ended
    ///   (systemd.exec(5)); null if it has not
    /// @param binary what its process is to run; null if that is not known
    /// @param link what the unit starts; null if that is not known
    record Order(
            UnitName unit,
            long number,
            boolean isAsked,
            @Nullable String ended,
            @Nullable Path binary,
            @Nullable Path link) {}

    /// What was seen of a unit.
    ///
    /// @param look what systemd tells
    /// @param mark what visor remembers
    record Seen(UnitLook look, UnitMarks.Mark mark) {}

    /// What came of an order.
    ///
    /// @param seen where the unit stands then; null if that is not known
    /// @param failure why systemd did not do it; null if it did
    /// @param unfit why its process does not run what it is to run; null if it does
    record Outcome(@Nullable Seen seen, @Nullable String failure, @Nullable String unfit) {}

    UnitOrders(Systemctl systemctl, UnitMarks marks, Clock clock, Consumer<String> warnings) {
        this.systemctl = systemctl;
        this.marks = marks;
        this.clock = clock;
        this.warnings = warnings;
    }

    /// Notes that an order was given: it may overtake one that is being carried out.
    void given(Order order) {
        newest.put(order.unit(), order.number());
    }

    private boolean isOvertaken(Order order) {
        return newest.getOrDefault(order.unit(), order.number()) > order.number();
    }

    /// Looks at units. What systemd has not read since its file was changed, or has not found, it
    /// is told to read first.
    ///
    /// @param isFirst whether they have not been looked at before
    /// @throws SystemdException if systemd does not answer
    Map<UnitName, Seen> look(List<UnitName> units, boolean isFirst) throws InterruptedException {
        Map<UnitName, UnitLook> looks = systemctl.show(units);
        if (isFirst && readAnew(looks)) {
            looks = systemctl.show(units);
        }
        Map<UnitName, Seen> seen = new HashMap<>();
        for (Map.Entry<UnitName, UnitLook> entry : looks.entrySet()) {
            seen.put(entry.getKey(), new Seen(entry.getValue(), mark(entry.getKey())));
        }
        return seen;
    }

    /// A warning is enough where that fails: what systemd knows of the units holds.
    private boolean readAnew(Map<UnitName, UnitLook> looks) throws InterruptedException {
        List<Systemctl.Scope> scopes =
                looks.entrySet().stream()
                        .filter(entry ->
                                entry.getValue().isNotFound()
                                        || entry.getValue().text("NeedDaemonReload").equals("yes"))
                        .map(entry -> systemctl.scope(entry.getKey()))
                        .distinct()
                        .toList();
        try {
            for (Systemctl.Scope scope : scopes) {
                systemctl.reload(scope);
            }
        } catch (SystemdException e) {
            warnings.accept("cannot have systemd read its units again: " + e.why());
        }
        return !scopes.isEmpty();
    }

    private UnitMarks.Mark mark(UnitName unit) throws InterruptedException {
        try {
            return marks.of(unit, systemctl.boot(systemctl.scope(unit)));
        } catch (IOException e) {
            warnings.accept("cannot read what was kept of " + unit + ": " + e.getMessage());
            return UnitMarks.Mark.NONE;
        }
    }

    private void mark(UnitName unit, UnitMarks.Kind kind, long number) throws InterruptedException {
        marks.put(unit, kind, systemctl.boot(systemctl.scope(unit)), number);
    }

    /// Writes down that a unit runs.
    ///
    /// @param number of the newest order about it
    void markUp(UnitName unit, long number) throws InterruptedException {
        try {
            mark(unit, UnitMarks.Kind.UP, number);
        } catch (SystemdException e) {
            warnings.accept(
                    "cannot write down that "
                            + unit
                            + " runs: "
                            + e.why()
                            + "; if it is stopped by hand, a visor that is started then may start"
                            + " it again");
        }
    }

    /// Starts what does not run and is not to be left alone, and looks again. What somebody else
    /// has started meanwhile, perhaps before there was the binary that it is to run, is started
    /// anew. What is to be stopped by now is not started any more.
    Map<UnitName, Outcome> start(List<Order> orders) throws InterruptedException {
        List<UnitName> units = orders.stream().map(Order::unit).toList();
        Map<UnitName, Seen> before;
        try {
            before = look(units, true);
        } catch (SystemdException e) {
            return failed(units, e.why());
        }
        Map<UnitName, UnitLook> due = new LinkedHashMap<>();
        Map<UnitName, UnitLook> stale = new LinkedHashMap<>();
        for (Order order : orders) {
            Seen seen = before.get(order.unit());
            if (seen != null && isStale(order, seen.look())) {
                stale.put(order.unit(), seen.look());
                due.put(order.unit(), seen.look());
            } else if (seen != null && isDue(order, seen)) {
                due.put(order.unit(), seen.look());
            }
        }
        Map<UnitName, String> failures = new HashMap<>();
        for (Map.Entry<Systemctl.Scope, List<UnitName>> entry :
                byScope(stale.keySet()).entrySet()) {
            stop(entry.getKey(), entry.getValue(), stale, failures);
        }
        orders.stream().filter(this::isOvertaken).forEach(order -> due.remove(order.unit()));
        for (Map.Entry<Systemctl.Scope, List<UnitName>> entry : byScope(due.keySet()).entrySet()) {
            start(entry.getKey(), entry.getValue(), due, failures);
        }
        Map<UnitName, Outcome> outcomes = new HashMap<>();
        Map<UnitName, Seen> after;
        try {
            after = due.isEmpty() ? before : look(units, false);
        } catch (SystemdException e) {
            return failed(units, e.why());
        }
        for (Order order : orders) {
            Seen seen = after.get(order.unit());
            String unfit = seen == null ? null : unfit(order, seen.look(), stale.get(order.unit()));
            outcomes.put(order.unit(), new Outcome(seen, failures.get(order.unit()), unfit));
        }
        return outcomes;
    }

    /// Whether it runs since visor has seen it end, and what it runs is another binary, or cannot
    /// be told.
    private static boolean isStale(Order order, UnitLook look) {
        Path binary = order.binary();
        return binary != null
                && order.ended() != null
                && look.isActive()
                && look.pid() != 0
                && !look.invocation().equals(order.ended())
                && (RunningBinary.isScript(binary)
                        || RunningBinary.otherThan(binary, look.pid()).isPresent());
    }

    private static boolean isDue(Order order, Seen seen) {
        UnitLook look = seen.look();
        if (look.isActive() || look.isMasked() || !look.isLoaded()) {
            return false;
        }
        if (order.isAsked() || !look.activeState().equals("inactive")) {
            return true;
        }
        return UnitReading.isVisorsToStart(order.unit(), look, seen.mark());
    }

    private static Map<UnitName, Outcome> failed(List<UnitName> units, String why) {
        Map<UnitName, Outcome> outcomes = new HashMap<>();
        units.forEach(unit -> outcomes.put(unit, new Outcome(null, why, null)));
        return outcomes;
    }

    private Map<Systemctl.Scope, List<UnitName>> byScope(Iterable<UnitName> units) {
        Map<Systemctl.Scope, List<UnitName>> scopes = new LinkedHashMap<>();
        units.forEach(unit ->
                scopes.computeIfAbsent(systemctl.scope(unit), _ -> new ArrayList<>()).add(unit));
        return scopes;
    }

    private void start(
            Systemctl.Scope scope,
            List<UnitName> units,
            Map<UnitName, UnitLook> looks,
            Map<UnitName, String> failures)
            throws InterruptedException {
        List<UnitName> disabled = among(units, looks, UnitLook::isDisabled);
        List<UnitName> broken = among(units, looks, look -> look.activeState().equals("failed"));
        if (!disabled.isEmpty()) {
            try {
                systemctl.enable(scope, disabled);
            } catch (SystemdException e) {
                warnings.accept(
                        "cannot have "
                                + names(disabled)
                                + " started with the machine: "
                                + e.why()
                                + "; it is started now all the same");
            }
        }
        try {
            if (!broken.isEmpty()) {
                systemctl.resetFailed(scope, broken);
            }
            failures.putAll(systemctl.start(scope, units, looks));
        } catch (SystemdException e) {
            units.forEach(unit -> failures.put(unit, e.why()));
        }
    }

    private static List<UnitName> among(
            List<UnitName> units, Map<UnitName, UnitLook> looks, Predicate<UnitLook> which) {
        return units.stream()
                .filter(unit -> {
                    UnitLook look = looks.get(unit);
                    return look != null && which.test(look);
                })
                .toList();
    }

    private static String names(List<UnitName> units) {
        return String.join(", ", units.stream().map(UnitName::text).toList());
    }

    /// Looks whether the process of a unit runs what it is to run. Of a script that cannot be read
    /// off the process, which is its interpreter's: there the link must lead to it, and the run be
    /// one that began after.
    ///
    /// @param stale where the unit stood before it was started anew; null if it was not
    private @Nullable String unfit(Order order, UnitLook look, @Nullable UnitLook stale)
            throws InterruptedException {
        Path binary = order.binary();
        Path link = order.link();
        if (binary == null || link == null || !look.isActive()) {
            return null;
        }
        if (!RunningBinary.isScript(binary)) {
            return RunningBinary.otherThan(binary, look.pid(), clock)
                    .map(other -> wrongBinary(order.unit(), other, binary, link))
                    .orElse(null);
        }
        if (!RunningBinary.isSame(link, binary)) {
            return order.unit() + " was started, but " + link + " does not lead to " + binary;
        }
        return stale != null && stale.invocation().equals(look.invocation())
                ? order.unit()
                        + " may run another script than "
                        + binary
                        + ": it was started by somebody before, and could not be started anew"
                : null;
    }

    /// Says that a unit runs something else.
    ///
    /// @param link what it is to start
    static String wrongBinary(UnitName unit, String other, Path binary, Path link) {
        return unit
                + " runs "
                + other
                + ", not "
                + binary
                + "; have its ExecStart= begin with "
                + link
                + ", then systemctl daemon-reload and visor service restart";
    }

    /// Stops units, and looks again. That visor has done so is written down before.
    Map<UnitName, Outcome> stop(List<Order> orders, Map<UnitName, UnitLook> looks)
            throws InterruptedException {
        List<UnitName> units = orders.stream().map(Order::unit).toList();
        Map<UnitName, String> failures = new HashMap<>();
        for (Order order : orders) {
            try {
                mark(order.unit(), UnitMarks.Kind.DOWN, order.number());
            } catch (SystemdException e) {
                warnings.accept(
                        "cannot write down that "
                                + order.unit()
                                + " is stopped: "
                                + e.why()
                                + "; a visor that is started before it runs again leaves it alone");
            }
        }
        for (Map.Entry<Systemctl.Scope, List<UnitName>> entry : byScope(units).entrySet()) {
            stop(entry.getKey(), entry.getValue(), looks, failures);
        }
        Map<UnitName, Outcome> outcomes = new HashMap<>();
        try {
            look(units, false)
                    .forEach((unit, seen) ->
                            outcomes.put(unit, new Outcome(seen, failures.get(unit), null)));
        } catch (SystemdException e) {
            return failed(units, e.why());
        }
        return outcomes;
    }

    private void stop(
            Systemctl.Scope scope,
            List<UnitName> units,
            Map<UnitName, UnitLook> looks,
            Map<UnitName, String> failures)
            throws InterruptedException {
        try {
            systemctl.stop(scope, units, looks);
        } catch (SystemdException e) {
            units.forEach(unit -> failures.put(unit, e.why()));
        }
    }
}
