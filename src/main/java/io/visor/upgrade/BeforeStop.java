package io.visor.upgrade;

import io.visor.model.Backoff;
import io.visor.model.Chance;
import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.upgrade.Decision.Install;
import io.visor.upgrade.Decision.Keep;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.UpgradeEffect.Admit;
import io.visor.upgrade.UpgradeEffect.CancelStaging;
import io.visor.upgrade.UpgradeEffect.Resume;
import io.visor.upgrade.UpgradeEffect.Stage;
import io.visor.upgrade.UpgradeEffect.StartTimer;
import io.visor.upgrade.UpgradeEffect.Suspend;
import io.visor.upgrade.UpgradeEffect.Tell;
import io.visor.upgrade.UpgradeState.Abandoned;
import io.visor.upgrade.UpgradeState.Closing;
import io.visor.upgrade.UpgradeState.Critical;
import io.visor.upgrade.UpgradeState.Over;
import io.visor.upgrade.UpgradeState.Retrying;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Staging;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Switching;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.UpgradeState.Window;
import io.visor.upgrade.admission.Obstacle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an upgrade does before anything is stopped: its release is staged, what stands in its way
/// is waited for, and what did not succeed is tried again. Pure, as [UpgradeMachine] is.
final class BeforeStop {

    /// The pauses between attempts to stage a release.
    private static final Backoff STAGE_AGAIN =
            new Backoff(Duration.ofSeconds(5), 2, Duration.ofMinutes(5));

    /// The pauses between attempts to switch when the disk does not allow it.
    private static final Backoff SWITCH_AGAIN =
            new Backoff(Duration.ofSeconds(10), 2, Duration.ofMinutes(5));

    private final Chance chance;

    BeforeStop(Chance chance) {
        this.chance = chance;
    }

    static Transition beginAnew(Program program) {
        return switch (decide(program)) {
            case Install(Move move) -> stage(program, move);
            case Keep _ -> Transition.to(program, program.state(), serve(program));
        };
    }

    static Transition required(Program program, Requirement requirement) {
        Requirement before = program.requirement();
        Program informed = program.requiring(requirement);
        if (before != null && before.asksTheSameAs(requirement)) {
            return Transition.same(informed);
        }
        Decision decision = decide(informed);
        Transition told =
                Transition.to(
                        informed,
                        informed.state(),
                        List.of(
                                new Tell(
                                        new UpgradeNotice.Asked(
                                                requirement,
                                                before,
                                                informed.active(),
                                                decision,
                                                informed.state()))));
        return informed.begun() ? told.then(follow(informed, decision)) : told;
    }

    /// Does what a decision asks for, as far as the state allows it now.
    static Transition follow(Program program, Decision decision) {
        return switch (program.state()) {
            case Over _ -> startIfAny(program, decision);
            case Staging(Move move) -> redirect(program, move, decision);
            case Waiting(Move move, List<Obstacle> _) -> redirect(program, move, decision);
            case Retrying(Move move, Duration _, String _) -> redirect(program, move, decision);
            // Its end is being recorded, and comes first.
            case Watching(Move _, Closing _, int _) -> Transition.same(program);
            case Watching(Move move, Window _, int failures) ->
                    failures > 0
                                    && decision instanceof Install(Move other)
                                    && !other.to().equals(move.to())
                            ? stage(program, other)
                            : Transition.same(program);
            case Stopping _, Switching _, RollingBack _ -> Transition.same(program);
        };
    }

    /// Holds were lifted. Whoever lifts the hold of a way back that they had asked for, and that
    /// has not stopped anything yet, takes that way back.
    ///
    /// @param version on which version; null: on all
    static Transition resumed(Program program, @Nullable Version version) {
        Decision decision = decide(program);
        Move move = underWay(program);
        if (move == null
                || !move.urgency().isAsked()
                || version != null && !version.equals(move.from())) {
            return follow(program, decision);
        }
        return decision instanceof Install(Move other)
                ? stage(program, other)
                : abandon(program, move, "it was taken back");
    }

    /// The upgrade that has not stopped anything yet; null if there is none.
    private static @Nullable Move underWay(Program program) {
        return switch (program.state()) {
            case Staging(Move move) -> move;
            case Waiting(Move move, List<Obstacle> _) -> move;
            case Retrying(Move move, Duration _, String _) -> move;
            case Critical _, Over _ -> null;
        };
    }

    static Transition startIfAny(Program program, Decision decision) {
        return decision instanceof Install(Move move)
                ? stage(program, move)
                : Transition.same(program);
    }

    /// What becomes of an upgrade that has not stopped anything yet when something else is asked
    /// for.
    private static Transition redirect(Program program, Move move, Decision decision) {
        if (move.urgency().isAsked()) {
            // What somebody asked for is not withdrawn by what the network asks for.
            return Transition.same(program);
        }
        return switch (decision) {
            case Install(Move other)
                    when other.to().equals(move.to()) && other.urgency() == move.urgency() ->
                    Transition.same(program);
            case Install(Move other) -> stage(program, other);
            case Keep(Decision.Reason reason) -> abandon(program, move, reason);
        };
    }

    private static Transition abandon(Program program, Move move, Decision.Reason reason) {
        return abandon(
                program,
                move,
                switch (reason) {
                    case NOTHING_KNOWN -> "nothing is known of what the network asks for";
                    case UP_TO_DATE, ABOVE_TARGET -> "the network does not ask for it any more";
                    case HELD -> "it is on hold";
                });
    }

