package io.visor.upgrade;

import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.release.ReleaseException.Kind;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.time.Timer;
import io.visor.upgrade.UpgradeMachine.Transition;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Watching;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Owns the upgrades of an instance's programs: feeds each one's machine and does what the machine
/// asks for. Decisions, and everything between stop and start, happen on one loop, so every method
/// must be called there; what may take time happens in tasks.
public final class Upgrader {

    /// The services start first: even the start of a thread takes longer than theirs.
    private static final Duration AFTER_START = Duration.ofMillis(3);

    private final Loop loop;
    private final Scheduler scheduler;
    private final Supervisor supervisor;
    private final ActiveVersions versions;
    private final UpgradeListener listener;
    private final Map<ProgramName, Managed> programs = new LinkedHashMap<>();
    private final Deque<Runnable> events = new ArrayDeque<>();
    private final Deque<Managed> waitingForTurn = new ArrayDeque<>();
    private @Nullable Managed turn;
    private boolean draining;
    private boolean closed;

    public Upgrader(
            Loop loop,
            Scheduler scheduler,
            Supervisor supervisor,
            ActiveVersions versions,
            UpgradeListener listener) {
        this.loop = loop;
        this.scheduler = scheduler;
        this.supervisor = supervisor;
        this.versions = versions;
        this.listener = listener;
        supervisor.listen(this::onService);
    }

    /// Takes a program over; its active version is already known to the active versions.
    ///
    /// @param chance varies the pauses between attempts
    public void add(ProgramSpec spec, VersionStore store, Stager stager, Chance chance) {
        programs.put(spec.name(), new Managed(spec, store, stager, chance));
    }

    /// Where a program stands.
    public Program program(ProgramName name) {
        return managed(name).program;
    }

    /// Lets every program's services start.
    public void begin() {
        programs.values().forEach(managed -> dispatch(managed, new UpgradeEvent.Begin()));
    }

    /// The network asks for versions of a program.
    public void require(ProgramName name, Requirement requirement) {
        dispatch(managed(name), new UpgradeEvent.Required(requirement));
    }

    /// Whether a program is between the stop of its services and the end of their health window.
    public boolean isSwitching() {
        return programs.values().stream().anyMatch(managed -> managed.program.state().isCritical());
    }

    /// Whether a program's services are kept from starting until its versions are switched.
    public boolean isBetweenVersions(ProgramName name) {
        return switch (program(name).state()) {
            case UpgradeState.Stopping _, UpgradeState.Switching _ -> true;
            case RollingBack back -> back.leg() instanceof BackStopping;
            default -> false;
        };
    }

    /// The active version of a program may not be run: it counts as none.
    public void distrust(ProgramName name) {
        Managed managed = managed(name);
        versions.deactivate(name);
        managed.program = managed.program.distrusting();
    }

    /// Gives up what is being staged; no upgrade takes another step.
    public void close() {
        closed = true;
        programs.values().forEach(Managed::cancelStaging);
    }

    private Managed managed(ProgramName name) {
        Managed managed = programs.get(name);
        if (managed == null) {
            throw new IllegalArgumentException("no program " + name);
        }
        return managed;
    }

    private void onService(ServiceSpec spec, ServiceNotice notice) {
        Managed managed = spec.program() == null ? null : programs.get(spec.program());
        if (managed == null || closed) {
            return;
        }
        if (notice instanceof ServiceNotice.Ended ended && !ended.asked()) {
            String why =
                    spec.name()
                            + " exited with "
                            + ended.status()
                            + " after "
                            + Durations.format(ended.ran());
            dispatch(managed, new UpgradeEvent.Fell(why));
        } else if (notice instanceof ServiceNotice.NotStarted(String why)) {
            dispatch(managed, new UpgradeEvent.Fell(spec.name() + " cannot be started: " + why));
        } else if (notice instanceof ServiceNotice.Unhealthy(long _, String why)) {
            dispatch(managed, new UpgradeEvent.Fell(spec.name() + " " + why));
        } else if (notice instanceof ServiceNotice.NotReady(long _, String why)) {
            dispatch(
                    managed, new UpgradeEvent.Fell(spec.name() + " is not ready any more: " + why));
        }
        managed.look();
    }

    /// Takes an event. One that an effect of another one brings waits until that one's effects are
    /// all done.
    private void dispatch(Managed managed, UpgradeEvent event) {
        events.add(() -> managed.take(event));
        if (draining) {
            return;
        }
        draining = true;
        try {
            for (Runnable next = events.poll(); next != null; next = events.poll()) {
                next.run();
            }
        } finally {
            draining = false;
        }
    }

    /// Gives the turn to the next program that waits for it, if nobody has it.
    private void passTurn() {
        while (turn == null || !turn.needsTurn()) {
            turn = waitingForTurn.poll();
            if (turn == null) {
                return;
            }
            turn.prepare();
        }
    }

    private final class Managed {

        private final ProgramSpec spec;
        private final ProgramName name;
        private final VersionStore store;
        private final Candidates candidates;
        private final UpgradeMachine machine;
        private Program program;
        private @Nullable Timer timer;
        private @Nullable Task staging;
        private int stagings;

