package io.visor.upgrade;

import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.Hook;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.store.Change;
import io.visor.time.Task;
import io.visor.time.Timer;
import io.visor.upgrade.UpgradeEffect.Conclusion;
import io.visor.upgrade.UpgradeMachine.Transition;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Staging;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeTables;
import io.visor.upgrade.record.Verdicts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One program of an instance: feeds its machine, does what the machine asks for, and keeps what a
/// later visor must know. Every method is for the loop.
final class ProgramUpgrade {

    /// The services start first: even the start of a thread takes longer than theirs.
    private static final Duration AFTER_START = Duration.ofMillis(3);

    /// So many of the last lines of a version that failed are kept.
    private static final int KEPT_LINES = 10;

    private final ProgramParts parts;
    private final ProgramName name;
    private final UpgradeMachine machine;
    private final UpgradeTables tables;
    private final StagingTask staging;
    private final Preparation preparation;
    private final Switching switching;
    private Memory memory = Memory.NONE;
    private Program program;
    private @Nullable OpenUpgrade left;
    private @Nullable Instant openedAt;
    private @Nullable Instant since;
    private @Nullable Timer timer;
    private int startedTold = -1;

    ProgramUpgrade(ProgramParts parts, Chance chance) {
        this.parts = parts;
        this.name = parts.name();
        this.machine = new UpgradeMachine(parts.spec().upgrade(), chance);
        this.tables = parts.tables();
        this.staging = new StagingTask(parts, this::dispatch);
        this.preparation = new Preparation(parts, this);
        this.switching = new Switching(parts, this);
        this.program = Program.initial(parts.shared().versions().active(name).orElse(null), memory);
    }

    ProgramParts parts() {
        return parts;
    }

    Program program() {
        return program;
    }

    /// What is on hold and approved.
    Memory memory() {
        return memory;
    }

    /// When the upgrade that has not ended was detected; null if there is none.
    @Nullable Instant openedAt() {
        return openedAt;
    }

    /// Since when the active version has been so; null if it is not known.
    @Nullable Instant since() {
        return since;
    }

    /// All that is known.
    ///
    /// @param turn which program is between stop and trust; null: none
    Standing standing(@Nullable ProgramName turn) {
        Move move = program.state().move();
        boolean isDone = program.state().isOver() || program.state().isCritical();
        return new Standing(
                parts.spec(),
                program,
                memory,
                since,
                move == null || isDone ? null : preparation.known(move, Long.MAX_VALUE),
                turn,
                parts.store());
    }

    /// The chain's height as the requirement has it; 0 if it is not known.
    long height() {
        Requirement requirement = program.requirement();
        return requirement == null ? 0 : requirement.basis().height();
    }

    /// Takes in what is remembered; before anything else happens.
    void remember(UpgradeRecords.Remembered remembered) {
        memory = remembered.memory();
        since = remembered.since();
        left = memory.upgrade();
        openedAt = left == null ? null : left.openedAt();
        program = Program.initial(program.active(), memory).requiring(program.requirement());
        if (remembered.isNew()) {
            parts.shared().records().record(tables.all(memory));
        }
        if (since == null && program.active() != null) {
            deployed(program.active());
        }
    }

    /// That the upgrade was interrupted while the new version, or the old one after it, was
    /// watched; nothing if it was not.
    Optional<Change> interruption() {
        return Optional.ofNullable(left)
                .filter(open -> open.back() != null || open.move().to().equals(program.active()))
                .map(open -> tables.interrupted(open.interruptions()));
    }

    /// What the manifests tell where the database does not. May read files, on any thread.
    ///
    /// @return nothing if the disk does not give them
    Optional<Memory> fromManifests() {
        try {
            return Optional.of(Verdicts.read(parts.store(), parts.shared().records().instance()));
        } catch (ReleaseException e) {
            return Optional.empty();
        }
    }

    /// All that would have to be written down if nothing were.
    Change everything() {
        return tables.all(
                new Memory(
                        program.lastGood(),
                        memory.holds(),
                        memory.approvals(),
                        open().orElse(null)));
    }

    private Optional<OpenUpgrade> open() {
        Move move = program.state().move();
        if (move == null || program.state().isOver()) {
            return Optional.empty();
        }
        GoingBack back =
                program.state() instanceof RollingBack state
                        ? new GoingBack(state.back(), state.why())
                        : null;
        Instant at = openedAt == null ? parts.now() : openedAt;
        return Optional.of(new OpenUpgrade(move, at, back, 0));
    }

