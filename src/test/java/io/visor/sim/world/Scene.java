package io.visor.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.AdmissionPolicy;
import io.visor.model.ExitStatus;
import io.visor.model.Hook;
import io.visor.model.Lavap;
import io.visor.model.ProgramSpec;
import io.visor.model.Role;
import io.visor.model.RollbackPolicy;
import io.visor.model.ServiceName;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import io.visor.model.Version;
import io.visor.service.Service.Wanted;
import io.visor.sim.disk.Fault;
import io.visor.sim.disk.Operation;
import io.visor.sim.disk.medium.Errno;
import io.visor.sim.world.Processes.Running;
import io.visor.upgrade.Operator;
import io.visor.upgrade.Program;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackSwitching;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Open;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Staging;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Switching;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.record.HistoryPage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An upgrade in a simulated world, one step after the other: nothing goes wrong but what the scene
/// asks for, and the rules are checked all the same. The services [#SERVICES] run [#OLD] and are to
/// run [#NEW]; [#SIDECAR] follows no program. Each step of the upgrade takes a few seconds, so that
/// something can happen in it.
public final class Scene implements AutoCloseable {

    public static final Version OLD = Version.of("1.0.0");
    public static final Version NEW = Version.of("1.1.0");
    public static final Version NEWER = Version.of("1.2.0");

    public static final List<String> SERVICES = List.of("lavap-0", "lavap-1");
    public static final String SIDECAR = "sidecar";

    private static final Duration HOOK = Duration.ofSeconds(10);
    private static final Duration DELAY = Duration.ofMinutes(1);

    /// How long a version is watched.
    public static final Duration HEALTH_WINDOW = Duration.ofMinutes(1);

    /// Longer than everything together.
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final int NOTES = 80;

    private final World world;
    private final List<UpgradeNotice> told = new ArrayList<>();
    private final List<Running> started = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private Duration startedAt = Duration.ZERO;

    /// Where an upgrade can stand.
    public enum Moment {
        /// The release is about to be fetched.
        STAGING(Staging.class::isInstance),
        /// The release is staged, and its delay has not passed.
        DELAYED(state -> state instanceof Waiting waiting && !waiting.obstacles().isEmpty()),
        /// Nothing stands in the way any more, and the last things are done before the stop.
        PREPARING(state -> state instanceof Waiting waiting && waiting.obstacles().isEmpty()),
        /// The processes of the old version are ending.
        STOPPING(Stopping.class::isInstance),
        /// All have ended, and the link is about to be replaced.
        SWITCHING(Switching.class::isInstance),
        /// The new version runs, and its health window is open.
        WATCHED(state -> state instanceof Watching watching && watching.window() instanceof Open),
        /// The new version failed, and its other processes are ending.
        BACK_STOPPING(
                state -> state instanceof RollingBack back && back.leg() instanceof BackStopping),
        /// All have ended, and the link is about to be put back.
        BACK_SWITCHING(
                state -> state instanceof RollingBack back && back.leg() instanceof BackSwitching),
        /// The old version runs again, and its health window is open.
        BACK_WATCHED(
                state -> state instanceof RollingBack back && back.leg() instanceof BackWatching);

        private final Predicate<UpgradeState> holds;

        Moment(Predicate<UpgradeState> holds) {
            this.holds = holds;
        }

        private List<Moment> path() {
            return List.of(values()).subList(0, ordinal() + 1);
        }
    }

    private final class Witness implements World.Watcher {

        @Override
        public void onStart(Running process) {
            started.add(process);
        }

        @Override
        public void onNotice(UpgradeNotice notice) {
            told.add(notice);
        }

        @Override
        public void onNote(String text) {
            said.add(text);
            if (text.equals("visor starts")) {
                startedAt = world.scheduler().now();
            }
        }
    }

    private Scene() {
        this.world = World.calm(scenario());
        world.setHookTime(HOOK);
        // They take a second at least to end.
        for (Version version : List.of(OLD, NEW, NEWER)) {
            world.releases().make(version, Releases.Quality.SLOW);
            world.releases().publish(version);
        }
        world.watch(new Witness());
    }