    private static Transition abandon(Program program, Move move, String why) {
        List<UpgradeEffect> effects = new ArrayList<>();
        effects.add(new CancelStaging());
        effects.addAll(serve(program));
        effects.add(new Tell(new UpgradeNotice.Abandoned(move, why)));
        return Transition.to(program, new Abandoned(move, why), effects);
    }

    static Decision decide(Program program) {
        return Decision.decide(program.active(), program.requirement(), program.held());
    }

    static Transition stage(Program program, Move move) {
        Requirement requirement = program.requirement();
        Version floor =
                requirement != null && move.urgency() == Urgency.REQUIRED
                        ? requirement.min()
                        : null;
        return Transition.to(
                program,
                new Staging(move),
                List.of(new Tell(new UpgradeNotice.Detected(move)), new Stage(move.to(), floor)));
    }

    /// Lets the active version run, if there is one.
    static List<UpgradeEffect> serve(Program program) {
        return program.active() == null ? List.of() : List.of(new Resume());
    }

    static Transition staged(Program program, Version asked, Version version) {
        if (!(program.state() instanceof Staging(Move move)) || !move.to().equals(asked)) {
            return Transition.same(program);
        }
        Requirement requirement = program.requirement();
        if (move.urgency() == Urgency.REQUIRED
                && requirement != null
                && version.isBelow(requirement.min())) {
            // It was good enough in the place of the target when its staging began.
            return stage(program, move);
        }
        Move real = move.to(version);
        return Transition.to(
                program,
                new Waiting(real),
                List.of(new Tell(new UpgradeNotice.Staged(real)), new Admit(real)));
    }

    Transition stagingFailed(
            Program program, Version version, String why, @Nullable Duration again, Duration now) {
        if (!(program.state() instanceof Staging(Move move)) || !move.to().equals(version)) {
            return Transition.same(program);
        }
        Duration delay =
                again == null
                        ? STAGE_AGAIN.delay(move.attempt(), chance.at(move.attempt(), now))
                        : again;
        return retry(program, move, why, delay, now, new UpgradeNotice.NotStaged(move, why, delay));
    }

    private static boolean isWaiting(Program program, Move move) {
        return program.state() instanceof Waiting(Move waiting, List<Obstacle> _)
                && waiting.equals(move);
    }

    /// While something stands in the way, what is active serves: an upgrade may wait for days.
    static Transition blocked(Program program, Move move, List<Obstacle> obstacles) {
        if (!isWaiting(program, move)) {
            return Transition.same(program);
        }
        Waiting next = new Waiting(move, obstacles);
        if (next.equals(program.state())) {
            return Transition.same(program);
        }
        List<UpgradeEffect> effects =
                new ArrayList<>(obstacles.isEmpty() ? List.of() : serve(program));
        effects.add(new Tell(new UpgradeNotice.Blocked(move, obstacles)));
        return Transition.to(program, next, effects);
    }

    static Transition lasting(Program program, Version version) {
        return isOnItsWayTo(program, version)
                ? Transition.to(program, program.state(), serve(program))
                : Transition.same(program);
    }

    /// Whether an upgrade to a version goes on that has stopped nothing yet.
    private static boolean isOnItsWayTo(Program program, Version version) {
        return switch (program.state()) {
            case Staging(Move move) -> move.to().equals(version);
            case Waiting(Move move, List<Obstacle> _) -> move.to().equals(version);
            case Critical _, Over _, Retrying _ -> false;
        };
    }

    static Transition admitted(Program program, Move move) {
        return isWaiting(program, move)
                ? Transition.to(
                        program,
                        new Stopping(move),
                        List.of(new Tell(new UpgradeNotice.Begun(move)), new Suspend()))
                : Transition.same(program);
    }

    Transition refused(
            Program program, Move move, String why, @Nullable Duration again, Duration now) {
        if (!isWaiting(program, move)) {
            return Transition.same(program);
        }
        return again == null
                ? notSwitched(program, move, why, now)
                : retry(
                        program,
                        move,
                        why,
                        again,
                        now,
                        new UpgradeNotice.Postponed(move, why, again));
    }

    Transition notSwitched(Program program, Move move, String why, Duration now) {
        Duration delay = SWITCH_AGAIN.delay(move.attempt(), chance.at(move.attempt(), now));
        return retry(
                program, move, why, delay, now, new UpgradeNotice.NotSwitched(move, why, delay));
    }

    static Transition retry(
            Program program,
            Move move,
            String why,
            Duration delay,
            Duration now,
            UpgradeNotice notice) {
        Program next = program.nextTimer().in(new Retrying(move, now.plus(delay), why));
        List<UpgradeEffect> effects = new ArrayList<>(serve(program));
        effects.add(new StartTimer(next.generation(), delay));
        effects.add(new Tell(notice));
        return new Transition(next, effects);
    }

    static Transition tryAgain(Program program) {
        if (!(program.state() instanceof Retrying(Move move, Duration _, String _))) {
            return Transition.same(program);
        }
        if (move.urgency().isAsked()) {
            return stage(program, move.after(move));
        }
        return switch (decide(program)) {
            case Install(Move other) -> stage(program, other.after(move));
            case Keep(Decision.Reason reason) -> abandon(program, move, reason);
        };
    }
}
