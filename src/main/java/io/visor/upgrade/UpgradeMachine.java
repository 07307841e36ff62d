package io.visor.upgrade;

import io.visor.model.Backoff;
import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.Requirement;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.upgrade.Decision.Install;
import io.visor.upgrade.Decision.Keep;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.UpgradeEffect.Admit;
import io.visor.upgrade.UpgradeEffect.CancelStaging;
import io.visor.upgrade.UpgradeEffect.Conclusion;
import io.visor.upgrade.UpgradeEffect.Record;
import io.visor.upgrade.UpgradeEffect.Resume;
import io.visor.upgrade.UpgradeEffect.Stage;
import io.visor.upgrade.UpgradeEffect.StartTimer;
import io.visor.upgrade.UpgradeEffect.Suspend;
import io.visor.upgrade.UpgradeEffect.Switch;
import io.visor.upgrade.UpgradeEffect.Sync;
import io.visor.upgrade.UpgradeEffect.Tell;
import io.visor.upgrade.UpgradeState.Abandoned;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackSwitching;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Closing;
import io.visor.upgrade.UpgradeState.Committed;
import io.visor.upgrade.UpgradeState.Idle;
import io.visor.upgrade.UpgradeState.Leg;
import io.visor.upgrade.UpgradeState.Open;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.Pending;
import io.visor.upgrade.UpgradeState.Retrying;
import io.visor.upgrade.UpgradeState.RolledBack;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Staging;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Switching;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.UpgradeState.Window;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the upgrade of a program goes from state to state. Pure: the same program, event and time
/// give the same transition. What does not fit the state is of the past and changes nothing.
public final class UpgradeMachine {

    /// The pauses between attempts to stage a release.
    private static final Backoff STAGE_AGAIN =
            new Backoff(Duration.ofSeconds(5), 2, Duration.ofMinutes(5));

    /// The pauses between attempts to switch when the disk does not allow it.
    private static final Backoff SWITCH_AGAIN =
            new Backoff(Duration.ofSeconds(10), 2, Duration.ofMinutes(5));

    /// The pauses between attempts when new and old version have both failed.
    private static final Backoff BLAMELESS_AGAIN =
            new Backoff(Duration.ofMinutes(1), 2, Duration.ofMinutes(30));

    /// The pause before another attempt to record what must be durable.
    private static final Duration RECORD_AGAIN = Duration.ofSeconds(10);

    /// So many interruptions in a row count as a failure: the new version may be what brings the
    /// machine, or the pod, down.
    private static final int MAX_INTERRUPTIONS = 3;

    private final UpgradePolicy policy;
    private final Chance chance;

    /// What follows from an event.
    ///
    /// @param next the program after it
    /// @param effects what is to be done, in order
    public record Transition(Program next, List<UpgradeEffect> effects) {
        public Transition {
            effects = List.copyOf(effects);
        }

        Transition then(Transition other) {
            List<UpgradeEffect> all = new ArrayList<>(effects);
            all.addAll(other.effects);
            return new Transition(other.next, all);
        }
    }

    /// Makes a machine.
    ///
    /// @param chance varies the pauses between attempts
    public UpgradeMachine(UpgradePolicy policy, Chance chance) {
        this.policy = policy;
        this.chance = chance;
    }

