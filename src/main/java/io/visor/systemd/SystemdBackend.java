package io.visor.systemd;

import io.visor.model.ExitStatus;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.UnitName;
import io.visor.model.VisorException;
import io.visor.os.MonotonicTime;
import io.visor.process.CommandRunner;
import io.visor.process.LineWatcher;
import io.visor.service.ActiveBinaries;
import io.visor.service.LastOutput;
import io.visor.service.ServiceBackend;
import io.visor.service.UnitReport;
import io.visor.service.UnitReport.Standing;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Services as units of systemd's. They are adopted: visor neither ends them when it begins or
/// ends, nor starts one that runs. All units are looked at once a second with one command; orders
/// that are given at the same time are carried out together.
public final class SystemdBackend implements ServiceBackend {

    /// How often units are looked at.
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private static final ExitStatus TERMINATED = new ExitStatus.Signaled(Signal.TERM.number());

    private final Scheduler scheduler;
    private final Loop loop;
    private final ActiveBinaries binaries;
    private final Consumer<String> warnings;
    private final Systemctl systemctl;
    private final UnitOrders orders;
    private final UnitJournal journal;
    private final Map<ServiceName, Watched> watched = new LinkedHashMap<>();
    private final Map<UnitName, UnitOrders.Seen> known = new ConcurrentHashMap<>();
    private final List<Watched> starts = new ArrayList<>();
    private final List<Watched> stops = new ArrayList<>();
    private boolean ticks;
    private boolean looks;
    private boolean isAnswered = true;

    /// A unit that is looked after.
    private static final class Watched {
        private final ServiceSpec spec;
        private final UnitName unit;
        private final Reporter reporter;
        private @Nullable UnitLook last;

        /// The last look at a process whose end has not been told.
        private @Nullable UnitLook up;

        /// Whether the boot has done with it what it does, or visor has.
        private boolean isSettled;

        private boolean isLeftAlone;
        private boolean isBusy;
        private long number;
        private UnitOrders.@Nullable Order order;

        Watched(ServiceSpec spec, UnitName unit, Reporter reporter) {
            this.spec = spec;
            this.unit = unit;
            this.reporter = reporter;
        }
    }

