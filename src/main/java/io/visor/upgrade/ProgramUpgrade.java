package io.visor.upgrade;

import io.visor.model.Chance;
import io.visor.model.Hook;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.time.Timer;
import io.visor.upgrade.UpgradeEffect.Conclusion;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Staging;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import io.visor.upgrade.record.UpgradeRecords;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One program of an instance: feeds its machine, and does what the machine asks for. Every method
/// is for the loop.
final class ProgramUpgrade {

    /// The services start first: even the start of a thread takes longer than theirs.
    private static final Duration AFTER_START = Duration.ofMillis(3);

    private final ProgramParts parts;
    private final ProgramName name;
    private final UpgradeMachine machine;
    private final ProgramRecords records;
    private final ServiceEvents services;
    private final StagingTask staging;
    private final Preparation preparation;
    private final Switching switching;
    private Program program;
    private @Nullable Timer timer;
    private boolean distrusted;

    /// Whether the active version serves although what an earlier visor left is not known.
    private boolean serving;

    ProgramUpgrade(ProgramParts parts, Chance chance) {
        this.parts = parts;
        this.name = parts.name();
        this.machine = new UpgradeMachine(parts.spec().upgrade(), chance);
        this.records = new ProgramRecords(parts, this);
        this.services = new ServiceEvents(parts, this);
        this.staging = new StagingTask(parts, this::dispatch);
        this.preparation = new Preparation(parts, this);
        this.switching = new Switching(parts, this);
        this.program =
                Program.initial(
                        parts.shared().versions().active(name).orElse(null), records.memory());
    }

    ProgramParts parts() {
        return parts;
    }

    Program program() {
        return program;
    }

    /// What is kept of it.
    ProgramRecords records() {
        return records;
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
                records.memory(),
                records.since(),
                records.remembers(),
                move == null || isDone ? null : preparation.known(move, Long.MAX_VALUE),
                turn,
                parts.store());
    }

    /// The chain's height as the requirement has it; 0 if it is not known.
    long height() {
        Requirement requirement = program.requirement();
        return requirement == null ? 0 : requirement.basis().height();
    }

    /// Goes on with what can be known without the database; before anything else happens.
    void presume(Memory memory) {
        records.presume(memory);
        takeIn();
    }

    /// Takes in what is remembered; before it begins.
    void remember(UpgradeRecords.Remembered remembered) {
        records.remember(remembered, program.active());
        takeIn();
    }

    private void takeIn() {
        Program known =
                Program.initial(program.active(), records.memory())
                        .requiring(program.requirement());
        program = distrusted ? known.distrusting() : known;
    }

    /// Lets the services start, or takes up what an earlier visor left. While that is not known,
    /// the active version serves and nothing else is done; this is called again when it is.
    void begin() {
        if (program.begun()) {
            return;
        }
        if (!records.remembers()) {
            serving = true;
            if (program.active() != null) {
                parts.shared().supervisor().resume(name);
            }
            return;
        }
        OpenUpgrade left = records.left();
        dispatch(
                new UpgradeEvent.Begin(
                        left == null || !serving ? left : left.uninterrupted(),
                        parts.shared().supervisor().isWanted(name)));
        if (left != null && program.state() instanceof UpgradeState.Idle) {
            // Nobody wants it any more, or the link was changed by hand.
            records.abandonLeft();
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
        distrusted = true;
        program = program.distrusting();
    }

    /// Visor ends because it was asked to.
    void close() {
        staging.cancel();
        preparation.cancel();
        switching.cancel();
        records.pause(program);
    }

    void dispatch(UpgradeEvent event) {
        parts.shared().events().dispatch(this, event);
    }

    void tell(UpgradeNotice notice) {
        parts.shared().listener().on(name, notice);
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
                services.look();
            }
            case UpgradeEffect.Switch(Version version) -> switchTo(version);
            case UpgradeEffect.Resume() -> {
                supervisor.resume(name);
                services.look();
            }
            case UpgradeEffect.Sync() -> {
                Move move = program.state().move();
                Timer unused =
                        parts.shared()
                                .loop()
                                .schedule(AFTER_START, () -> parts.start("sync", () -> sync(move)));
            }
            case UpgradeEffect.Record(Conclusion conclusion) -> records.record(conclusion);
            case UpgradeEffect.StartTimer start -> startTimer(start);
            case UpgradeEffect.Tell(UpgradeNotice notice) -> {
                records.keep(notice);
                tell(notice);
                follow(notice);
            }
        }
    }

    private void stage(Version version, @Nullable Version floor) {
        if (program.state() instanceof Staging(Move move)) {
            boolean mayFetch =
                    parts.spec().upgrade().auto().fetches()
                            || records.memory().approvals().contains(version)
                            || move.urgency().isAsked();
            staging.begin(new StagingTask.Order(move, floor, program.held(), mayFetch, height()));
        }
    }

    private void switchTo(Version version) {
        switch (program.state()) {
            case UpgradeState.Switching(Move move) -> switching.begin(move, version, "");
            case RollingBack back -> switching.begin(back.move(), version, back.why());
            case UpgradeState.Critical _, UpgradeState.Over _, UpgradeState.Preparing _ ->
                    throw new IllegalStateException("nothing is switched in " + program.state());
        }
    }

    private void startTimer(UpgradeEffect.StartTimer start) {
        if (timer != null) {
            timer.cancel();
        }
        UpgradeEvent fired = new UpgradeEvent.TimerFired(start.generation());
        timer = parts.shared().loop().schedule(start.delay(), () -> dispatch(fired));
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
        parts.start(
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

    /// A service of the program has something to tell.
    void onService(ServiceSpec spec, ServiceNotice notice) {
        services.on(spec, notice);
    }
}
