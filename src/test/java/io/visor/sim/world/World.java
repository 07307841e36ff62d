package io.visor.sim.world;

import io.visor.model.ExitStatus;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ServiceName;
import io.visor.model.Signal;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.process.Launch;
import io.visor.process.ProcessLauncher.ExitListener;
import io.visor.process.SimLauncher;
import io.visor.service.ServiceTable;
import io.visor.sim.SimDatabase;
import io.visor.sim.SimScheduler;
import io.visor.sim.SimScheduler.Killed;
import io.visor.sim.disk.Fault;
import io.visor.sim.disk.Operation;
import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.medium.Errno;
import io.visor.sim.world.Processes.Running;
import io.visor.upgrade.Program;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.record.UpgradeSchema;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything that there is, and one visor at a time in it.
final class World {

    static final String HOME = "/home/op/.lavavisor";

    private static final int MAX_NOTES = 400;

    private final SplittableRandom random;
    private final SimScheduler scheduler;
    private final SimDisk disk;
    private final Observer observer;
    private final SimDatabase database;
    private final Releases releases = new Releases();
    private final Processes processes;
    private final Chain chain;
    private final Rules rules;
    private final Mutation mutation;
    private final Set<String> touched = new HashSet<>();
    private final Deque<Note> notes = new ArrayDeque<>();
    private final Set<String> locks = new HashSet<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private Scenario scenario;
    private @Nullable String mistake;
    private @Nullable Duration hookTime;
    private double effectKillRate;
    private double diskKillRate;
    private double diskFailRate;
    private boolean diskFull;
    private boolean calm;
    private @Nullable SimVisor visor;
    private long checkedAt = -1;
    private int upgrades;
    private int lives;

    private record Note(Duration at, List<@Nullable Object> parts) {

        String text() {
            return parts.stream().map(String::valueOf).collect(Collectors.joining(" "));
        }

        @Override
        public String toString() {
            return at + " " + text();
        }
    }

    /// Sees what happens.
    interface Watcher {

        /// A process has started.
        default void onStart(Running process) {}

        /// An upgrade has something to tell.
        default void onNotice(UpgradeNotice notice) {}

        /// Visor says something, or something else is worth knowing.
        default void onNote(String text) {}

        /// An effect of an upgrade is about to be had, or was.
        default void onStep(Object step, boolean done) {}
    }

    /// A world in which everything follows from a seed.
    World(long seed, Mutation mutation) {
        this(seed, mutation, Scenario::of);
    }

    /// A world in which nothing goes wrong by itself.
    static World calm(Scenario scenario) {
        World world = new World(1, Mutation.NONE, _ -> scenario);
        world.calm();
        return world;
    }

    private World(long seed, Mutation mutation, Function<SplittableRandom, Scenario> scenario) {
        this.random = new SplittableRandom(seed);
        this.mutation = mutation;
        this.scheduler = new SimScheduler(random.nextLong());
        this.disk = new SimDisk(random.nextLong(), scheduler.clock());
        this.database =
                new SimDatabase(
                        List.of(UpgradeSchema.SCHEMA, ServiceTable.SCHEMA), random.split(), seed);
        this.processes = new Processes(scheduler, random.split(), releases, mutation);
        this.scenario = scenario.apply(random.split());
        this.observer = new Observer(disk);
        Version first = Version.of("1.0.0");
        releases.make(first, Releases.Quality.GOOD);
        releases.publish(first);
        this.chain =
                new Chain(
                        scheduler,
                        Duration.ofSeconds(random.nextBoolean() ? 15 : 60),
                        1 + random.nextInt(3),
                        first,
                        random.split());
        this.rules = new Rules(this);
        disk.setFaults(this::fault);
        observer.makeHome();
        if (mutation == Mutation.NO_FSYNC) {
            disk.pretendToFlush();
        }
    }

