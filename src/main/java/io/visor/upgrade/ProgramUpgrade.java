package io.visor.upgrade;

import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
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
import io.visor.store.Change;
import io.visor.store.FaultPoints;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.time.Timer;
import io.visor.upgrade.UpgradeEffect.Conclusion;
import io.visor.upgrade.UpgradeMachine.Transition;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeTables;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One program of an instance: feeds its machine, and does what the machine asks for. Every method
/// is for the loop.
final class ProgramUpgrade {

    /// What the programs of an instance share.
    ///
    /// @param loop owns everything that is not done in a task
    /// @param events takes events one after the other
    /// @param turns lets one program at a time be between stop and trust
    record Shared(
            Loop loop,
            Scheduler scheduler,
            Supervisor supervisor,
            ActiveVersions versions,
            UpgradeRecords records,
            FaultPoints faults,
            UpgradeListener listener,
            Events events,
            Turns turns) {}

    /// Takes events one after the other.
    interface Events {
        void dispatch(ProgramUpgrade program, UpgradeEvent event);
    }

    /// Lets one program at a time be between stop and trust.
    interface Turns {
        void await(ProgramUpgrade program);
    }

    private final Shared shared;
    private final ProgramName name;
    private final VersionStore store;
    private final Stager stager;
    private final Candidates candidates;
    private final UpgradeMachine machine;
    private final UpgradeTables tables;
    private Memory memory;
    private Program program;
    private @Nullable Instant openedAt;
    private @Nullable Timer timer;
    private @Nullable Task staging;
    private int stagings;
    private int startedTold = -1;

    ProgramUpgrade(
            Shared shared, ProgramSpec spec, VersionStore store, Stager stager, Chance chance) {
        this.shared = shared;
        this.name = spec.name();
        this.store = store;
        this.stager = stager;
        this.candidates = new Candidates(stager, store, spec.upgrade().auto());
        this.machine = new UpgradeMachine(spec.upgrade(), chance);
        this.tables = shared.records().tables(name);
        this.memory = Memory.NONE;
        this.program = Program.initial(shared.versions().active(name).orElse(null), memory);
    }

    Program program() {
        return program;
    }

    /// Takes in what is remembered; before anything else happens.
    void remember(UpgradeRecords.Remembered remembered) {
        memory = remembered.memory();
        OpenUpgrade open = memory.upgrade();
        openedAt = open == null ? null : open.openedAt();
        program = Program.initial(program.active(), memory).requiring(program.requirement());
        if (remembered.isNew()) {
            shared.records().record(tables.all(memory));
        }
        if (remembered.since() == null && program.active() != null) {
            deployed(program.active());
        }
    }

    /// What the manifests tell where the database does not. May read files, on any thread.
    Memory fromManifests() {
        String instance = shared.records().instance();
        List<Hold> holds = new ArrayList<>();
        Manifest lastGood = null;
        for (Version version : store.local()) {
            Manifest manifest = store.manifest(version).orElse(null);
            Manifest.Verdict verdict = manifest == null ? null : manifest.verdicts().get(instance);
            if (verdict == null) {
                continue;
            }
            if (!verdict.good()) {
                holds.add(new Hold(version, Hold.By.FAILURE, verdict.why(), verdict.time()));
            } else if (lastGood == null || isLater(verdict, lastGood.verdicts().get(instance))) {
                lastGood = manifest;
            }
        }
        return new Memory(lastGood == null ? null : lastGood.version(), holds, Set.of(), null);
    }

    private static boolean isLater(Manifest.Verdict verdict, Manifest.@Nullable Verdict other) {
        return other == null || verdict.time().isAfter(other.time());
    }

    /// All that would have to be written down if nothing were.
    Change everything() {
        Memory now =
                new Memory(
                        program.lastGood(),
                        memory.holds(),
                        memory.approvals(),
                        open().orElse(null));
        return tables.all(now);
    }

    private Optional<OpenUpgrade> open() {
        Instant at = openedAt == null ? shared.scheduler().clock().now() : openedAt;
        return switch (program.state()) {
            case UpgradeState.Staging(Move move) -> open(move, at);
            case Waiting waiting -> open(waiting.move(), at);
            case Stopping(Move move) -> open(move, at);
            case UpgradeState.Switching(Move move) -> open(move, at);
            case Watching watching -> open(watching.move(), at);
            case UpgradeState.Retrying retrying -> open(retrying.move(), at);
            case RollingBack back ->
                    Optional.of(
                            new OpenUpgrade(
                                    back.move(), at, new GoingBack(back.back(), back.why()), 0));
            case UpgradeState.Idle _,
                    UpgradeState.Committed _,
                    UpgradeState.RolledBack _,
                    UpgradeState.Abandoned _ ->
                    Optional.empty();
        };
    }

    private static Optional<OpenUpgrade> open(Move move, Instant at) {
        return Optional.of(new OpenUpgrade(move, at, null, 0));
    }

    /// Lets the services start, or takes up what an earlier visor left.
    void begin() {
        OpenUpgrade interrupted = memory.upgrade();
        dispatch(new UpgradeEvent.Begin(interrupted, shared.supervisor().isWanted(name)));
    }