    /// Lets the services start, or takes up what an earlier visor left.
    void begin() {
        OpenUpgrade interrupted = left;
        dispatch(new UpgradeEvent.Begin(interrupted, parts.shared().supervisor().isWanted(name)));
        if (interrupted != null && program.state() instanceof UpgradeState.Idle) {
            // Nobody wants it any more, or the link was changed by hand.
            openedAt = null;
            parts.shared().records().record(tables.abandoned(parts.now()));
        }
    }

    /// The network asks for versions.
    void require(Requirement requirement) {
        dispatch(new UpgradeEvent.Required(requirement));
        preparation.onHeight();
    }

    /// The active version may not be run: it counts as none.
    void distrust() {
        parts.shared().versions().deactivate(name);
        program = program.distrusting();
    }

    /// Visor ends because it was asked to.
    void close() {
        staging.cancel();
        preparation.cancel();
        switching.cancel();
        if (open().isPresent()) {
            parts.shared().records().record(tables.pause());
        }
    }

    void dispatch(UpgradeEvent event) {
        parts.shared().events().dispatch(this, event);
    }

    void tell(UpgradeNotice notice) {
        parts.shared().listener().on(name, notice);
    }

    /// Remembers more, or less.
    void remember(Memory changed) {
        memory = changed;
    }

    /// What stands in the way may have changed.
    void prepareAnew() {
        preparation.begin();
    }

    /// Whether this program must keep the turn that it has.
    boolean needsTurn() {
        return preparation.needsTurn() || program.state().isCritical();
    }

    /// Its turn has come.
    void onTurn() {
        preparation.onTurn();
    }

    void take(UpgradeEvent event) {
        boolean waited = program.state() instanceof Waiting;
        Transition transition =
                machine.on(program, event, parts.shared().scheduler().clock().monotonic());
        program = transition.next();
        if (waited && !(program.state() instanceof Waiting)) {
            preparation.cancel();
        }
        for (UpgradeEffect effect : transition.effects()) {
            parts.shared().faults().before(effect);
            run(effect);
            parts.shared().faults().after(effect);
        }
    }

    private void run(UpgradeEffect effect) {
        Supervisor supervisor = parts.shared().supervisor();
        switch (effect) {
            case UpgradeEffect.Stage(Version version, @Nullable Version floor) ->
                    stage(version, floor);
            case UpgradeEffect.CancelStaging() -> staging.cancel();
            case UpgradeEffect.Admit _ -> preparation.begin();
            case UpgradeEffect.Suspend() -> {
                supervisor.suspend(name);
                look();
            }
            case UpgradeEffect.Switch(Version version) -> switchTo(version);
            case UpgradeEffect.Resume() -> {
                supervisor.resume(name);
                look();
            }
            case UpgradeEffect.Sync() -> {
                Move move = program.state().move();
                Timer unused =
                        parts.shared()
                                .loop()
                                .schedule(AFTER_START, () -> inTask("sync", () -> sync(move)));
            }
            case UpgradeEffect.Record(Conclusion conclusion) -> record(conclusion);
            case UpgradeEffect.StartTimer start -> startTimer(start);
            case UpgradeEffect.Tell(UpgradeNotice notice) -> {
                keep(notice);
                tell(notice);
                follow(notice);
            }
        }
    }

    private void stage(Version version, @Nullable Version floor) {
        if (program.state() instanceof Staging(Move move)) {
            boolean mayFetch =
                    parts.spec().upgrade().auto().fetches()
                            || memory.approvals().contains(version)
                            || move.urgency().isAsked();
            staging.begin(new StagingTask.Order(move, floor, program.held(), mayFetch, height()));
        }
    }

    private void switchTo(Version version) {
        switch (program.state()) {
            case UpgradeState.Switching(Move move) -> switching.begin(move, version, "");
            case RollingBack back -> switching.begin(back.move(), version, back.why());
            default -> throw new IllegalStateException("nothing is switched in " + program.state());
        }
    }

    private void startTimer(UpgradeEffect.StartTimer start) {
        if (timer != null) {
            timer.cancel();
        }
        UpgradeEvent fired = new UpgradeEvent.TimerFired(start.generation());
        timer = parts.shared().loop().schedule(start.delay(), () -> dispatch(fired));
    }

