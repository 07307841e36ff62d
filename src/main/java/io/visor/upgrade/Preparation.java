package io.visor.upgrade;

import io.visor.model.BackupPolicy;
import io.visor.model.Chance;
import io.visor.model.Hook;
import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.release.ReleaseException;
import io.visor.time.Task;
import io.visor.time.Timer;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.admission.Admission;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.hook.HookResult;
import io.visor.upgrade.record.Memory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes an upgrade whose release is staged to the point where its services may be stopped: nothing
/// stands in its way, its turn has come, everything that can be done ahead is done, and the intent
/// is written down. For the loop.
final class Preparation {

    /// How often is looked whether obstacles have passed whose end nobody knows, and at the latest
    /// for the others: the time of day may be set.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(60);

    private static final Duration SOONEST = Duration.ofMillis(100);

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private final Admission admission;
    private @Nullable Timer timer;
    private @Nullable Task task;
    private final TaskLine links;
    private int number;
    private boolean judged;
    private boolean queued;
    private boolean hasTurn;

    Preparation(ProgramParts parts, ProgramUpgrade upgrade) {
        this.parts = parts;
        this.upgrade = upgrade;
        this.links = new TaskLine(parts.shared().loop());
        this.admission = new Admission(parts.name(), parts.spec().upgrade());
    }

    private Optional<Move> waiting() {
        return upgrade.program().state() instanceof Waiting waiting
                ? Optional.of(waiting.move())
                : Optional.empty();
    }

    /// Begins, or begins anew because something has changed that may stand in the way or not any
    /// more. Nothing happens if no upgrade waits.
    void begin() {
        cancel();
        waiting()
                .ifPresent(move -> {
                    int mine = number;
                    task =
                            parts.start(
                                    "admit",
                                    () -> {
                                        long free = free();
                                        onLoop(mine, () -> judge(move, free));
                                    },
                                    why -> onLoop(mine, () -> refuse(move, why, null)));
                });
    }

    /// The chain has gone on.
    void onHeight() {
        boolean waits =
                upgrade.program().state() instanceof Waiting waiting
                        && waiting.obstacles().stream()
                                .anyMatch(o -> o.kind() == Obstacle.Kind.HEIGHT);
        if (waits && upgrade.height() >= parts.spec().upgrade().admission().notBeforeHeight()) {
            begin();
        }
    }

    /// A disk that does not say how full it is will say so when it is written.
    private long free() {
        try {
            return parts.store().free();
        } catch (ReleaseException e) {
            return Long.MAX_VALUE;
        }
    }

    private void onLoop(int mine, Runnable action) {
        parts.shared()
                .loop()
                .execute(() -> {
                    if (mine == number) {
                        action.run();
                    }
                });
    }

    /// Gives up what goes on, and the turn.
    void cancel() {
        number++;
        judged = false;
        hasTurn = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (task != null) {
            task.cancel();
            task = null;
        }
    }

    private void judge(Move move, long free) {
        List<Obstacle> obstacles = admission.judge(known(move, free));
        upgrade.dispatch(new UpgradeEvent.Blocked(move, obstacles));
        judged = obstacles.isEmpty();
        if (judged) {
            if (!queued) {
                queued = true;
                parts.shared().turns().await(upgrade);
                parts.shared().turns().look();
            }
            if (!hasTurn
                    || parts.hooks().has(Hook.Point.PRE_UPGRADE)
                    || parts.spec().upgrade().backup() != null) {
                upgrade.dispatch(new UpgradeEvent.Lasting(move.to()));
            }
        } else {
            timer = parts.shared().loop().schedule(pause(obstacles), this::begin);
            parts.shared().turns().look();
        }
    }

    /// What is known now when it is judged what stands in the way of an upgrade.
    ///
    /// @param free how many bytes are free on the disk of the home
    Admission.Case known(Move move, long free) {
        Requirement requirement = upgrade.program().requirement();
        Memory memory = upgrade.records().memory();
        return new Admission.Case(
                move,
                Objects.requireNonNullElse(upgrade.records().openedAt(), Instant.EPOCH),
                parts.now(),
                upgrade.height(),
                memory.approvals().contains(move.to())
                        || requirement != null && memory.approvals().contains(requirement.target()),
                memory.holds(),
                free,
                new Chance((parts.shared().home() + "/" + parts.name()).hashCode())
                        .at(move.to().hashCode(), Duration.ZERO));
    }