    /// The active version may not be run: it counts as none.
    void distrust() {
        shared.versions().deactivate(name);
        program = program.distrusting();
    }

    /// Visor ends because it was asked to.
    void close() {
        cancelStaging();
        if (open().isPresent()) {
            shared.records().record(tables.pause());
        }
    }

    private void dispatch(UpgradeEvent event) {
        shared.events().dispatch(this, event);
    }

    void take(UpgradeEvent event) {
        Transition transition = machine.on(program, event, shared.scheduler().clock().monotonic());
        program = transition.next();
        for (UpgradeEffect effect : transition.effects()) {
            shared.faults().before(effect);
            run(effect);
            shared.faults().after(effect);
        }
    }

    private void run(UpgradeEffect effect) {
        switch (effect) {
            case UpgradeEffect.Stage(Version version, @Nullable Version floor) ->
                    stage(version, floor);
            case UpgradeEffect.CancelStaging() -> cancelStaging();
            case UpgradeEffect.Admit _ -> shared.turns().await(this);
            case UpgradeEffect.Suspend() -> {
                shared.supervisor().suspend(name);
                look();
            }
            case UpgradeEffect.Switch(Version version) -> activate(version);
            case UpgradeEffect.Resume() -> {
                shared.supervisor().resume(name);
                look();
            }
            case UpgradeEffect.Sync() ->
                    shared.scheduler().start("sync-" + name, shared.versions()::sync);
            case UpgradeEffect.Record(Conclusion conclusion) -> record(conclusion);
            case UpgradeEffect.StartTimer start -> startTimer(start);
            case UpgradeEffect.Tell(UpgradeNotice notice) -> {
                keep(notice);
                shared.listener().on(name, notice);
            }
        }
    }

    private void startTimer(UpgradeEffect.StartTimer start) {
        if (timer != null) {
            timer.cancel();
        }
        UpgradeEvent fired = new UpgradeEvent.TimerFired(start.generation());
        timer = shared.loop().schedule(start.delay(), () -> dispatch(fired));
    }

    /// Writes down what a later visor must know, and what nobody waits for.
    private void keep(UpgradeNotice notice) {
        Instant now = shared.scheduler().clock().now();
        switch (notice) {
            case UpgradeNotice.Asked asked -> {
                String proof = "unproven";
                shared.records().record(tables.required(asked.requirement(), proof));
            }
            case UpgradeNotice.Detected(Move move) -> {
                if (openedAt == null || move.attempt() == 1 && !continues(move)) {
                    openedAt = now;
                }
                shared.records().record(tables.open(move, openedAt));
            }
            case UpgradeNotice.Switched(Move move) -> deployed(move.to());
            case UpgradeNotice.NotBlamed _ -> shared.records().record(tables.again());
            case UpgradeNotice.Abandoned _ -> {
                openedAt = null;
                shared.records().record(tables.abandoned(now));
            }
            case UpgradeNotice.Committed _ -> {
                openedAt = null;
                shared.records().record(tables.prune(now));
            }
            case UpgradeNotice.RolledBack(Move _, Version back, String _) -> {
                openedAt = null;
                deployed(back);
            }
            case UpgradeNotice.NotStaged _,
                    UpgradeNotice.Staged _,
                    UpgradeNotice.Blocked _,
                    UpgradeNotice.Begun _,
                    UpgradeNotice.Stopped _,
                    UpgradeNotice.Started _,
                    UpgradeNotice.Ready _,
                    UpgradeNotice.TakenUp _,
                    UpgradeNotice.NotRecorded _,
                    UpgradeNotice.NotJudged _,
                    UpgradeNotice.NotSwitched _,
                    UpgradeNotice.RollingBack _,
                    UpgradeNotice.StillTrying _ -> {}
        }
    }

    /// Whether a first attempt is that of the upgrade that an earlier visor left.
    private boolean continues(Move move) {
        OpenUpgrade left = memory.upgrade();
        return left != null && left.move().to().equals(move.to());
    }

    private void deployed(Version version) {
        shared.records().record(tables.deployed(version, shared.scheduler().clock().now()));
    }

    private void record(Conclusion conclusion) {
        Instant now = shared.scheduler().clock().now();
        switch (conclusion) {
            case Conclusion.Commit(Move move) -> {
                judge(move.to(), new Manifest.Verdict(true, "", now));
                record(tables.committed(move, now));
            }
            case Conclusion.GoBack(Move _, Version back, String why) ->
                    record(tables.goingBack(new GoingBack(back, why)));
            case Conclusion.RollBack(Move move, Version back, String why) -> {
                judge(move.to(), new Manifest.Verdict(false, why, now));
                Hold hold = new Hold(move.to(), Hold.By.FAILURE, why, now);
                memory = memory.holding(hold);
                record(tables.rolledBack(back, hold, now));
            }
        }
    }