    /// A scene in which the upgrade stands at a moment.
    public static Scene at(Moment moment) {
        Scene scene = before();
        scene.want(OLD, NEW);
        scene.reach(moment);
        return scene;
    }

    /// A scene in which the old version runs, and nothing else is wanted.
    public static Scene before() {
        Scene scene = new Scene();
        scene.world.startVisor();
        scene.untilCommitted(OLD);
        scene.forget();
        return scene;
    }

    private static Scenario scenario() {
        Map<Hook.Point, Hook> hooks = new EnumMap<>(Hook.Point.class);
        for (Hook.Point point :
                List.of(
                        Hook.Point.PRE_FETCH,
                        Hook.Point.PRE_UPGRADE,
                        Hook.Point.POST_STOP,
                        Hook.Point.ON_ROLLBACK)) {
            hooks.put(
                    point,
                    new Hook(
                            List.of("/opt/" + point.word()),
                            Path.of("/"),
                            HOOK.multipliedBy(2),
                            0));
        }
        AdmissionPolicy admission =
                new AdmissionPolicy(List.of(), false, DELAY, Duration.ZERO, 0, null, 0);
        UpgradePolicy upgrade =
                new UpgradePolicy(
                        Auto.TRUE,
                        HEALTH_WINDOW,
                        Duration.ofMinutes(5),
                        RollbackPolicy.AUTO,
                        admission,
                        hooks,
                        null,
                        null);
        return scenario(upgrade, SERVICES.size(), true);
    }

    private static Scenario scenario(UpgradePolicy upgrade, int services, boolean sidecar) {
        return new Scenario(
                List.of(
                        new ProgramSpec(
                                Lavap.NAME,
                                Lavap.BINARY,
                                Role.BOTH,
                                Lavap.RELEASE,
                                upgrade,
                                Lavap.STOP)),
                services,
                sidecar,
                false);
    }

    private void reach(Moment moment) {
        for (Moment next : moment.path()) {
            if (next == Moment.BACK_STOPPING) {
                exit(SERVICES.getFirst());
            }
            until("the upgrade is " + next, () -> isAt(next));
        }
        // Into the moment, and well before its end.
        runFor(Duration.ofMillis(300));
        assertThat(isAt(moment)).as("it is still %s", moment).isTrue();
        forget();
    }

    /// Forgets what happened so far.
    public void forget() {
        told.clear();
        started.clear();
        said.clear();
    }

    // What happens.

    /// The process of a service ends by itself.
    public void exit(String service) {
        Running process = process(service).orElseThrow(() -> broken(service + " has no process"));
        world.processes().end(process.pid(), new ExitStatus.Exited(1));
    }

    /// The chain wants versions, and visor hears of it.
    public void want(Version min, Version target) {
        world.chain().want(min, target);
        world.chain().grow();
        until(
                "visor knows that " + target + " is wanted",
                () ->
                        program()
                                .map(Program::requirement)
                                .filter(known -> known.min().equals(min))
                                .filter(known -> known.target().equals(target))
                                .isPresent());
    }

    /// The operator stops a version, or all upgrades.
    ///
    /// @param version null: all
    public Operator.Reply hold(@Nullable Version version) {
        return ask((operator, reply) -> operator.hold(version, "because", reply));
    }

    /// The operator goes back to the version before.
    public Operator.Reply rollback() {
        return ask((operator, reply) -> operator.rollback(null, false, false, reply));
    }

    /// The operator lifts all stops.
    public Operator.Reply resume() {
        world.rules().resuming(Lavap.NAME);
        return ask((operator, reply) -> operator.resume(null, reply));
    }

    private interface Question {
        void ask(Operator operator, java.util.function.Consumer<Operator.Reply> reply);
    }