    private Duration pause(List<Obstacle> obstacles) {
        Duration pause = LOOK_AGAIN;
        for (Obstacle obstacle : obstacles) {
            Instant until = obstacle.until();
            if (until != null) {
                Duration left = Duration.between(parts.now(), until);
                pause = left.compareTo(pause) < 0 ? left : pause;
            }
        }
        return pause.compareTo(SOONEST) < 0 ? SOONEST : pause;
    }

    /// Whether this program must keep the turn that it has.
    boolean needsTurn() {
        return hasTurn;
    }

    /// Its turn has come.
    void onTurn() {
        queued = false;
        Optional<Move> move = waiting();
        // An obstacle may have come while the turn was waited for.
        if (move.isEmpty() || !judged) {
            return;
        }
        hasTurn = true;
        int mine = number;
        long height = upgrade.height();
        Version back = upgrade.program().lastGood();
        Consumer<String> onFault = why -> onLoop(mine, () -> refuse(move.get(), why, null));
        task =
                links.start(
                        body -> parts.start("link", body, onFault),
                        () -> prepare(move.get(), back, height, mine));
    }

    private void prepare(Move move, @Nullable Version back, long height, int mine)
            throws InterruptedException {
        DataCopies copies =
                new DataCopies(parts, notice -> onLoop(mine, () -> upgrade.tell(notice)));
        Optional<String> obstacle =
                copies.isSaved(move) ? backupObstacle(move, copies) : Optional.empty();
        if (obstacle.isPresent()) {
            onLoop(mine, () -> refuse(move, obstacle.get(), null));
            return;
        }
        Optional<HookResult> result = parts.hooks().run(Hook.Point.PRE_UPGRADE, move, height, "");
        if (result.isPresent()) {
            HookResult ran = result.get();
            onLoop(mine, () -> upgrade.tell(new UpgradeNotice.HookRan(move, ran)));
            if (ran.verdict() != HookResult.Verdict.GO) {
                Duration again =
                        ran.verdict() == HookResult.Verdict.NOT_NOW
                                ? StagingTask.NOT_NOW_PAUSE
                                : null;
                onLoop(mine, () -> refuse(move, ran.why(), again));
                return;
            }
        }
        try {
            if (copies.isSaved(move, BackupPolicy.When.RUNNING)) {
                copies.save(move);
            }
            parts.shared().versions().prepare(parts.name(), move.to(), back);
            Path binary = parts.store().verified(move.to());
            onLoop(mine, () -> intend(move, binary, mine));
        } catch (VisorException e) {
            onLoop(mine, () -> refuse(move, e.why(), null));
        }
    }

    private Optional<String> backupObstacle(Move move, DataCopies copies)
            throws InterruptedException {
        Version from = move.from();
        try {
            if (from != null) {
                parts.backups().forget(from, move.to());
            }
        } catch (VisorException e) {
            return Optional.of(e.why());
        }
        return parts.backups().obstacle(copies.comesBack());
    }

    private void refuse(Move move, String why, @Nullable Duration again) {
        upgrade.dispatch(new UpgradeEvent.Refused(move, why, again));
    }

    private void intend(Move move, Path binary, int mine) {
        try {
            parts.shared().supervisor().prepare(parts.name(), binary);
        } catch (VisorException e) {
            refuse(move, e.why(), null);
            return;
        }
        Instant at = Objects.requireNonNullElseGet(upgrade.records().openedAt(), parts::now);
        parts.shared()
                .records()
                .now(
                        parts.tables().intend(move, at),
                        failure -> {
                            if (mine == number) {
                                failure.ifPresentOrElse(
                                        why ->
                                                refuse(
                                                        move,
                                                        "it cannot be written down: " + why,
                                                        null),
                                        () -> upgrade.dispatch(new UpgradeEvent.Admitted(move)));
                            }
                        });
    }
}