    /// Deletes backups that are not needed any more. In a task.
    private void prune(Move move) {
        try {
            parts.backups().prune();
        } catch (UpgradeException e) {
            parts.shared().loop().execute(() -> tell(new UpgradeNotice.NotPruned(move, e.why())));
        }
    }

    /// Writes down what a later visor must know, and what nobody waits for.
    private void keep(UpgradeNotice notice) {
        Instant now = parts.now();
        UpgradeRecords records = parts.shared().records();
        switch (notice) {
            case UpgradeNotice.Asked asked ->
                    records.record(tables.required(asked.requirement(), "unproven"));
            case UpgradeNotice.Detected(Move move) -> {
                openedAt = openedAt(move, now);
                left = null;
                records.record(tables.open(move, openedAt));
            }
            case UpgradeNotice.Switched(Move move) -> deployed(move.to());
            case UpgradeNotice.NotBlamed _ -> records.record(tables.again());
            case UpgradeNotice.Abandoned _ -> {
                openedAt = null;
                records.record(tables.abandoned(now));
            }
            case UpgradeNotice.Committed(Move move, boolean _, Duration _) -> {
                openedAt = null;
                records.record(tables.prune(now));
                inTask("prune", () -> prune(move));
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
                    UpgradeNotice.HookRan _,
                    UpgradeNotice.Copying _,
                    UpgradeNotice.BackedUp _,
                    UpgradeNotice.Restored _,
                    UpgradeNotice.NotPruned _,
                    UpgradeNotice.NotSwitched _,
                    UpgradeNotice.Postponed _,
                    UpgradeNotice.RollingBack _,
                    UpgradeNotice.StillTrying _ -> {}
        }
    }

    /// Runs the hooks that nothing waits for.
    private void follow(UpgradeNotice notice) {
        switch (notice) {
            case UpgradeNotice.Committed(Move move, var _, var _) ->
                    runLater(Hook.Point.POST_UPGRADE, move, "");
            case UpgradeNotice.RollingBack(Move move, Version _, String why, var _) ->
                    runLater(Hook.Point.ON_FAILURE, move, why);
            case UpgradeNotice.StillTrying(Move move, String why, String _, var _) ->
                    runLater(Hook.Point.ON_FAILURE, move, why);
            case UpgradeNotice.NotSwitched(Move move, String why, var _) ->
                    runLater(Hook.Point.ON_FAILURE, move, why);
            default -> {}
        }
    }

    private void runLater(Hook.Point point, Move move, String why) {
        if (!parts.hooks().has(point)) {
            return;
        }
        long height = height();
        inTask(
                "hook",
                () ->
                        parts.hooks()
                                .run(point, move, height, why)
                                .ifPresent(result ->
                                        parts.shared()
                                                .loop()
                                                .execute(() ->
                                                        tell(
                                                                new UpgradeNotice.HookRan(
                                                                        move, result)))));
    }

    /// When an upgrade was detected that begins now, is tried again, or was left by an earlier
    /// visor.
    private Instant openedAt(Move move, Instant now) {
        if (left != null && left.move().to().equals(move.to())) {
            return left.openedAt();
        }
        return openedAt == null || move.attempt() == 1 ? now : openedAt;
    }

    private void deployed(Version version) {
        since = parts.now();
        parts.shared().records().record(tables.deployed(version, parts.now()));
    }

    private void inTask(String what, Task.Body body) {
        parts.shared().scheduler().start(what + "-" + name, body);
    }

    /// What cannot be flushed now is flushed, or told of, when the upgrade is concluded. In a task.
    private void sync(@Nullable Move move) {
        try {
            parts.shared().versions().sync();
        } catch (UpgradeException e) {
            if (move != null) {
                parts.shared()
                        .loop()
                        .execute(() -> tell(new UpgradeNotice.NotRecorded(move, e.why(), null)));
            }
        }
    }

    private void record(Conclusion conclusion) {
        Instant now = parts.now();
        switch (conclusion) {
            case Conclusion.Commit(Move move) ->
                    conclude(
                            move.to(),
                            move.to(),
                            new Manifest.Verdict(true, "", now),
                            tables.committed(move, now));
            case Conclusion.GoBack(Move _, Version back, String why) -> {
                Change change = tables.goingBack(new GoingBack(back, why));
                parts.shared()
                        .records()
                        .now(
                                change,
                                failure -> {
                                    if (failure.isPresent()) {
                                        // It goes back all the same. Whoever is started next must
                                        // know it then.
                                        parts.shared().records().record(change);
                                    }
                                    recorded(failure);
                                });
            }
            case Conclusion.RollBack(Move move, Version back, String why) -> {
                Hold hold = new Hold(move.to(), Hold.By.FAILURE, why, now);
                memory = memory.holding(hold);
                conclude(
                        back,
                        move.to(),
                        new Manifest.Verdict(false, why, now),
                        tables.rolledBack(back, hold, now));
            }
        }
    }

    /// Records the end of an upgrade, as soon as the link that it has left is durable: an upgrade
    /// that is over must not be undone by a power cut.
    private void conclude(Version active, Version judged, Manifest.Verdict verdict, Change change) {
        inTask(
                "conclude",
                () -> {
                    try {
                        parts.shared().versions().conclude(name, active);
                    } catch (VisorException e) {
                        parts.shared()
                                .loop()
                                .execute(() -> dispatch(new UpgradeEvent.NotRecorded(e.why())));
                        return;
                    }
                    judgeNow(judged, verdict);
                    parts.shared().loop().execute(() -> record(change));
                });
    }

    private void record(Change change) {
        parts.shared().records().now(change, this::recorded);
    }

    private void recorded(Optional<String> failure) {
        dispatch(
                failure.<UpgradeEvent>map(UpgradeEvent.NotRecorded::new)
                        .orElseGet(UpgradeEvent.Recorded::new));
    }

    /// A version that failed here may be tried again.
    void forgive(Version version) {
        inTask("judge", () -> judgeNow(version, null));
    }

    /// Keeps with the release how it did here, for the case that the database is lost. In a task.
    ///
    /// @param verdict null: forgets it
    private void judgeNow(Version version, Manifest.@Nullable Verdict verdict)
            throws InterruptedException {
        try {
            parts.stager().judge(version, parts.shared().records().instance(), verdict);
        } catch (ReleaseException e) {
            String why = e.why();
            parts.shared().loop().execute(() -> tell(new UpgradeNotice.NotJudged(version, why)));
        }
    }

    /// A service of the program has something to tell.
    void onService(ServiceSpec spec, ServiceNotice notice) {
        if (notice instanceof ServiceNotice.Ended ended && !ended.asked()) {
            String why =
                    spec.name()
                            + " exited with "
                            + ended.status()
                            + " after "
                            + Durations.format(ended.ran())
                            + ended.output().quotedLine();
            dispatch(new UpgradeEvent.Fell(why, lastLines(ended)));
        } else if (notice instanceof ServiceNotice.NotStarted(String why)) {
            dispatch(new UpgradeEvent.Fell(spec.name() + " cannot be started: " + why));
        } else if (notice instanceof ServiceNotice.Unhealthy(long _, String why)) {
            dispatch(new UpgradeEvent.Fell(spec.name() + " " + why));
        } else if (notice instanceof ServiceNotice.NotReady(long _, String why)) {
            dispatch(new UpgradeEvent.Fell(spec.name() + " is not ready any more: " + why));
        }
        look();
    }

    /// What a process wrote last, where it is kept why a version failed. Reading it takes time.
    private List<String> lastLines(ServiceNotice.Ended ended) {
        boolean isWatched =
                program.state() instanceof Watching || program.state() instanceof RollingBack;
        return isWatched ? ended.output().lines(KEPT_LINES) : List.of();
    }

    /// Tells the machine where the services are, if it waits for that.
    private void look() {
        Supervisor supervisor = parts.shared().supervisor();
        boolean stopping =
                switch (program.state()) {
                    case Stopping _ -> true;
                    case RollingBack back -> back.leg() instanceof BackStopping;
                    default -> false;
                };
        if (stopping && supervisor.isAtRest(name)) {
            dispatch(new UpgradeEvent.AtRest());
        }
        boolean opening =
                switch (program.state()) {
                    case Watching watching -> watching.window() instanceof Opening;
                    case RollingBack back -> back.leg() instanceof BackWatching(Opening _);
                    default -> false;
                };
        if (opening && startedTold != program.generation() && supervisor.isUp(name)) {
            startedTold = program.generation();
            dispatch(new UpgradeEvent.Started());
        }
        if (opening && supervisor.isReady(name)) {
            dispatch(new UpgradeEvent.Ready());
        }
    }
}