    SplittableRandom random() {
        return random;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    Scenario scenario() {
        return scenario;
    }

    /// Changes what visors are told to do: the next one, and one that is told to look again.
    void change(Scenario next) {
        scenario = next;
        mistake = null;
    }

    /// Makes the configuration one that cannot be used.
    void spoil(String why) {
        mistake = why;
    }

    /// What is wrong with the configuration; null if nothing is.
    @Nullable String mistake() {
        return mistake;
    }

    /// Has every hook take so long, and go well.
    void setHookTime(Duration time) {
        hookTime = time;
    }

    @Nullable Duration hookTime() {
        return hookTime;
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    Releases releases() {
        return releases;
    }

    Chain chain() {
        return chain;
    }

    Processes processes() {
        return processes;
    }

    SimDatabase database() {
        return database;
    }

    SimDisk disk() {
        return disk;
    }

    Observer observer() {
        return observer;
    }

    Rules rules() {
        return rules;
    }

    Mutation mutation() {
        return mutation;
    }

    Set<String> locks() {
        return locks;
    }

    int upgrades() {
        return upgrades;
    }

    int lives() {
        return lives;
    }

    @Nullable SimVisor visor() {
        return visor;
    }

    boolean isUp() {
        return visor != null;
    }

    /// Something worth knowing when a rule is broken.
    ///
    /// @param parts its words, which are put together only if somebody looks
    void note(@Nullable Object... parts) {
        Note note = new Note(scheduler.now(), Arrays.asList(parts));
        watchers.forEach(watcher -> watcher.onNote(note.text()));
        notes.add(note);
        if (notes.size() > MAX_NOTES) {
            notes.removeFirst();
        }
    }

    List<String> notes() {
        return notes.stream().map(Note::toString).toList();
    }

    /// How often things go wrong.
    void setRates(double effects, double diskKills, double diskFailures) {
        effectKillRate = effects;
        diskKillRate = diskKills;
        diskFailRate = diskFailures;
    }

    void setDiskFull(boolean full) {
        diskFull = full;
        database.setFull(full);
    }

    /// From now on nothing goes wrong that is not wrong by itself.
    void calm() {
        calm = true;
        setRates(0, 0, 0);
        setDiskFull(false);
        database.setRates(0, 0, 0);
        database.setUnreadableRate(0);
        database.hideFor(0);
        processes.calm();
    }

    boolean isCalm() {
        return calm;
    }

    private @Nullable Fault fault(Operation operation) {
        if (observer.isLooking() || visor == null) {
            return null;
        }
        double dice = random.nextDouble();
        if (dice < diskKillRate) {
            note("visor is killed at " + operation);
            killVisor();
            return null;
        }
        boolean writes =
                switch (operation.kind()) {
                    case CREATE, WRITE, MAKE_DIRECTORY, SYMLINK, LINK -> true;
                    case LOOK, LIST, OPEN, READ, TRUNCATE, SYNC, RENAME, DELETE, CHANGE -> false;
                };
        if (diskFull && writes) {
            return Fault.refuse(Errno.ENOSPC);
        }
        return dice < diskKillRate + diskFailRate ? Fault.refuse(Errno.EIO) : null;
    }

    /// A step whose interruption must lose nothing.
    void pass(Object step, boolean done) {
        SimVisor passing = visor;
        watchers.forEach(watcher -> watcher.onStep(step, done));
        if (visor != passing) {
            throw new Killed();
        }
        if (random.nextDouble() < effectKillRate) {
            note("visor is killed at an effect");
            killVisor();
            throw new Killed();
        }
    }

    /// Starts a visor, unless one runs.
    void startVisor() {
        if (visor == null) {
            lives++;
            rules.startAnew();
            note("visor starts");
            SimVisor started = new SimVisor(this, disk.mount(Killed::new), scheduler.newLife());
            visor = started;
            try {
                started.start();
            } catch (Killed e) {
                note("it did not get far");
            } catch (VisorException e) {
                note("it cannot start: " + e.why());
                killVisor();
            }
        }
    }

    /// `kill -9`.
    void killVisor() {
        SimVisor killed = visor;
        if (killed != null) {
            visor = null;
            locks.clear();
            chain.nodes().forEach(io.visor.chain.SimNode::forget);
            killed.kill();
            touched.clear();
            comeBack();
        }
    }

    private void comeBack() {
        long pause = calm ? 1000 : random.nextInt(30_000);
        scheduler.at(Duration.ofMillis(pause), this::startVisor);
    }

    /// `SIGTERM`, as at a restart of visor's unit.
    void askToEnd() {
        SimVisor asked = visor;
        if (asked != null) {
            note("visor is asked to end");
            asked.askToEnd();
        }
    }

    /// Visor has ended.
    void onEnd(SimVisor ended, String how) {
        note("visor has ended: " + how);
        if (visor == ended) {
            if (!processes.all().isEmpty()) {
                throw new Violation("an end leaves no process", processes.all().toString());
            }
            killVisor();
        }
    }

    /// The power is cut.
    void cutPower() {
        note("the power is cut");
        processes.vanish();
        killVisor();
        List<String> lost = disk.cutPower();
        observer.lookAnew();
        if (!lost.isEmpty()) {
            note("lost: " + lost);
        }
        rules.forgetLinks();
    }

    /// The operator, or the end of visor, has something to do with a service.
    void touch(String service) {
        touched.add(service);
    }

    /// Whether the visor that runs knows what earlier ones have kept.
    boolean isRecalled() {
        SimVisor up = visor;
        return up != null && up.instance().hasRecalled();
    }

    /// Whether the operator does not want a service, as a visor that starts is to find out.
    boolean isKeptDown(String service) {
        ServiceTable table = new ServiceTable("start");
        return database.real().transaction(table::down).contains(new ServiceName(service));
    }

    boolean mayStop(String service) {
        SimVisor up = visor;
        return up != null && up.instance().isStopping() || touched.contains(service);
    }

    Program program(ProgramName name) {
        SimVisor up = visor;
        if (up == null) {
            throw new AssertionError("no visor is up");
        }
        return up.instance().upgrader().program(name);
    }

    /// How many programs are between stop and trust.
    long critical() {
        SimVisor up = visor;
        return up == null || !up.isRemembering()
                ? 0
                : scenario.programs().stream()
                        .filter(p ->
                                up.instance().upgrader().program(p.name()).state().isCritical())
                        .count();
    }

    void onNotice(ProgramName name, UpgradeNotice notice) {
        note(name, notice);
        if (notice instanceof UpgradeNotice.Committed
                || notice instanceof UpgradeNotice.RolledBack) {
            upgrades++;
        }
        rules.onNotice(name, notice);
        watchers.forEach(watcher -> watcher.onNotice(notice));
    }

    /// The kernel as one visor sees it.
    SimLauncher.Kernel kernel(SimVisor caller, SimScheduler.Life life) {
        return new SimLauncher.Kernel() {
            @Override
            public OptionalLong spawn(Launch launch, ExitListener onExit) {
                requireAlive(caller);
                return World.this.spawn(launch, onExit, life);
            }

            @Override
            public void signal(long pid, Signal signal) {
                requireAlive(caller);
                processes.all().stream()
                        .filter(process -> process.pid() == pid)
                        .forEach(rules::onSignal);
                processes.signal(pid, signal);
            }
        };
    }

    private void requireAlive(SimVisor caller) {
        if (visor != caller) {
            throw new Killed();
        }
    }

    private OptionalLong spawn(Launch launch, ExitListener onExit, SimScheduler.Life life) {
        String path = launch.command().getFirst();
        ProgramSpec program =
                scenario.programs().stream()
                        .filter(p -> path.endsWith("/" + p.binary()))
                        .findFirst()
                        .orElse(null);
        Optional<byte[]> content = program == null ? Optional.empty() : observer.read(path);
        if (program != null && content.isEmpty()) {
            return OptionalLong.empty();
        }
        ProgramName name = program == null ? null : program.name();
        String mark = launch.environment().getOrDefault(io.visor.process.Marks.VARIABLE, "");
        rules.onSpawn(mark, name, content, path);
        Version version =
                name == null
                        ? null
                        : content.flatMap(bytes -> Releases.identify(name, bytes)).orElse(null);
        Running process = processes.spawn(launch, name, version, life, onExit);
        touched.remove(process.service());
        note("pid", process.pid(), "starts:", mark, version);
        watchers.forEach(watcher -> watcher.onStart(process));
        return OptionalLong.of(process.pid());
    }

    /// Kills every process that carries the marks of a visor that is gone.
    void sweep(String marks) throws InterruptedException {
        while (true) {
            List<Running> left =
                    processes.all().stream().filter(p -> p.mark().startsWith(marks)).toList();
            if (left.isEmpty() || mutation == Mutation.NO_SWEEP) {
                return;
            }
            left.forEach(process -> processes.signal(process.pid(), Signal.KILL));
            scheduler.clock().sleep(Duration.ofMillis(50));
        }
    }

    /// A random process ends.
    void killProcess() {
        List<Running> all = processes.all();
        if (!all.isEmpty()) {
            Running victim = all.get(random.nextInt(all.size()));
            note("pid " + victim.pid() + " is killed");
            processes.end(victim.pid(), new ExitStatus.Signaled(9));
        }
    }

    /// Runs until a moment, checking the rules after every step.
    void runFor(Duration duration) {
        boolean[] over = {false};
        scheduler.at(duration, () -> over[0] = true);
        runUntil(() -> over[0], duration);
    }

    /// Runs until something is so, checking the rules after every step.
    ///
    /// @return whether it was within the limit
    boolean runUntil(BooleanSupplier condition, Duration limit) {
        Duration end = scheduler.now().plus(limit);
        while (!condition.getAsBoolean() && scheduler.now().compareTo(end) <= 0) {
            scheduler.step();
            if (disk.operations() != checkedAt) {
                rules.check();
                checkedAt = disk.operations();
            }
        }
        return condition.getAsBoolean();
    }
}