    /// Takes an event.
    ///
    /// @param now a reading of the monotonic clock
    public Transition on(Program program, UpgradeEvent event, Duration now) {
        return switch (event) {
            case UpgradeEvent.Begin(@Nullable OpenUpgrade interrupted, boolean observed) ->
                    program.begun()
                            ? same(program)
                            : begin(program.begin(), interrupted, observed, now);
            case UpgradeEvent.Required(Requirement requirement) -> required(program, requirement);
            case UpgradeEvent.Lasting(Version version) ->
                    isBeforeStop(program, version)
                            ? to(program, program.state(), serve(program))
                            : same(program);
            case UpgradeEvent.Staged(Version asked, Version version) ->
                    staged(program, asked, version);
            case UpgradeEvent.StagingFailed(
                            Version version,
                            String why,
                            @Nullable Duration again) ->
                    stagingFailed(program, version, why, again, now);
            case UpgradeEvent.Blocked(Move move, List<Obstacle> obstacles) ->
                    isWaiting(program, move) ? blocked(program, move, obstacles) : same(program);
            case UpgradeEvent.Admitted(Move move) ->
                    isWaiting(program, move)
                            ? to(
                                    program,
                                    new Stopping(move),
                                    List.of(new Tell(new UpgradeNotice.Begun(move)), new Suspend()))
                            : same(program);
            case UpgradeEvent.Refused(Move move, String why, @Nullable Duration again) ->
                    isWaiting(program, move)
                            ? notSwitched(program, move, why, again, now)
                            : same(program);
            case UpgradeEvent.AtRest() -> atRest(program);
            case UpgradeEvent.Switched(boolean observed) -> switched(program, observed, now);
            case UpgradeEvent.SwitchFailed(String why) -> switchFailed(program, why, now);
            case UpgradeEvent.Started() ->
                    program.state() instanceof Watching(Move move, Opening _, int _)
                            ? to(
                                    program,
                                    program.state(),
                                    List.of(new Tell(new UpgradeNotice.Started(move))))
                            : same(program);
            case UpgradeEvent.Ready() -> ready(program, now);
            case UpgradeEvent.Fell fell -> fell(program, fell, now);
            case UpgradeEvent.Recorded() -> recorded(program);
            case UpgradeEvent.NotRecorded(String why) -> notRecorded(program, why);
            case UpgradeEvent.Approved() ->
                    program.state() instanceof Retrying ? tryAgain(program) : same(program);
            case UpgradeEvent.Resumed(@Nullable Version version) -> {
                Program resumed = program.resuming(version);
                yield resumed.begun() ? follow(resumed, decide(resumed)) : same(resumed);
            }
            case UpgradeEvent.Wanted(Version version, Urgency urgency) ->
                    program.state().isCritical() || !program.begun()
                            ? same(program)
                            : stage(program, new Move(program.active(), version, urgency));
            case UpgradeEvent.TimerFired(int generation) ->
                    generation == program.generation() ? timerFired(program, now) : same(program);
        };
    }

