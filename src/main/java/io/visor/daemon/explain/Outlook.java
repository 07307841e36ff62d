package io.visor.daemon.explain;

import io.visor.api.Next;
import io.visor.api.Obstacle;
import io.visor.api.ProgramStatus;
import io.visor.api.ProgramStatus.UpgradeStatus;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.time.Clock;
import io.visor.upgrade.Decision;
import io.visor.upgrade.Move;
import io.visor.upgrade.Program;
import io.visor.upgrade.Standing;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackSwitching;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Closing;
import io.visor.upgrade.UpgradeState.Open;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Window;
import io.visor.upgrade.admission.Admission;
import io.visor.upgrade.admission.Obstacle.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Puts where the upgrade of a program stands, and what comes next, into wire records.
public final class Outlook {

    private final Clock clock;

    public Outlook(Clock clock) {
        this.clock = clock;
    }

    /// All of it.
    public ProgramStatus program(Standing standing) {
        Program program = standing.program();
        Version active = program.active();
        Requirement requirement = program.requirement();
        return new ProgramStatus(
                standing.spec().name().text(),
                active == null ? null : active.toString(),
                active == null ? null : standing.since(),
                requirement == null
                        ? null
                        : new ProgramStatus.Required(
                                requirement.min().toString(),
                                requirement.target().toString(),
                                active == null || active.isBelow(requirement.min())),
                program.held().stream().sorted().map(Version::toString).toList(),
                decision(decide(program)),
                upgrade(standing),
                next(standing));
    }

    static Decision decide(Program program) {
        return Decision.decide(program.active(), program.requirement(), program.held());
    }

    /// The word for a decision.
    static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Keep(Decision.Reason reason) ->
                    reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
            case Decision.Install _ -> "install";
        };
    }

    /// The word for how much an upgrade matters.
    static String urgency(Move.Urgency urgency) {
        return urgency.name().toLowerCase(Locale.ROOT);
    }

    static List<Obstacle> obstacles(List<io.visor.upgrade.admission.Obstacle> obstacles) {
        return obstacles.stream()
                .map(o -> new Obstacle(o.kind().word(), o.why(), o.until(), o.remedy()))
                .toList();
    }

    /// Where the upgrade stands.
    UpgradeStatus upgrade(Standing standing) {
        UpgradeState state = standing.program().state();
        Move move = state.move();
        Version from = move == null ? null : move.from();
        ProgramName turn = standing.turn();
        boolean waits = state instanceof UpgradeState.Waiting;
        return new UpgradeStatus(
                state.word(),
                step(state),
                from == null ? null : from.toString(),
                move == null ? null : move.to().toString(),
                move == null ? null : urgency(move.urgency()),
                move == null ? 0 : move.attempt(),
                state instanceof UpgradeState.Watching watching ? watching.failures() : 0,
                reason(state),
                state instanceof UpgradeState.Retrying retrying ? at(retrying.until()) : null,
                until(state),
                state instanceof UpgradeState.Waiting waiting
                        ? obstacles(waiting.obstacles())
                        : List.of(),
                waits && turn != null && !turn.equals(standing.spec().name()) ? turn.text() : null);
    }

    private static @Nullable String reason(UpgradeState state) {
        return switch (state) {
            case RollingBack back -> back.why();
            case UpgradeState.Retrying retrying -> retrying.why();
            case UpgradeState.RolledBack back -> back.why();
            case UpgradeState.Abandoned abandoned -> abandoned.why();
            case UpgradeState.Idle _,
                    UpgradeState.Staging _,
                    UpgradeState.Waiting _,
                    UpgradeState.Stopping _,
                    UpgradeState.Switching _,
                    UpgradeState.Watching _,
                    UpgradeState.Committed _ ->
                    null;
        };
    }

    private static @Nullable String step(UpgradeState state) {
        if (state instanceof UpgradeState.Watching watching) {
            return step(watching.window());
        }
        return state instanceof RollingBack back
                ? switch (back.leg()) {
                    case BackStopping _ -> "stopping";
                    case BackSwitching _ -> "switching";
                    case BackWatching(Window window) -> step(window);
                }
                : null;
    }

    private static String step(Window window) {
        return switch (window) {
            case Opening _ -> "opening";
            case Open _ -> "open";
            case Closing _ -> "closing";
        };
    }

    private static @Nullable Window window(UpgradeState state) {
        if (state instanceof UpgradeState.Watching watching) {
            return watching.window();
        }
        return state instanceof RollingBack back
                        && back.leg() instanceof BackWatching(Window window)
                ? window
                : null;
    }

    private @Nullable Instant until(UpgradeState state) {
        return switch (window(state)) {
            case Opening(Duration deadline) -> at(deadline);
            case Open(Duration end) -> at(end);
            case Closing _ -> null;
            case null -> null;
        };
    }

    /// What comes next.
    Next next(Standing standing) {
        Program program = standing.program();
        UpgradeState state = program.state();
        if (!standing.remembers()) {
            return new Next(Next.READ, null, null);
        }
        return switch (state) {
            case UpgradeState.Idle _,
                    UpgradeState.Committed _,
                    UpgradeState.RolledBack _,
                    UpgradeState.Abandoned _ ->
                    atRest(decide(program));
            case UpgradeState.Staging(Move move) -> next(Next.STAGE, move.to(), null);
            case UpgradeState.Waiting waiting ->
                    next(Next.INSTALL, waiting.move().to(), opens(standing, waiting));
            case UpgradeState.Stopping(Move move) -> next(Next.SWITCH, move.to(), null);
            case UpgradeState.Switching(Move move) -> next(Next.SWITCH, move.to(), null);
            case UpgradeState.Watching watching ->
                    next(
                            Next.COMMIT,
                            watching.move().to(),
                            watching.window() instanceof Open ? until(state) : null);
            case RollingBack back -> next(Next.GO_BACK, back.back(), null);
            case UpgradeState.Retrying(Move move, Duration until, String _) ->
                    next(Next.RETRY, move.to(), at(until));
        };
    }

    private static Next next(String action, Version version, @Nullable Instant at) {
        return new Next(action, version.toString(), at);
    }

    private static Next atRest(Decision decision) {
        return switch (decision) {
            case Decision.Keep(Decision.Reason reason) ->
                    new Next(
                            reason == Decision.Reason.NOTHING_KNOWN ? Next.ASK : Next.NOTHING,
                            null,
                            null);
            // It begins as soon as services may be started.
            case Decision.Install(Move move) -> next(Next.STAGE, move.to(), null);
        };
    }

    /// When nothing stands in the way of a staged upgrade any more; null if that is not known, or
    /// nothing does now.
    private static @Nullable Instant opens(Standing standing, UpgradeState.Waiting waiting) {
        Admission.Case known = standing.foreseen();
        boolean isFull = waiting.obstacles().stream().anyMatch(o -> o.kind() == Kind.DISK);
        if (known == null || isFull || waiting.obstacles().isEmpty()) {
            return null;
        }
        return new Admission(standing.spec().name(), standing.spec().upgrade())
                .earliest(known)
                .orElse(null);
    }

    /// The time of day of a reading of the monotonic clock.
    private Instant at(Duration reading) {
        return clock.now().minus(clock.since(reading));
    }
}
