package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.store.Change;
import io.visor.upgrade.UpgradeEffect.Conclusion;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeTables;
import io.visor.upgrade.record.Verdicts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is kept of a program: in memory while visor runs, in the database and with its releases for
/// the next visor. For the loop.
final class ProgramRecords {

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private final UpgradeTables tables;
    private final Judgements judgements;
    private Memory memory = Memory.NONE;
    private boolean remembers;
    private @Nullable OpenUpgrade left;
    private @Nullable Instant openedAt;
    private @Nullable Instant since;

    ProgramRecords(ProgramParts parts, ProgramUpgrade upgrade) {
        this.parts = parts;
        this.upgrade = upgrade;
        this.tables = parts.tables();
        this.judgements = new Judgements(parts, upgrade);
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

    /// The upgrade that an earlier visor has not brought to its end; null if there is none.
    @Nullable OpenUpgrade left() {
        return left;
    }

    /// Whether all is known that was kept. If not, a version that failed here, or that somebody has
    /// put on hold, may be taken for one that may be installed, and an upgrade that an earlier
    /// visor left for one that is over.
    boolean remembers() {
        return remembers;
    }

    /// Goes on with what can be known without the database; before anything else happens.
    void presume(Memory known) {
        memory = known;
    }

    /// Takes in what is remembered, in place of what was presumed; before any upgrade begins.
    void remember(UpgradeRecords.Remembered remembered, @Nullable Version active) {
        remembers = true;
        memory = remembered.memory();
        since = remembered.since();
        left = memory.upgrade();
        openedAt = left == null ? null : left.openedAt();
        if (remembered.isNew()) {
            parts.shared().records().record(tables.all(memory));
        } else {
            judgements.complete(memory);
        }
        if (since == null && active != null) {
            deployed(active);
        }
    }

    /// Remembers more, or less.
    void remember(Memory changed) {
        memory = changed;
    }

    /// That the upgrade was interrupted while the new version, or the old one after it, was
    /// watched; nothing if it was not.
    Optional<Change> interruption(@Nullable Version active) {
        return Optional.ofNullable(left)
                .filter(open -> open.back() != null || open.move().to().equals(active))
                .map(open -> tables.interrupted(open.interruptions()));
    }

    /// What the manifests tell where the database does not. May read files, on any thread.
    ///
    /// @throws ReleaseException if the disk does not give them
    Memory fromManifests() {
        return Verdicts.read(parts.store(), parts.shared().records().instance());
    }

    /// As much of that as can be read.
    Memory fromManifestsIfAny() {
        try {
            return fromManifests();
        } catch (ReleaseException e) {
            // It is asked for again before an upgrade begins.
            return Memory.NONE;
        }
    }

    /// All that would have to be written down if nothing were.
    Change everything(Program program) {
        Memory all =
                new Memory(
                        program.lastGood(),
                        memory.holds(),
                        memory.approvals(),
                        // Before it begins, what an earlier visor has left is not taken up yet.
                        open(program).orElse(program.begun() ? null : left));
        // What was presumed is not all that the manifests can tell.
        return remembers ? tables.all(all) : tables.more(all);
    }

    private Optional<OpenUpgrade> open(Program program) {
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

    /// What an earlier visor has left is not taken up. If the network asks for the same again, it
    /// is as old as it was.
    void abandonLeft() {
        openedAt = null;
        parts.shared().records().record(tables.abandoned(parts.now()));
    }

    /// Visor ends because it was asked to.
    void pause(Program program) {
        if (open(program).isPresent()) {
            parts.shared().records().record(tables.pause());
        }
    }

    /// Writes down what a later visor must know, and what nobody waits for.
    void keep(UpgradeNotice notice) {
        Instant now = parts.now();
        UpgradeRecords records = parts.shared().records();
        switch (notice) {
            case UpgradeNotice.Asked asked ->
                    records.record(tables.required(asked.requirement(), "unproven"));
            case UpgradeNotice.Detected(Move move) -> {
                openedAt = openedAt(move, now);
                left = null;
                records.record(tables.open(move, openedAt));
                if (move.attempt() == 1) {
                    records.record(tables.prune(now));
                }
            }
            case UpgradeNotice.Switched(Move move) -> deployed(move.to());
            case UpgradeNotice.NotBlamed _ -> records.record(tables.again());
            case UpgradeNotice.Abandoned _ -> {
                ended();
                records.record(tables.abandoned(now));
            }
            case UpgradeNotice.Committed(Move move, boolean _, Duration _) -> {
                ended();
                memory = memory.committing(move.to());
                parts.start("prune", () -> prune(move));
            }
            case UpgradeNotice.RolledBack(Move _, Version back, String _) -> {
                ended();
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

    /// The next upgrade is one of its own, also where it is to the same version.
    private void ended() {
        openedAt = null;
        left = null;
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

    /// Deletes backups that are not needed any more. In a task.
    private void prune(Move move) throws InterruptedException {
        try {
            parts.backups().prune();
        } catch (UpgradeException e) {
            parts.shared()
                    .loop()
                    .execute(() -> upgrade.tell(new UpgradeNotice.NotPruned(move, e.why())));
        }
    }

    /// Makes something durable; the machine hears of it.
    void record(Conclusion conclusion) {
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
                UpgradeRecords records = parts.shared().records();
                records.now(
                        change,
                        failure -> {
                            if (failure.isPresent()) {
                                // It goes back all the same. Whoever is started next must know it.
                                records.record(change);
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
        judgements.judge(
                judged,
                verdict,
                body -> parts.start("conclude", body, this::notRecorded),
                () -> concluded(active),
                () -> parts.shared().loop().execute(() -> record(change)));
    }

    /// In a task.
    private boolean concluded(Version active) {
        try {
            parts.shared().versions().conclude(parts.name(), active);
            return true;
        } catch (VisorException e) {
            notRecorded(e.why());
            return false;
        }
    }

    /// May be called in a task.
    private void notRecorded(String why) {
        parts.shared().loop().execute(() -> upgrade.dispatch(new UpgradeEvent.NotRecorded(why)));
    }

    private void record(Change change) {
        parts.shared().records().now(change, this::recorded);
    }

    private void recorded(Optional<String> failure) {
        upgrade.dispatch(
                failure.<UpgradeEvent>map(UpgradeEvent.NotRecorded::new)
                        .orElseGet(UpgradeEvent.Recorded::new));
    }

    /// A version that failed here may be tried again.
    void forgive(Version version) {
        judgements.forget(version);
    }
}