    private Operator.Reply ask(Question question) {
        SimVisor visor = visor();
        AtomicReference<Operator.@Nullable Reply> answer = new AtomicReference<>();
        visor.loop()
                .execute(() ->
                        question.ask(
                                visor.instance().upgrader().operator(Lavap.NAME), answer::set));
        until("the operator is answered", () -> answer.get() != null);
        return Objects.requireNonNull(answer.get());
    }

    /// One service more is wanted, and no [#SIDECAR]; visor is told to read that.
    public void reload() {
        Scenario now = world.scenario();
        world.change(scenario(now.programs().getFirst().upgrade(), SERVICES.size() + 1, false));
        world.touch(SIDECAR);
        visor().reload();
    }

    /// Visor is told to read a configuration that cannot be used.
    public void reloadMistaken() {
        world.spoil("it is nonsense");
        visor().reload();
    }

    /// Whether what [#reload] wants is so.
    public boolean isReloaded() {
        return process("lavap-" + SERVICES.size()).isPresent() && process(SIDECAR).isEmpty();
    }

    /// Visor is asked to end. It is started again when it has.
    public void askToEnd() {
        SimVisor asked = visor();
        world.askToEnd();
        until("visor has ended", () -> world.visor() != asked);
    }

    /// The operator stops a service.
    public void stop(String service) {
        SimVisor visor = visor();
        ServiceName name = new ServiceName(service);
        boolean[] kept = {false};
        world.touch(service);
        visor.loop()
                .execute(() -> {
                    visor.instance().supervisor().stop(name);
                    visor.instance().wanted().set(name, Wanted.DOWN, _ -> kept[0] = true);
                });
        until(service + " is stopped", () -> kept[0] && process(service).isEmpty());
    }

    /// What brings visor down at once. It is started again a second later.
    public enum Interruption {
        KILL,
        POWER_CUT
    }

    public void interrupt(Interruption how) {
        switch (how) {
            case KILL -> world.killVisor();
            case POWER_CUT -> world.cutPower();
        }
    }

    /// Brings visor down as soon as an effect is about to be had, or was.
    public void interruptAt(Class<?> effect, boolean done, Interruption how) {
        boolean[] interrupted = {false};
        world.watch(
                new World.Watcher() {
                    @Override
                    public void onStep(Object step, boolean isDone) {
                        if (!interrupted[0] && effect.isInstance(step) && isDone == done) {
                            interrupted[0] = true;
                            interrupt(how);
                        }
                    }
                });
        until("visor is brought down at " + effect.getSimpleName(), () -> interrupted[0]);
    }

    /// What has no room.
    public enum Shortage {
        /// The database cannot be written.
        RECORDS,
        /// Nothing can be written.
        DISK
    }

    public void fill(Shortage what) {
        switch (what) {
            case RECORDS -> world.database().setFull(true);
            case DISK -> world.setDiskFull(true);
        }
    }

    /// How the new version did cannot be written to its release the next time.
    public void failNextVerdict() {
        world.disk()
                .failNext(
                        operation ->
                                operation.kind() == Operation.Kind.RENAME
                                        && String.valueOf(operation.other())
                                                .endsWith("v" + NEW + "/manifest.json"),
                        Fault.refuse(Errno.EIO));
    }

    /// The database is found damaged by a transaction to come.
    ///
    /// @param transactions by which, from 1
    public void damageRecords(int transactions) {
        world.database().damageIn(transactions);
    }

    /// The disk does not tell what releases are here the next time.
    public void failNextListing() {
        world.disk()
                .failNext(
                        operation ->
                                operation.kind() == Operation.Kind.LIST
                                        && operation.path().endsWith("upgrades"),
                        Fault.refuse(Errno.EIO));
    }

    /// From its next start on, visor cannot read the database.
    public void hideRecords() {
        world.database().hideFor(Integer.MAX_VALUE);
    }

    /// The database can be read again.
    public void showRecords() {
        world.database().hideFor(0);
    }

    /// Whether visor knows what was kept.
    public boolean hasRecalled() {
        return world.isRecalled();
    }