    private Transition begin(
            Program program, @Nullable OpenUpgrade interrupted, boolean observed, Duration now) {
        Version active = program.active();
        if (interrupted == null || active == null) {
            return beginAnew(program);
        }
        Move move = interrupted.move();
        int times = interrupted.interruptions();
        GoingBack back = interrupted.back();
        Tell takenUp = new Tell(new UpgradeNotice.TakenUp(move, times));
        boolean isBack = back != null && back.to().equals(active);
        if (!isBack && !move.to().equals(active)) {
            // It had not switched yet, so that it is as if it had not begun. Only what somebody
            // asked
            // for is not found out again.
            return move.urgency().isAsked() && active.equals(move.from())
                    ? stage(program, move)
                    : beginAnew(program);
        }
        if (isBack && back != null) {
            return watchBack(program, move, back.to(), back.why(), observed, now, List.of(takenUp));
        }
        if (back != null && rollbackObstacle(program, move, back.to()).isEmpty()) {
            return to(
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
            return fail(program, move, new UpgradeEvent.Fell(why), 0, now);
        }
        return watchNew(program, move, observed, now, List.of(takenUp));
    }

    private Transition beginAnew(Program program) {
        return switch (decide(program)) {
            case Install(Move move) -> stage(program, move);
            case Keep _ -> to(program, program.state(), serve(program));
        };
    }

    private static boolean isWaiting(Program program, Move move) {
        return program.state() instanceof Waiting(Move waiting, List<Obstacle> _)
                && waiting.equals(move);
    }

    /// While something stands in the way, what is active serves: an upgrade may wait for days.
    private static Transition blocked(Program program, Move move, List<Obstacle> obstacles) {
        Waiting next = new Waiting(move, obstacles);
        if (next.equals(program.state())) {
            return same(program);
        }
        List<UpgradeEffect> effects =
                new ArrayList<>(obstacles.isEmpty() ? List.of() : serve(program));
        effects.add(new Tell(new UpgradeNotice.Blocked(move, obstacles)));
        return to(program, next, effects);
    }

    private static Decision decide(Program program) {
        return Decision.decide(program.active(), program.requirement(), program.held());
    }

    private Transition stage(Program program, Move move) {
        Requirement requirement = program.requirement();
        Version floor =
                requirement != null && move.urgency() == Urgency.REQUIRED
                        ? requirement.min()
                        : null;
        return to(
                program,
                new Staging(move),
                List.of(new Tell(new UpgradeNotice.Detected(move)), new Stage(move.to(), floor)));
    }

    /// Lets the active version run, if there is one.
    private static List<UpgradeEffect> serve(Program program) {
        return program.active() == null ? List.of() : List.of(new Resume());
    }

    private static boolean isBeforeStop(Program program, Version version) {
        return switch (program.state()) {
            case Staging(Move move) -> move.to().equals(version);
            case Waiting(Move move, List<Obstacle> _) -> move.to().equals(version);
            case Idle _,
                    Stopping _,
                    Switching _,
                    Watching _,
                    RollingBack _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    false;
        };
    }

    private Transition required(Program program, Requirement requirement) {
        Requirement before = program.requirement();
        Program informed = program.requiring(requirement);
        if (before != null && before.asksTheSameAs(requirement)) {
            return same(informed);
        }
        Decision decision = decide(informed);
        Transition told =
                to(
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
    private Transition follow(Program program, Decision decision) {
        return switch (program.state()) {
            case Idle _, Committed _, RolledBack _, Abandoned _ -> startIfAny(program, decision);
            case Staging(Move move) -> redirect(program, move, decision);
            case Waiting(Move move, List<Obstacle> _) -> redirect(program, move, decision);
            case Retrying(Move move, Duration _, String _) -> redirect(program, move, decision);
            case Watching(Move move, Window _, int failures) ->
                    failures > 0
                                    && decision instanceof Install(Move other)
                                    && !other.to().equals(move.to())
                            ? stage(program, other)
                            : same(program);
            case Stopping _, Switching _, RollingBack _ -> same(program);
        };
    }

    private Transition startIfAny(Program program, Decision decision) {
        return decision instanceof Install(Move move) ? stage(program, move) : same(program);
    }

    /// What becomes of an upgrade that has not stopped anything yet when something else is asked
    /// for.
    private Transition redirect(Program program, Move move, Decision decision) {
        if (move.urgency().isAsked()) {
            // What somebody asked for is not withdrawn by what the network asks for.
            return same(program);
        }
        return switch (decision) {
            case Install(Move other)
                    when other.to().equals(move.to()) && other.urgency() == move.urgency() ->
                    same(program);
            case Install(Move other) -> stage(program, other);
            case Keep(Decision.Reason reason) -> abandon(program, move, reason);
        };
    }

    private static Transition abandon(Program program, Move move, Decision.Reason reason) {
        String why =
                switch (reason) {
                    case NOTHING_KNOWN -> "nothing is known of what the network asks for";
                    case UP_TO_DATE, ABOVE_TARGET -> "the network does not ask for it any more";
                    case HELD -> "it is on hold";
                };
        List<UpgradeEffect> effects = new ArrayList<>();
        effects.add(new CancelStaging());
        effects.addAll(serve(program));
        effects.add(new Tell(new UpgradeNotice.Abandoned(move, why)));
        return to(program, new Abandoned(move, why), effects);
    }

    private Transition staged(Program program, Version asked, Version version) {
        if (!(program.state() instanceof Staging(Move move)) || !move.to().equals(asked)) {
            return same(program);
        }
        Move real = move.to(version);
        return to(
                program,
                new Waiting(real),
                List.of(new Tell(new UpgradeNotice.Staged(real)), new Admit(real)));
    }

    private Transition stagingFailed(
            Program program, Version version, String why, @Nullable Duration again, Duration now) {
        if (!(program.state() instanceof Staging(Move move)) || !move.to().equals(version)) {
            return same(program);
        }
        Duration delay =
                again == null
                        ? STAGE_AGAIN.delay(move.attempt(), chance.at(move.attempt(), now))
                        : again;
        return retry(program, move, why, delay, now, new UpgradeNotice.NotStaged(move, why, delay));
    }

    /// @param again when it is tried again; null: after growing pauses
    private Transition notSwitched(
            Program program, Move move, String why, @Nullable Duration again, Duration now) {
        Duration delay =
                again == null
                        ? SWITCH_AGAIN.delay(move.attempt(), chance.at(move.attempt(), now))
                        : again;
        return retry(
                program, move, why, delay, now, new UpgradeNotice.NotSwitched(move, why, delay));
    }

    private static Transition retry(
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

    private static Transition atRest(Program program) {
        return switch (program.state()) {
            case Stopping(Move move) ->
                    to(program, new Switching(move), List.of(new Switch(move.to())));
            case RollingBack(Move move, Version back, String why, BackStopping leg) ->
                    backStopping(program, move, back, why, leg.without(Pending.REST));
            case RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Switching _,
                    Watching _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    private static Transition backStopping(
            Program program, Move move, Version back, String why, BackStopping leg) {
        return leg.pending().isEmpty()
                ? to(
                        program,
                        new RollingBack(move, back, why, new BackSwitching()),
                        List.of(new Switch(back)))
                : to(program, new RollingBack(move, back, why, leg), List.of());
    }

    private Transition switched(Program program, boolean observed, Duration now) {
        return switch (program.state()) {
            case Switching(Move move) ->
                    watchNew(
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
                    watchBack(
                            program.activating(back),
                            move,
                            back,
                            why,
                            observed,
                            now,
                            List.of(new Sync()));
            case RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Stopping _,
                    Watching _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    /// Has the new version run, and watches it if anything of it is wanted up.
    private Transition watchNew(
            Program program,
            Move move,
            boolean observed,
            Duration now,
            List<UpgradeEffect> effects) {
        return observed
                ? watch(program, now, window -> new Watching(move, window, 0), resumeAnd(effects))
                : to(program, program.state(), effects)
                        .then(close(program, new Watching(move, new Closing(false), 0)));
    }

    /// Has the old version run again, and watches it if anything of it is wanted up.
    private Transition watchBack(
            Program program,
            Move move,
            Version back,
            String why,
            boolean observed,
            Duration now,
            List<UpgradeEffect> effects) {
        return observed
                ? watch(
                        program,
                        now,
                        window -> new RollingBack(move, back, why, new BackWatching(window)),
                        resumeAnd(effects))
                : to(program, program.state(), effects)
                        .then(
                                close(
                                        program,
                                        new RollingBack(
                                                move,
                                                back,
                                                why,
                                                new BackWatching(new Closing(false)))));
    }

    private static List<UpgradeEffect> resumeAnd(List<UpgradeEffect> effects) {
        List<UpgradeEffect> all = new ArrayList<>(List.of(new Resume()));
        all.addAll(effects);
        return all;
    }

    /// Ends a health window: as soon as that is recorded, the version counts as good.
    private static Transition close(Program program, UpgradeState closing) {
        Record record =
                switch (closing) {
                    case RollingBack(Move move, Version back, String why, Leg _) ->
                            new Record(new Conclusion.RollBack(move, back, why));
                    case Watching(Move move, Window _, int _) ->
                            new Record(new Conclusion.Commit(move));
                    case Idle _,
                            Staging _,
                            Waiting _,
                            Stopping _,
                            Switching _,
                            Retrying _,
                            Committed _,
                            RolledBack _,
                            Abandoned _ ->
                            throw new IllegalArgumentException("no window: " + closing);
                };
        return to(program.nextTimer(), closing, List.of(record));
    }

    private Transition recorded(Program program) {
        return switch (program.state()) {
            case Watching(Move move, Closing(boolean observed), int _) ->
                    commit(program, move, observed);
            case RollingBack(Move move, Version back, String why, BackStopping leg) ->
                    backStopping(program, move, back, why, leg.without(Pending.RECORD));
            case RollingBack(Move move, Version back, String why, BackWatching(Closing _)) ->
                    rolledBack(program, move, back, why);
            case Watching _,
                    RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Stopping _,
                    Switching _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    private static Transition notRecorded(Program program, String why) {
        return switch (program.state()) {
            case Watching(Move move, Closing _, int _) -> recordLater(program, move, why);
            case RollingBack(Move move, Version _, String _, BackWatching(Closing _)) ->
                    recordLater(program, move, why);
            // What failed must not run on because the disk is full.
            case RollingBack(Move move, Version back, String reason, BackStopping leg) -> {
                Tell told = new Tell(new UpgradeNotice.NotRecorded(move, why, null));
                yield to(program, program.state(), List.of(told))
                        .then(
                                backStopping(
                                        program, move, back, reason, leg.without(Pending.RECORD)));
            }
            case Watching _,
                    RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Stopping _,
                    Switching _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    private static Transition recordLater(Program program, Move move, String why) {
        Program next = program.nextTimer();
        return new Transition(
                next,
                List.of(
                        new StartTimer(next.generation(), RECORD_AGAIN),
                        new Tell(new UpgradeNotice.NotRecorded(move, why, RECORD_AGAIN))));
    }

    /// Begins a health window.
    private Transition watch(
            Program program,
            Duration now,
            Function<Window, UpgradeState> state,
            List<UpgradeEffect> before) {
        Duration limit = policy.startTimeout();
        Program next = program.nextTimer().in(state.apply(new Opening(now.plus(limit))));
        List<UpgradeEffect> effects = new ArrayList<>(before);
        effects.add(new StartTimer(next.generation(), limit));
        return new Transition(next, effects);
    }

    private Transition switchFailed(Program program, String why, Duration now) {
        return switch (program.state()) {
            case Switching(Move move) -> notSwitched(program, move, why, null, now);
            case RollingBack(Move move, Version _, String _, BackSwitching _) ->
                    stillTrying(
                            program,
                            move,
                            new UpgradeEvent.Fell(why),
                            "the old version cannot be put back",
                            0,
                            now);
            case RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Stopping _,
                    Watching _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    private Transition ready(Program program, Duration now) {
        Duration length = policy.healthWindow();
        Open open = new Open(now.plus(length));
        UpgradeState next =
                switch (program.state()) {
                    case Watching(Move move, Opening _, int failures) ->
                            new Watching(move, open, failures);
                    case RollingBack(
                                    Move move,
                                    Version back,
                                    String why,
                                    BackWatching(Opening _)) ->
                            new RollingBack(move, back, why, new BackWatching(open));
                    case Watching _,
                            RollingBack _,
                            Idle _,
                            Staging _,
                            Waiting _,
                            Stopping _,
                            Switching _,
                            Retrying _,
                            Committed _,
                            RolledBack _,
                            Abandoned _ ->
                            program.state();
                };
        if (next == program.state()) {
            return same(program);
        }
        Program watched = program.nextTimer().in(next);
        List<UpgradeEffect> effects = new ArrayList<>();
        effects.add(new StartTimer(watched.generation(), length));
        if (next instanceof Watching(Move move, Window _, int _)) {
            effects.add(new Tell(new UpgradeNotice.Ready(move)));
        }
        return new Transition(watched, effects);
    }

    private Transition fell(Program program, UpgradeEvent.Fell fall, Duration now) {
        return switch (program.state()) {
            // After a first failure the services are on their own until they are all up again.
            case Watching(Move _, Opening _, int failures) when failures > 0 -> same(program);
            // The window has passed: from now on the restart policy alone counts.
            case Watching(Move _, Closing _, int _) -> same(program);
            case RollingBack(Move _, Version _, String _, BackWatching(Closing _)) -> same(program);
            case Watching(Move move, Window _, int failures) ->
                    fail(program, move, fall, failures, now);
            case RollingBack(Move move, Version _, String _, BackWatching _) ->
                    notBlamed(program, move, fall, now);
            case RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Stopping _,
                    Switching _,
                    Retrying _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    private Transition timerFired(Program program, Duration now) {
        return switch (program.state()) {
            case Watching(Move move, Opening _, int failures) ->
                    fail(program, move, notReady(), failures, now);
            case Watching(Move move, Open _, int failures) ->
                    close(program, new Watching(move, new Closing(true), failures));
            case Watching(Move _, Closing _, int _) -> close(program, program.state());
            case RollingBack(Move move, Version back, String why, BackWatching(Window window)) ->
                    switch (window) {
                        case Opening _ -> notBlamed(program, move, notReady(), now);
                        case Open _ ->
                                close(
                                        program,
                                        new RollingBack(
                                                move,
                                                back,
                                                why,
                                                new BackWatching(new Closing(true))));
                        case Closing _ -> close(program, program.state());
                    };
            case Retrying _ -> tryAgain(program);
            case RollingBack _,
                    Idle _,
                    Staging _,
                    Waiting _,
                    Stopping _,
                    Switching _,
                    Committed _,
                    RolledBack _,
                    Abandoned _ ->
                    same(program);
        };
    }

    private Transition tryAgain(Program program) {
        if (!(program.state() instanceof Retrying(Move move, Duration _, String _))) {
            return same(program);
        }
        if (move.urgency().isAsked()) {
            return stage(program, move.after(move));
        }
        return switch (decide(program)) {
            case Install(Move other) -> stage(program, other.after(move));
            case Keep(Decision.Reason reason) -> abandon(program, move, reason);
        };
    }

    private UpgradeEvent.Fell notReady() {
        return new UpgradeEvent.Fell(
                "not all services were ready within " + Durations.format(policy.startTimeout()));
    }

    private Transition commit(Program program, Move move, boolean observed) {
        Program next = program.trusting(move.to()).in(new Committed(move, observed));
        Tell told = new Tell(new UpgradeNotice.Committed(move, observed, policy.healthWindow()));
        return to(next, next.state(), List.of(told)).then(startIfAny(next, decide(next)));
    }

    private Transition fail(
            Program program, Move move, UpgradeEvent.Fell fall, int failures, Duration now) {
        Version back = program.lastGood();
        Optional<String> obstacle = rollbackObstacle(program, move, back);
        if (back == null || obstacle.isPresent()) {
            return stillTrying(
                    program,
                    move,
                    fall,
                    obstacle.orElse("there is no older version"),
                    failures,
                    now);
        }
        String why = fall.why();
        return to(
                program,
                new RollingBack(
                        move, back, why, new BackStopping(Set.of(Pending.REST, Pending.RECORD))),
                List.of(
                        new Tell(new UpgradeNotice.RollingBack(move, back, why, fall.output())),
                        new Suspend(),
                        new Record(new Conclusion.GoBack(move, back, why))));
    }

    /// Why a version cannot come back.
    private Optional<String> rollbackObstacle(Program program, Move move, @Nullable Version back) {
        Requirement requirement = program.requirement();
        if (policy.rollback() == RollbackPolicy.NEVER) {
            return Optional.of("upgrade.rollback is \"never\"");
        }
        if (back == null || back.equals(move.to())) {
            return Optional.of("there is no older version");
        }
        if (requirement != null && back.isBelow(requirement.min())) {
            return Optional.of("the network refuses " + back + " (min " + requirement.min() + ")");
        }
        return Optional.empty();
    }

    private Transition stillTrying(
            Program program,
            Move move,
            UpgradeEvent.Fell fall,
            String obstacle,
            int failures,
            Duration now) {
        Transition watching =
                watch(
                        program,
                        now,
                        window -> new Watching(move, window, failures + 1),
                        List.of(
                                new Resume(),
                                new Tell(
                                        new UpgradeNotice.StillTrying(
                                                move, fall.why(), obstacle, fall.output()))));
        Decision decision = decide(watching.next());
        return watching.then(follow(watching.next(), decision));
    }

    private Transition rolledBack(Program program, Move move, Version back, String why) {
        Program next =
                program.holding(move.to()).trusting(back).in(new RolledBack(move, back, why));
        Tell told = new Tell(new UpgradeNotice.RolledBack(move, back, why));
        return to(next, next.state(), List.of(told)).then(startIfAny(next, decide(next)));
    }

    private Transition notBlamed(Program program, Move move, UpgradeEvent.Fell fall, Duration now) {
        Duration delay = BLAMELESS_AGAIN.delay(move.attempt(), chance.at(move.attempt(), now));
        return retry(
                program,
                move,
                fall.why(),
                delay,
                now,
                new UpgradeNotice.NotBlamed(move, fall.why(), delay, fall.output()));
    }

    private static Transition to(Program program, UpgradeState state, List<UpgradeEffect> effects) {
        return new Transition(program.in(state), effects);
    }

    private static Transition same(Program program) {
        return new Transition(program, List.of());
    }
}
