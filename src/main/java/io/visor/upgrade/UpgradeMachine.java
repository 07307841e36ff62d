package io.visor.upgrade;

import io.visor.model.Chance;
import io.visor.model.Requirement;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.UpgradeEffect.Suspend;
import io.visor.upgrade.UpgradeEffect.Tell;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Closing;
import io.visor.upgrade.UpgradeState.Critical;
import io.visor.upgrade.UpgradeState.Over;
import io.visor.upgrade.UpgradeState.Pending;
import io.visor.upgrade.UpgradeState.Preparing;
import io.visor.upgrade.UpgradeState.Retrying;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How the upgrade of a program goes from state to state. Pure: the same program, event and time
/// give the same transition. What does not fit the state is of the past and changes nothing.
public final class UpgradeMachine {

    /// So many interruptions in a row count as a failure: the new version may be what brings the
    /// machine, or the pod, down.
    private static final int MAX_INTERRUPTIONS = 3;

    private final BeforeStop beforeStop;
    private final HealthWindow window;
    private final BetweenVersions betweenVersions;

    /// Makes a machine.
    ///
    /// @param chance varies the pauses between attempts
    public UpgradeMachine(UpgradePolicy policy, Chance chance) {
        this.beforeStop = new BeforeStop(chance);
        this.window = new HealthWindow(policy, chance);
        this.betweenVersions = new BetweenVersions(beforeStop, window);
    }

    /// Takes an event.
    ///
    /// @param now a reading of the monotonic clock
    public Transition on(Program program, UpgradeEvent event, Duration now) {
        return switch (event) {
            case UpgradeEvent.Begin(@Nullable OpenUpgrade interrupted, boolean observed) ->
                    program.begun()
                            ? Transition.same(program)
                            : begin(program.begin(), interrupted, observed, now);
            case UpgradeEvent.Required(Requirement requirement) ->
                    BeforeStop.required(program, requirement);
            case UpgradeEvent.Lasting(Version version) -> BeforeStop.lasting(program, version);
            case UpgradeEvent.Staged(Version asked, Version version) ->
                    BeforeStop.staged(program, asked, version);
            case UpgradeEvent.StagingFailed(
                            Version version,
                            String why,
                            @Nullable Duration again) ->
                    beforeStop.stagingFailed(program, version, why, again, now);
            case UpgradeEvent.Blocked(Move move, List<Obstacle> obstacles) ->
                    BeforeStop.blocked(program, move, obstacles);
            case UpgradeEvent.Admitted(Move move) -> BeforeStop.admitted(program, move);
            case UpgradeEvent.Refused(Move move, String why, @Nullable Duration again) ->
                    beforeStop.refused(program, move, why, again, now);
            case UpgradeEvent.AtRest() -> BetweenVersions.atRest(program);
            case UpgradeEvent.Switched(boolean observed) ->
                    betweenVersions.switched(program, observed, now);
            case UpgradeEvent.SwitchFailed(String why) ->
                    betweenVersions.switchFailed(program, why, now);
            case UpgradeEvent.Started() -> HealthWindow.started(program);
            case UpgradeEvent.Ready() -> window.ready(program, now);
            case UpgradeEvent.Fell fell -> window.fell(program, fell, now);
            case UpgradeEvent.Recorded() -> recorded(program);
            case UpgradeEvent.NotRecorded(String why) -> notRecorded(program, why);
            case UpgradeEvent.Approved() ->
                    program.state() instanceof Retrying
                            ? BeforeStop.tryAgain(program)
                            : Transition.same(program);
            case UpgradeEvent.Resumed(@Nullable Version version) -> {
                Program resumed = program.resuming(version);
                yield resumed.begun()
                        ? BeforeStop.resumed(resumed, version)
                        : Transition.same(resumed);
            }
            case UpgradeEvent.Wanted(Version version, Urgency urgency) ->
                    program.state().isCritical() || !program.begun()
                            ? Transition.same(program)
                            : BeforeStop.stage(
                                    program, new Move(program.active(), version, urgency));
            case UpgradeEvent.TimerFired(int generation) ->
                    generation == program.generation()
                            ? timerFired(program, now)
                            : Transition.same(program);
        };
    }

    private Transition begin(
            Program program, @Nullable OpenUpgrade interrupted, boolean observed, Duration now) {
        Version active = program.active();
        if (interrupted == null || active == null) {
            return BeforeStop.beginAnew(program);
        }
        Move move = interrupted.move();
        int times = interrupted.interruptions();
        GoingBack back = interrupted.back();
        Tell takenUp = new Tell(new UpgradeNotice.TakenUp(move, times));
        boolean isBack = back != null && back.to().equals(active);
        if (!isBack && !move.to().equals(active)) {
            // It had not switched yet, so that it is as if it had not begun. Only what somebody
            // asked for is not found out again.
            return move.urgency().isAsked() && active.equals(move.from())
                    ? BeforeStop.stage(program, move)
                    : BeforeStop.beginAnew(program);
        }
        if (isBack && back != null) {
            return window.watchBack(
                    program, move, back.to(), back.why(), observed, now, List.of(takenUp));
        }
        if (back != null && window.rollbackObstacle(program, move, back.to()).isEmpty()) {
            return Transition.to(
                    program,
                    new RollingBack(
                            move, back.to(), back.why(), new BackStopping(Set.of(Pending.REST))),
                    List.of(takenUp, new Suspend()));
        }
        if (times >= MAX_INTERRUPTIONS) {
            String why =
                    "visor was brought down "
                            + times
                            + " times in a row while "
                            + move.to()
                            + " was watched";
            return window.fail(program, move, new UpgradeEvent.Fell(why), 0, now);
        }
        return window.watchNew(program, move, observed, now, List.of(takenUp));
    }

    private Transition recorded(Program program) {
        return switch (program.state()) {
            case Watching(Move move, Closing(boolean observed), int _) ->
                    window.commit(program, move, observed);
            case RollingBack(Move move, Version back, String why, BackStopping leg) ->
                    BetweenVersions.backStopping(
                            program, move, back, why, leg.without(Pending.RECORD));
            case RollingBack(Move move, Version back, String why, BackWatching(Closing _)) ->
                    window.rolledBack(program, move, back, why);
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }

    private static Transition notRecorded(Program program, String why) {
        return switch (program.state()) {
            case Watching(Move move, Closing _, int _) ->
                    HealthWindow.recordLater(program, move, why);
            case RollingBack(Move move, Version _, String _, BackWatching(Closing _)) ->
                    HealthWindow.recordLater(program, move, why);
            // What failed must not run on because the disk is full.
            case RollingBack(Move move, Version back, String reason, BackStopping leg) -> {
                Tell told = new Tell(new UpgradeNotice.NotRecorded(move, why, null));
                yield Transition.to(program, program.state(), List.of(told))
                        .then(
                                BetweenVersions.backStopping(
                                        program, move, back, reason, leg.without(Pending.RECORD)));
            }
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }

    private Transition timerFired(Program program, Duration now) {
        return program.state() instanceof Retrying
                ? BeforeStop.tryAgain(program)
                : window.timerFired(program, now);
    }
}