    private void record(Change change) {
        shared.records()
                .now(
                        change,
                        failure ->
                                dispatch(
                                        failure.<UpgradeEvent>map(UpgradeEvent.NotRecorded::new)
                                                .orElseGet(UpgradeEvent.Recorded::new)));
    }

    /// Keeps with the release how it did here, for the case that the database is lost.
    private void judge(Version version, Manifest.@Nullable Verdict verdict) {
        shared.scheduler()
                .start(
                        "judge-" + name,
                        () -> {
                            try {
                                stager.judge(version, shared.records().instance(), verdict);
                            } catch (ReleaseException e) {
                                String why = e.why();
                                shared.loop()
                                        .execute(() ->
                                                shared.listener()
                                                        .on(
                                                                name,
                                                                new UpgradeNotice.NotJudged(
                                                                        version, why)));
                            }
                        });
    }

    /// A service of the program has something to tell.
    void onService(ServiceSpec spec, ServiceNotice notice) {
        if (notice instanceof ServiceNotice.Ended ended && !ended.asked()) {
            String why =
                    spec.name()
                            + " exited with "
                            + ended.status()
                            + " after "
                            + Durations.format(ended.ran());
            dispatch(new UpgradeEvent.Fell(why));
        } else if (notice instanceof ServiceNotice.NotStarted(String why)) {
            dispatch(new UpgradeEvent.Fell(spec.name() + " cannot be started: " + why));
        } else if (notice instanceof ServiceNotice.Unhealthy(long _, String why)) {
            dispatch(new UpgradeEvent.Fell(spec.name() + " " + why));
        } else if (notice instanceof ServiceNotice.NotReady(long _, String why)) {
            dispatch(new UpgradeEvent.Fell(spec.name() + " is not ready any more: " + why));
        }
        look();
    }

    /// Tells the machine where the services are, if it waits for that.
    private void look() {
        boolean stopping =
                switch (program.state()) {
                    case Stopping _ -> true;
                    case RollingBack back -> back.leg() instanceof BackStopping;
                    default -> false;
                };
        if (stopping && shared.supervisor().isAtRest(name)) {
            dispatch(new UpgradeEvent.AtRest());
        }
        boolean opening =
                switch (program.state()) {
                    case Watching watching -> watching.window() instanceof Opening;
                    case RollingBack back -> back.leg() instanceof BackWatching(Opening _);
                    default -> false;
                };
        if (opening && startedTold != program.generation() && shared.supervisor().isUp(name)) {
            startedTold = program.generation();
            dispatch(new UpgradeEvent.Started());
        }
        if (opening && shared.supervisor().isReady(name)) {
            dispatch(new UpgradeEvent.Ready());
        }
    }

    private void stage(Version version, @Nullable Version floor) {
        cancelStaging();
        int number = ++stagings;
        Set<Version> held = program.held();
        staging =
                shared.scheduler()
                        .start("stage-" + name, () -> stage(version, floor, held, number));
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
        shared.loop()
                .execute(() -> {
                    // A staging that was given up has nothing to say any more.
                    if (number == stagings) {
                        dispatch(event);
                    }
                });
    }

    private void cancelStaging() {
        stagings++;
        if (staging != null) {
            staging.cancel();
            staging = null;
        }
    }

    /// Whether this program must keep the turn that it has.
    boolean needsTurn() {
        return program.state() instanceof Waiting || program.state().isCritical();
    }

    /// Its turn has come: makes the new link ready, in a task.
    void prepare() {
        if (!(program.state() instanceof Waiting waiting)) {
            return;
        }
        Move move = waiting.move();
        shared.scheduler()
                .start(
                        "link-" + name,
                        () -> {
                            try {
                                shared.versions().prepare(name, move.to());
                                Path binary = store.verified(move.to());
                                shared.loop().execute(() -> prepared(move, binary));
                            } catch (ReleaseException e) {
                                shared.loop()
                                        .execute(() ->
                                                dispatch(
                                                        new UpgradeEvent.Refused(
                                                                move, e.why(), null)));
                            }
                        });
    }

    private void prepared(Move move, Path binary) {
        if (!(program.state() instanceof Waiting waiting) || !waiting.move().equals(move)) {
            return;
        }
        try {
            shared.supervisor().prepare(name, binary);
        } catch (VisorException e) {
            dispatch(new UpgradeEvent.Refused(move, e.why(), null));
            return;
        }
        Instant at = openedAt == null ? shared.scheduler().clock().now() : openedAt;
        shared.records()
                .now(
                        tables.intend(move, at),
                        failure ->
                                dispatch(
                                        failure.<UpgradeEvent>map(why ->
                                                        new UpgradeEvent.Refused(
                                                                move,
                                                                "it cannot be written down: " + why,
                                                                null))
                                                .orElseGet(() -> new UpgradeEvent.Admitted(move))));
    }

    private void activate(Version version) {
        try {
            shared.versions().activate(name, version);
        } catch (VisorException e) {
            dispatch(new UpgradeEvent.SwitchFailed(e.why()));
            return;
        }
        dispatch(new UpgradeEvent.Switched(shared.supervisor().isWanted(name)));
    }
}