    /// Makes a backend.
    ///
    /// @param loop the supervisor's
    /// @param environment visor's own
    /// @param folder where it is written down what visor did to each unit
    /// @param warnings takes sentences about what does not stand in the way; on any thread
    public SystemdBackend(
            Scheduler scheduler,
            Loop loop,
            CommandRunner runner,
            Map<String, String> environment,
            Path folder,
            ActiveBinaries binaries,
            Consumer<String> warnings) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.binaries = binaries;
        this.warnings = warnings;
        this.systemctl = new Systemctl(runner, environment);
        this.orders = new UnitOrders(systemctl, new UnitMarks(folder), scheduler.clock(), warnings);
        this.journal = new UnitJournal(systemctl);
    }

    private static UnitName unit(ServiceSpec spec) {
        return Objects.requireNonNull(spec.unit());
    }

    /// Asks systemd, also whether it is there at all.
    ///
    /// @throws SystemdException if it is not, or none of the units can be there, as the systemd of
    ///   visor's user does not run
    @Override
    public void look(List<ServiceSpec> specs) throws InterruptedException {
        Map<UnitName, UnitOrders.Seen> seen =
                orders.look(specs.stream().map(SystemdBackend::unit).toList(), true);
        boolean isAnyThere = seen.values().stream().anyMatch(one -> !one.look().isWithoutUsers());
        if (!isAnyThere && !specs.isEmpty()) {
            UnitName unit = unit(specs.getFirst());
            throw new SystemdException(
                    UnitReading.absence(unit, Objects.requireNonNull(seen.get(unit)).look()));
        }
        known.putAll(seen);
    }

    @Override
    public void adopt(ServiceSpec spec, Reporter reporter) {
        Watched one = new Watched(spec, unit(spec), reporter);
        watched.put(spec.name(), one);
        UnitOrders.Seen seen = known.remove(one.unit);
        if (seen == null) {
            look();
        } else {
            deliver(one, seen, false);
        }
        if (!ticks) {
            ticks = true;
            tick();
        }
    }

    /// A unit that runs something else than the binary that is active now would not be changed by
    /// an upgrade: its services would be stopped for nothing.
    @Override
    public void prepare(ServiceSpec spec, Path binary) {
        Watched one = watched.get(spec.name());
        UnitLook look = one == null ? null : one.last;
        if (spec.program() == null || look == null || !look.isActive() || look.pid() == 0) {
            return;
        }
        Path active;
        try {
            active = binaries.of(spec.program());
        } catch (VisorException e) {
            // None is active, or it was changed: what runs is another one in any case.
            return;
        }
        Optional<String> other = RunningBinary.otherThan(active, look.pid());
        if (other.isPresent()) {
            throw new SystemdException(
                    UnitOrders.wrongBinary(unit(spec), other.get(), active, link(active)));
        }
    }

    private Path link(Path binary) {
        return binaries.linkDirectory().resolve(String.valueOf(binary.getFileName()));
    }

    @Override
    public void start(ServiceSpec spec, @Nullable LineWatcher watcher, Reporter reporter) {
        Watched one = Objects.requireNonNull(watched.get(spec.name()));
        Path binary = null;
        try {
            binary = spec.program() == null ? null : binaries.of(spec.program());
        } catch (VisorException e) {
            reporter.onSpawnFailed(e.why());
            return;
        }
        order(one, binary);
        starts.add(one);
        flushSoon();
    }

    @Override
    public void end(ServiceSpec spec) {
        Watched one = Objects.requireNonNull(watched.get(spec.name()));
        order(one, null);
        starts.remove(one);
        stops.add(one);
        flushSoon();
    }

    private void order(Watched one, @Nullable Path binary) {
        one.number++;
        one.isBusy = true;
        one.isSettled = true;
        one.order =
                new UnitOrders.Order(
                        one.unit,
                        one.number,
                        one.isLeftAlone,
                        one.last == null || one.last.isActive() ? null : one.last.invocation(),
                        binary,
                        binary == null ? null : link(binary));
        orders.given(one.order);
    }

    /// What is ordered in one turn of the loop is carried out together.
    private void flushSoon() {
        if (starts.size() + stops.size() == 1) {
            loop.execute(this::flush);
        }
    }

    private void flush() {
        if (!stops.isEmpty()) {
            List<Watched> them = List.copyOf(stops);
            stops.clear();
            Map<UnitName, UnitLook> lasts = new HashMap<>();
            them.forEach(one -> {
                if (one.last != null) {
                    lasts.put(one.unit, one.last);
                }
            });
            carryOut(them, "stop-units", list -> orders.stop(list, lasts), this::stopped);
        }
        if (!starts.isEmpty()) {
            List<Watched> them = new ArrayList<>();
            for (Watched one : starts) {
                if (one.last != null && one.last.isStartedAtOnce()) {
                    them.add(one);
                } else {
                    // Nothing is seen of the others until it has started.
                    start(List.of(one));
                }
            }
            starts.clear();
            if (!them.isEmpty()) {
                start(List.copyOf(them));
            }
        }
    }

    private void start(List<Watched> them) {
        carryOut(them, "start-units", orders::start, this::started);
    }

    /// Does something with several units.
    private interface Doing {
        Map<UnitName, UnitOrders.Outcome> on(List<UnitOrders.Order> orders)
                throws InterruptedException;
    }

    /// Takes what came of it for one unit.
    private interface Ending {
        void of(Watched one, UnitOrders.Outcome outcome);
    }

    private void carryOut(List<Watched> them, String name, Doing doing, Ending ending) {
        List<UnitOrders.Order> list =
                them.stream().map(one -> Objects.requireNonNull(one.order)).toList();
        var unused =
                scheduler.start(
                        name,
                        () -> {
                            Map<UnitName, UnitOrders.Outcome> outcomes =
                                    outcomes(name, doing, list);
                            loop.execute(() -> {
                                for (int i = 0; i < list.size(); i++) {
                                    Watched one = them.get(i);
                                    UnitOrders.Outcome outcome = outcomes.get(one.unit);
                                    if (one.number == list.get(i).number() && outcome != null) {
                                        one.isBusy = false;
                                        ending.of(one, outcome);
                                    }
                                }
                            });
                        });
    }

    /// A unit of which nothing is heard any more would never be looked at again.
    private Map<UnitName, UnitOrders.Outcome> outcomes(
            String name, Doing doing, List<UnitOrders.Order> orders) throws InterruptedException {
        try {
            return doing.on(orders);
        } catch (RuntimeException e) {
            UnitOrders.Outcome failed = new UnitOrders.Outcome(null, fault(name, e).why(), null);
            return orders.stream().collect(Collectors.toMap(UnitOrders.Order::unit, _ -> failed));
        }
    }

    private SystemdException fault(String name, RuntimeException e) {
        scheduler.failed(name, e);
        return new SystemdException("a fault of visor's own, " + e, e);
    }

    private void stopped(Watched one, UnitOrders.Outcome outcome) {
        if (outcome.failure() != null) {
            warnings.accept("cannot stop " + one.spec.name() + ": " + outcome.failure());
        }
        if (outcome.seen() != null) {
            deliver(one, outcome.seen(), false);
        }
    }

    private void started(Watched one, UnitOrders.Outcome outcome) {
        UnitOrders.Seen seen = outcome.seen();
        if (seen == null) {
            one.reporter.onSpawnFailed(Objects.requireNonNullElse(outcome.failure(), ""));
            return;
        }
        UnitOrders.Order order = Objects.requireNonNull(one.order);
        Standing standing = standing(one, seen);
        String why =
                switch (standing) {
                    case UnitReport.Idle() ->
                            outcome.failure() == null
                                    ? "systemd has started nothing of "
                                            + one.unit
                                            + ": a condition of the unit does not hold; systemctl"
                                            + " status "
                                            + one.unit
                                            + " says which"
                                    : outcome.failure();
                    case UnitReport.Absent(String absence) -> absence;
                    case UnitReport.LeftAlone(String text) when order.isAsked() ->
                            outcome.failure() == null ? text : outcome.failure() + "; " + text;
                    case UnitReport.Broken(String text, var _) -> text;
                    // What it did when it ran before says nothing of a start that was refused.
                    case UnitReport.Coming(boolean _), UnitReport.Done(int _)
                            when outcome.failure() != null ->
                            outcome.failure();
                    default -> null;
                };
        if (why == null) {
            deliver(one, seen, true);
            if (outcome.unfit() != null) {
                one.reporter.onUnfit(outcome.unfit());
            }
        } else {
            one.last = seen.look();
            one.up = null;
            one.isLeftAlone = standing instanceof UnitReport.LeftAlone;
            fail(one, why, seen.look());
        }
    }

    /// Tells of a start that failed, with what the unit wrote last.
    private void fail(Watched one, String why, UnitLook look) {
        if (!look.activeState().equals("failed")) {
            one.reporter.onSpawnFailed(why);
            return;
        }
        read(
                one,
                look.invocation(),
                found -> one.reporter.onSpawnFailed(why + output(found).quotedLines()));
    }

    private static LastOutput output(UnitJournal.Found found) {
        return new LastOutput(
                () -> String.join("\n", found.lines()),
                most ->
                        found.lines()
                                .subList(
                                        Math.max(0, found.lines().size() - most),
                                        found.lines().size()));
    }

    private void tick() {
        loop.schedule(PERIOD, this::tick);
        if (!watched.isEmpty()) {
            look();
        }
    }

    /// Looks at all units of which nothing is on its way.
    private void look() {
        List<Watched> them = watched.values().stream().filter(one -> !one.isBusy).toList();
        if (looks || them.isEmpty()) {
            return;
        }
        looks = true;
        boolean isFirst = them.stream().anyMatch(one -> one.last == null);
        List<UnitName> units = them.stream().map(one -> one.unit).toList();
        List<Long> numbers = them.stream().map(one -> one.number).toList();
        var unused =
                scheduler.start(
                        "look-at-units",
                        () -> {
                            try {
                                Map<UnitName, UnitOrders.Seen> seen = orders.look(units, isFirst);
                                loop.execute(() -> looked(them, numbers, seen));
                            } catch (SystemdException e) {
                                loop.execute(() -> unanswered(e));
                            } catch (RuntimeException e) {
                                loop.execute(() -> unanswered(fault("look-at-units", e)));
                            }
                        });
    }

    private void looked(
            List<Watched> them, List<Long> numbers, Map<UnitName, UnitOrders.Seen> all) {
        looks = false;
        if (!isAnswered) {
            isAnswered = true;
            warnings.accept("systemd answers again");
        }
        for (int i = 0; i < them.size(); i++) {
            Watched one = them.get(i);
            UnitOrders.Seen seen = all.get(one.unit);
            if (!one.isBusy && one.number == numbers.get(i) && seen != null) {
                deliver(one, seen, false);
            }
        }
        if (watched.values().stream().anyMatch(one -> !one.isBusy && one.last == null)) {
            look();
        }
    }

    private void unanswered(SystemdException e) {
        looks = false;
        if (isAnswered) {
            isAnswered = false;
            warnings.accept(
                    "cannot ask systemd for its units: "
                            + e.why()
                            + "; what they do is not seen until it answers");
        }
    }

    private Standing standing(Watched one, UnitOrders.Seen seen) {
        return UnitReading.standing(
                one.unit, seen.look(), seen.mark(), !one.isSettled, MonotonicTime.now());
    }

    /// Reports what is new.
    ///
    /// @param started whether visor has had it started just now
    private void deliver(Watched one, UnitOrders.Seen seen, boolean started) {
        if (watched.get(one.spec.name()) != one) {
            return;
        }
        Standing standing = standing(one, seen);
        UnitLook before = one.up == null || started ? one.last : one.up;
        Optional<UnitReading.Gone> gone = UnitReading.gone(before, seen.look(), started);
        one.last = seen.look();
        one.isSettled |= seen.look().isLoaded() && !seen.look().hasJob();
        if (seen.look().isActive() && seen.look().pid() != 0) {
            one.up = seen.look();
        } else if (started) {
            one.up = null;
        }
        one.isLeftAlone = standing instanceof UnitReport.LeftAlone;
        if (standing instanceof UnitReport.Up && !seen.mark().isUp()) {
            markUp(one);
        }
        if (gone.isEmpty()) {
            one.reporter.onUnit(new UnitReport(standing, null));
        } else {
            read(
                    one,
                    gone.get().invocation(),
                    found -> {
                        if (before == one.up) {
                            one.up = null;
                        }
                        one.reporter.onUnit(
                                new UnitReport(
                                        standing, end(gone.get(), found, MonotonicTime.now())));
                    });
        }
    }

    private static UnitReport.End end(
            UnitReading.Gone gone, UnitJournal.Found found, Duration now) {
        ExitStatus told = gone.look() == null ? null : gone.look().exit().orElse(null);
        ExitStatus status = told == null ? found.exit() : told;
        return new UnitReport.End(
                gone.pid(),
                status == null ? TERMINATED : status,
                gone.asked(),
                gone.look() == null ? null : gone.look().ran().orElse(null),
                gone.look() == null ? null : gone.look().exited(now).orElse(null),
                output(found));
    }

    private void markUp(Watched one) {
        long number = one.number;
        var unused = scheduler.start("mark-unit", () -> orders.markUp(one.unit, number));
    }

    /// Reads what a run of a unit wrote last; nothing else happens to the unit meanwhile.
    private void read(Watched one, String invocation, Consumer<UnitJournal.Found> taker) {
        one.isBusy = true;
        long number = one.number;
        var unused =
                scheduler.start(
                        "read-journal",
                        () -> {
                            UnitJournal.Found found = found(one.unit, invocation);
                            loop.execute(() -> {
                                if (one.number == number) {
                                    one.isBusy = false;
                                    taker.accept(found);
                                }
                            });
                        });
    }

    private UnitJournal.Found found(UnitName unit, String invocation) throws InterruptedException {
        try {
            return journal.read(unit, invocation);
        } catch (RuntimeException e) {
            scheduler.failed("read-journal", e);
            return UnitJournal.Found.NOTHING;
        }
    }

    /// A unit is never sent signals: systemd ends it.
    @Override
    public void send(ServiceSpec spec, long pid, Signal signal) {
        throw new IllegalStateException(spec.name() + " is a unit: systemd ends it");
    }

    @Override
    public void forget(ServiceSpec spec) {
        watched.remove(spec.name());
    }
}
