package io.visor.upgrade;

import io.visor.model.Backoff;
import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.Requirement;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.upgrade.UpgradeEffect.Conclusion;
import io.visor.upgrade.UpgradeEffect.Record;
import io.visor.upgrade.UpgradeEffect.Resume;
import io.visor.upgrade.UpgradeEffect.StartTimer;
import io.visor.upgrade.UpgradeEffect.Suspend;
import io.visor.upgrade.UpgradeEffect.Tell;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Closing;
import io.visor.upgrade.UpgradeState.Committed;
import io.visor.upgrade.UpgradeState.Critical;
import io.visor.upgrade.UpgradeState.Leg;
import io.visor.upgrade.UpgradeState.Open;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.Over;
import io.visor.upgrade.UpgradeState.Pending;
import io.visor.upgrade.UpgradeState.Preparing;
import io.visor.upgrade.UpgradeState.RolledBack;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Switching;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.UpgradeState.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How a version is watched, and what follows when it is good and when it is not. Pure, as
/// [UpgradeMachine] is.
final class HealthWindow {

    /// The pauses between attempts when new and old version have both failed.
    private static final Backoff BLAMELESS_AGAIN =
            new Backoff(Duration.ofMinutes(1), 2, Duration.ofMinutes(30));

    /// The pause before another attempt to record what must be durable.
    private static final Duration RECORD_AGAIN = Duration.ofSeconds(10);

    private final UpgradePolicy policy;
    private final Chance chance;

    HealthWindow(UpgradePolicy policy, Chance chance) {
        this.policy = policy;
        this.chance = chance;
    }

    /// Has the new version run, and watches it if anything of it is wanted up.
    Transition watchNew(
            Program program,
            Move move,
            boolean observed,
            Duration now,
            List<UpgradeEffect> effects) {
        return observed
                ? watch(program, now, window -> new Watching(move, window, 0), resumeAnd(effects))
                : Transition.to(program, program.state(), effects)
                        .then(close(program, new Watching(move, new Closing(false), 0)));
    }

    /// Has the old version run again, and watches it if anything of it is wanted up.
    Transition watchBack(
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
                : Transition.to(program, program.state(), effects)
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

    static Transition started(Program program) {
        return program.state() instanceof Watching(Move move, Opening _, int _)
                ? Transition.to(
                        program,
                        program.state(),
                        List.of(new Tell(new UpgradeNotice.Started(move))))
                : Transition.same(program);
    }

    Transition ready(Program program, Duration now) {
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
                    case Critical _, Over _, Preparing _ -> program.state();
                };
        if (next == program.state()) {
            return Transition.same(program);
        }
        Program watched = program.nextTimer().in(next);
        List<UpgradeEffect> effects = new ArrayList<>();
        effects.add(new StartTimer(watched.generation(), length));
        if (next instanceof Watching(Move move, Window _, int _)) {
            effects.add(new Tell(new UpgradeNotice.Ready(move)));
        }
        return new Transition(watched, effects);
    }

    Transition fell(Program program, UpgradeEvent.Fell fall, Duration now) {
        return switch (program.state()) {
            // After a first failure the services are on their own until they are all up again.
            case Watching(Move _, Opening _, int failures) when failures > 0 ->
                    Transition.same(program);
            // The window has passed: from now on the restart policy alone counts.
            case Watching(Move _, Closing _, int _) -> Transition.same(program);
            case RollingBack(Move _, Version _, String _, BackWatching(Closing _)) ->
                    Transition.same(program);
            case Watching(Move move, Window _, int failures) ->
                    fail(program, move, fall, failures, now);
            case RollingBack(Move move, Version _, String _, BackWatching _) ->
                    notBlamed(program, move, fall, now);
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }

    Transition timerFired(Program program, Duration now) {
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
            case Critical _, Over _, Preparing _ -> Transition.same(program);
        };
    }

    private UpgradeEvent.Fell notReady() {
        return new UpgradeEvent.Fell(
                "not all services were ready within " + Durations.format(policy.startTimeout()));
    }

    /// Ends a health window: as soon as that is recorded, the version counts as good.
    private static Transition close(Program program, UpgradeState closing) {
        Record record =
                switch (closing) {
                    case RollingBack(Move move, Version back, String why, Leg _) ->
                            new Record(new Conclusion.RollBack(move, back, why));
                    case Watching(Move move, Window _, int _) ->
                            new Record(new Conclusion.Commit(move));
                    case Stopping _, Switching _, Over _, Preparing _ ->
                            throw new IllegalArgumentException("no window: " + closing);
                };
        return Transition.to(program.nextTimer(), closing, List.of(record));
    }

    static Transition recordLater(Program program, Move move, String why) {
        Program next = program.nextTimer();
        return new Transition(
                next,
                List.of(
                        new StartTimer(next.generation(), RECORD_AGAIN),
                        new Tell(new UpgradeNotice.NotRecorded(move, why, RECORD_AGAIN))));
    }

    Transition commit(Program program, Move move, boolean observed) {
        Program next =
                program.trusting(move.to()).resuming(move.to()).in(new Committed(move, observed));
        Tell told = new Tell(new UpgradeNotice.Committed(move, observed, policy.healthWindow()));
        return Transition.to(next, next.state(), List.of(told))
                .then(BeforeStop.startIfAny(next, BeforeStop.decide(next)));
    }

    Transition fail(
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
        return Transition.to(
                program,
                new RollingBack(
                        move, back, why, new BackStopping(Set.of(Pending.REST, Pending.RECORD))),
                List.of(
                        new Tell(new UpgradeNotice.RollingBack(move, back, why, fall.output())),
                        new Suspend(),
                        new Record(new Conclusion.GoBack(move, back, why))));
    }

    /// Why a version cannot come back.
    Optional<String> rollbackObstacle(Program program, Move move, @Nullable Version back) {
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

    Transition stillTrying(
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
                        // Told first: where the way back failed, what starts now is no switch.
                        List.of(
                                new Tell(
                                        new UpgradeNotice.StillTrying(
                                                move, fall.why(), obstacle, fall.output())),
                                new Resume()));
        Decision decision = BeforeStop.decide(watching.next());
        return watching.then(BeforeStop.follow(watching.next(), decision));
    }

    Transition rolledBack(Program program, Move move, Version back, String why) {
        Program next =
                program.holding(move.to()).trusting(back).in(new RolledBack(move, back, why));
        Tell told = new Tell(new UpgradeNotice.RolledBack(move, back, why));
        return Transition.to(next, next.state(), List.of(told))
                .then(BeforeStop.startIfAny(next, BeforeStop.decide(next)));
    }

    private Transition notBlamed(Program program, Move move, UpgradeEvent.Fell fall, Duration now) {
        Duration delay = BLAMELESS_AGAIN.delay(move.attempt(), chance.at(move.attempt(), now));
        return BeforeStop.retry(
                program,
                move,
                fall.why(),
                delay,
                now,
                new UpgradeNotice.NotBlamed(move, fall.why(), delay, fall.output()));
    }
}