        Managed(ProgramSpec spec, VersionStore store, Stager stager, Chance chance) {
            this.spec = spec;
            this.name = spec.name();
            this.store = store;
            this.candidates = new Candidates(stager, store, spec.upgrade().auto());
            this.machine = new UpgradeMachine(spec.upgrade(), chance);
            this.program = Program.initial(versions.active(name).orElse(null));
        }

        void take(UpgradeEvent event) {
            if (closed) {
                return;
            }
            Transition transition = machine.on(program, event, scheduler.clock().monotonic());
            program = transition.next();
            transition.effects().forEach(this::run);
            passTurn();
        }

        private void run(UpgradeEffect effect) {
            switch (effect) {
                case UpgradeEffect.Stage(Version version, @Nullable Version floor) ->
                        stage(version, floor);
                case UpgradeEffect.CancelStaging() -> cancelStaging();
                case UpgradeEffect.Admit _ -> waitingForTurn.add(this);
                case UpgradeEffect.Suspend() -> {
                    supervisor.suspend(name);
                    look();
                }
                case UpgradeEffect.Switch(Version version) -> activate(version);
                case UpgradeEffect.Resume() -> {
                    supervisor.resume(name);
                    look();
                }
                case UpgradeEffect.Sync() -> {
                    Timer unused = loop.schedule(AFTER_START, this::sync);
                }
                case UpgradeEffect.StartTimer start -> {
                    if (timer != null) {
                        timer.cancel();
                    }
                    timer =
                            loop.schedule(
                                    start.delay(),
                                    () ->
                                            dispatch(
                                                    this,
                                                    new UpgradeEvent.TimerFired(
                                                            start.generation())));
                }
                case UpgradeEffect.Tell(UpgradeNotice notice) -> listener.on(name, notice);
            }
        }

        private void sync() {
            scheduler.start("sync-" + name, versions::sync);
        }

        /// Tells the machine where the services are, if it waits for that.
        void look() {
            boolean stopping =
                    switch (program.state()) {
                        case Stopping _ -> true;
                        case RollingBack back -> back.leg() instanceof BackStopping;
                        default -> false;
                    };
            if (stopping && supervisor.isAtRest(name)) {
                dispatch(this, new UpgradeEvent.AtRest());
            }
            boolean opening =
                    switch (program.state()) {
                        case Watching watching -> watching.window() instanceof Opening;
                        case RollingBack back -> back.leg() instanceof BackWatching(Opening _);
                        default -> false;
                    };
            if (opening && supervisor.isReady(name)) {
                dispatch(this, new UpgradeEvent.Ready());
            }
        }

        private void stage(Version version, @Nullable Version floor) {
            cancelStaging();
            int number = ++stagings;
            Set<Version> held = program.held();
            staging = scheduler.start("stage-" + name, () -> stage(version, floor, held, number));
        }

        /// Runs in a task.
        private void stage(Version version, @Nullable Version floor, Set<Version> held, int number)
                throws InterruptedException {
            UpgradeEvent outcome;
            try {
                Manifest manifest =
                        candidates.stage(
                                version,
                                floor,
                                held,
                                () -> tellOf(new UpgradeEvent.Fetching(version), number));
                outcome = new UpgradeEvent.Staged(version, manifest.version());
            } catch (ReleaseException e) {
                outcome =
                        e.kind() == Kind.NOT_HERE
                                ? new UpgradeEvent.StagingFailed(
                                        version,
                                        e.why()
                                                + "; use --auto-download, or put the binary at "
                                                + store.binary(version),
                                        true)
                                : new UpgradeEvent.StagingFailed(version, e.why(), false);
            }
            tellOf(outcome, number);
        }

        private void tellOf(UpgradeEvent event, int number) {
            loop.execute(() -> {
                // A staging that was given up has nothing to say any more.
                if (number == stagings) {
                    dispatch(this, event);
                }
            });
        }

        void cancelStaging() {
            stagings++;
            if (staging != null) {
                staging.cancel();
                staging = null;
            }
        }

        /// Whether this program must keep the turn that it has.
        boolean needsTurn() {
            return program.state() instanceof UpgradeState.Waiting || program.state().isCritical();
        }

        /// Makes the new link ready, in a task.
        void prepare() {
            if (!(program.state() instanceof UpgradeState.Waiting(Move move))) {
                return;
            }
            scheduler.start(
                    "link-" + name,
                    () -> {
                        try {
                            versions.prepare(name, move.to());
                            Path binary = store.verified(move.to());
                            loop.execute(() -> prepared(binary));
                        } catch (ReleaseException e) {
                            loop.execute(() -> dispatch(this, new UpgradeEvent.Refused(e.why())));
                        }
                    });
        }

        private void prepared(Path binary) {
            try {
                supervisor.prepare(name, binary);
            } catch (VisorException e) {
                dispatch(this, new UpgradeEvent.Refused(e.why()));
                return;
            }
            dispatch(this, new UpgradeEvent.Admitted());
        }

        private void activate(Version version) {
            try {
                versions.activate(name, version);
            } catch (VisorException e) {
                dispatch(this, new UpgradeEvent.SwitchFailed(e.why()));
                return;
            }
            dispatch(this, new UpgradeEvent.Switched(supervisor.isWanted(name)));
        }
    }
}