    public void makeRoom() {
        world.setDiskFull(false);
    }

    public void runFor(Duration duration) {
        play(() -> {
            world.runFor(duration);
            return true;
        });
    }

    // What can be seen.

    /// Runs until something is so.
    public void until(String what, BooleanSupplier condition) {
        if (!play(() -> world.runUntil(condition, PATIENCE))) {
            throw broken("it did not come about within " + PATIENCE + " that " + what);
        }
    }

    private boolean play(BooleanSupplier part) {
        try {
            return part.getAsBoolean();
        } catch (Violation e) {
            throw new AssertionError(e.getMessage() + "\n" + notes(), e);
        }
    }

    private AssertionError broken(String what) {
        return new AssertionError(
                what + "; it is " + state() + " in " + world.processes().all() + "\n" + notes());
    }

    private String notes() {
        List<String> all = world.notes();
        return String.join("\n", all.subList(Math.max(0, all.size() - NOTES), all.size()));
    }

    /// Runs until an upgrade to a version is over and well, and its services run.
    public void untilCommitted(Version version) {
        until(
                version + " is committed",
                () ->
                        runs(version)
                                && told(UpgradeNotice.Committed.class).stream()
                                        .anyMatch(notice -> notice.move().to().equals(version)));
    }

    /// Runs until the old version is back, and its services run.
    public void untilRolledBack() {
        until(
                "it is back on " + OLD,
                () -> runs(OLD) && !told(UpgradeNotice.RolledBack.class).isEmpty());
    }

    /// Whether all services of the program run a version.
    public boolean runs(Version version) {
        return SERVICES.stream()
                .allMatch(service ->
                        process(service)
                                .filter(process -> version.equals(process.version()))
                                .isPresent());
    }

    /// Whether the release of the new version tells that it failed here.
    public boolean hasVerdict() {
        return world.observer().hasVerdict(Lavap.NAME, NEW);
    }

    private Optional<Running> process(String service) {
        return world.processes().all().stream()
                .filter(process -> process.service().equals(service))
                .findFirst();
    }

    public boolean hasProcess(String service) {
        return process(service).isPresent();
    }

    /// Whether the upgrade stands at a moment.
    public boolean isAt(Moment moment) {
        return state().filter(moment.holds).isPresent();
    }

    /// Where the upgrade stands; nothing while no visor knows.
    public Optional<UpgradeState> state() {
        return program().map(Program::state);
    }

    private Optional<Program> program() {
        SimVisor visor = world.visor();
        return visor == null || !visor.isRemembering()
                ? Optional.empty()
                : Optional.of(world.program(Lavap.NAME));
    }

    private SimVisor visor() {
        SimVisor visor = world.visor();
        if (visor == null) {
            throw broken("no visor runs");
        }
        return visor;
    }

    /// What upgrades told, oldest first.
    public <T extends UpgradeNotice> List<T> told(Class<T> kind) {
        return told.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// The versions that services of the program were started with, oldest first.
    public List<Version> started() {
        return started.stream()
                .flatMap(process -> Optional.ofNullable(process.version()).stream())
                .toList();
    }

    /// How long ago visor was started.
    public Duration sinceStart() {
        return world.scheduler().now().minus(startedAt);
    }

    /// Whether visor said something.
    public boolean isSaid(String text) {
        return said.stream().anyMatch(line -> line.contains(text));
    }

    /// What the database knows of the newest upgrade.
    public HistoryPage.Entry history() {
        return world.database()
                .real()
                .transaction(session -> HistoryPage.read(session, "start", null, 0, 1))
                .entries()
                .getFirst();
    }

    /// The version that the active link names.
    public Version linked() {
        return world.observer()
                .link(world.scenario().programs().getFirst(), false)
                .flatMap(Observer.Link::content)
                .flatMap(content -> Releases.identify(Lavap.NAME, content))
                .orElseThrow(() -> broken("the link names no release"));
    }

    @Override
    public void close() {
        world.database().close();
    }
}
