package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.upgrade.UpgradeEffect.Switch;
import io.visor.upgrade.UpgradeEffect.Sync;
import io.visor.upgrade.UpgradeEffect.Tell;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackSwitching;
import io.visor.upgrade.UpgradeState.Critical;
import io.visor.upgrade.UpgradeState.Over;
import io.visor.upgrade.UpgradeState.Pending;
import io.visor.upgrade.UpgradeState.Preparing;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Switching;
import java.time.Duration;
import java.util.List;

/// What lies between the stop of one version and the start of another, on the way to the new one
/// and on the way back. Pure, as [UpgradeMachine] is.
final class BetweenVersions {

    private final BeforeStop beforeStop;
    private final HealthWindow window;

    BetweenVersions(BeforeStop beforeStop, HealthWindow window) {
        this.beforeStop = beforeStop;
        this.window = window;
    }

    static Transition atRest(Program program) {
        return switch (program.state()) {
            case Stopping(Move move) ->
                    Transition.to(program, new Switching(move), List.of(new Switch(move.to())));
            case RollingBack(Move move, Version back, String why, BackStopping leg) ->
                    backStopping(program, move, back, why, leg.without(Pending.REST));
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }

    static Transition backStopping(
            Program program, Move move, Version back, String why, BackStopping leg) {
        return leg.pending().isEmpty()
                ? Transition.to(
                        program,
                        new RollingBack(move, back, why, new BackSwitching()),
                        List.of(new Switch(back)))
                : Transition.to(program, new RollingBack(move, back, why, leg), List.of());
    }

    Transition switched(Program program, boolean observed, Duration now) {
        return switch (program.state()) {
            case Switching(Move move) ->
                    window.watchNew(
                            program.activating(move.to()),
                            move,
                            observed,
                            now,
                            // What has happened is told when the new process runs.
                            List.of(
                                    new Sync(),
                                    new Tell(new UpgradeNotice.Stopped(move)),
                                    new Tell(new UpgradeNotice.Switched(move))));
            case RollingBack(Move move, Version back, String why, BackSwitching _) ->
                    window.watchBack(
                            program.activating(back),
                            move,
                            back,
                            why,
                            observed,
                            now,
                            List.of(new Sync()));
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }

    Transition switchFailed(Program program, String why, Duration now) {
        return switch (program.state()) {
            case Switching(Move move) -> beforeStop.notSwitched(program, move, why, now);
            case RollingBack(Move move, Version _, String _, BackSwitching _) ->
                    window.stillTrying(
                            program,
                            move,
                            new UpgradeEvent.Fell(why),
                            "the old version cannot be put back",
                            0,
                            now);
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }
}
