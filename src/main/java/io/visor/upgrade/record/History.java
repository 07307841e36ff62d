package io.visor.upgrade.record;

import io.visor.json.Json;
import io.visor.model.BackupPolicy;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseEvent;
import io.visor.time.Clock;
import io.visor.upgrade.Move;
import io.visor.upgrade.UpgradeListener;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.backup.Backup;
import io.visor.upgrade.hook.HookResult;
import io.visor.upgrade.record.Milestone.State;
import io.visor.upgrade.record.Milestone.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the milestones of upgrades.
public final class History implements UpgradeListener {

    private final UpgradeRecords records;
    private final Clock clock;

    public History(UpgradeRecords records, Clock clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public void on(ProgramName program, UpgradeNotice notice) {
        switch (notice) {
            case UpgradeNotice.Detected(Move move) -> {
                if (move.attempt() == 1) {
                    reached(program, State.DETECTED, detected(move));
                }
            }
            case UpgradeNotice.NotStaged(Move _, String why, Duration _) ->
                    missed(program, State.STAGED, why);
            case UpgradeNotice.Staged(Move move) ->
                    reached(program, State.STAGED, Json.object("version", move.to().toString()));
            case UpgradeNotice.Begun _ -> reached(program, State.ADMITTED, null);
            case UpgradeNotice.Stopped _ -> reached(program, State.STOPPED, null);
            case UpgradeNotice.Switched _ -> reached(program, State.SWITCHED, null);
            case UpgradeNotice.NotSwitched(Move _, String why, Duration _) ->
                    missed(program, State.SWITCHED, why);
            case UpgradeNotice.Started _ -> reached(program, State.STARTED, null);
            case UpgradeNotice.Ready _ -> reached(program, State.HEALTHY, null);
            case UpgradeNotice.RollingBack(Move _, Version _, String why, List<String> output) ->
                    failed(program, State.HEALTHY, why, output);
            case UpgradeNotice.StillTrying(Move _, String why, String _, List<String> output) ->
                    failed(program, State.HEALTHY, why, output);
            case UpgradeNotice.Committed(Move _, boolean observed, Duration _) ->
                    reached(program, State.COMMITTED, Json.object("observed", observed));
            case UpgradeNotice.RolledBack(Move _, Version back, String why) ->
                    reached(
                            program,
                            State.ROLLED_BACK,
                            Json.object("to", back.toString(), "why", why));
            case UpgradeNotice.NotBlamed(Move _, String why, Duration _, List<String> output) ->
                    failed(program, State.ROLLED_BACK, why, output);
            case UpgradeNotice.Abandoned(Move _, String why) ->
                    reached(program, State.ABANDONED, Json.object("why", why));
            case UpgradeNotice.HookRan(Move move, HookResult result) -> ran(program, move, result);
            case UpgradeNotice.BackedUp(Move _, Backup backup, Path directory, Duration took) ->
                    reached(
                            program,
                            backup.when() == BackupPolicy.When.STOPPED
                                    ? State.STOPPED
                                    : State.ADMITTED,
                            copied("backup", directory.toString(), backup, took));
            case UpgradeNotice.Restored(Move _, Backup backup, Duration took) ->
                    reached(
                            program,
                            State.SWITCHED,
                            copied("restored", backup.name(), backup, took));
            case UpgradeNotice.Asked _,
                    UpgradeNotice.Blocked _,
                    UpgradeNotice.TakenUp _,
                    UpgradeNotice.NotJudged _,
                    UpgradeNotice.Copying _,
                    UpgradeNotice.Postponed _,
                    UpgradeNotice.NotPruned _,
                    UpgradeNotice.NotRecorded _ -> {}
        }
    }

    private void ran(ProgramName program, Move move, HookResult result) {
        State state =
                switch (result.point()) {
                    case PRE_FETCH -> State.FETCHED;
                    case PRE_UPGRADE -> State.ADMITTED;
                    case POST_STOP -> State.STOPPED;
                    case POST_UPGRADE -> State.COMMITTED;
                    case ON_ROLLBACK -> State.ROLLED_BACK;
                    case ON_FAILURE -> State.HEALTHY;
                };
        boolean failed = result.verdict() != HookResult.Verdict.GO;
        Milestone milestone =
                new Milestone(
                        state,
                        failed ? Status.FAILED : Status.SUCCESS,
                        failed ? result.why() : null,
                        Json.object(
                                Milestone.HOOK,
                                result.point().word(),
                                "code",
                                result.code(),
                                Milestone.OUTPUT,
                                result.output().isEmpty() ? null : result.output()),
                        clock.now());
        switch (result.point()) {
            case PRE_FETCH, PRE_UPGRADE, POST_STOP -> add(program, milestone);
            // Nothing waits for these: the upgrade may be over when they have ended.
            case POST_UPGRADE, ON_ROLLBACK, ON_FAILURE ->
                    records.record(records.tables(program).reached(move.to(), milestone));
        }
    }

    private static Json.Obj copied(String what, String which, Backup backup, Duration took) {
        return Json.object(what, which, "bytes", backup.bytes(), "millis", took.toMillis());
    }

    private static Json.Obj detected(Move move) {
        return Json.object(
                "from",
                move.from() == null ? null : move.from().toString(),
                "to",
                move.to().toString(),
                "urgency",
                UpgradeTables.word(move.urgency()));
    }

    /// Something happened to a release. May be called by any thread.
    public void on(ReleaseEvent event) {
        switch (event) {
            case ReleaseEvent.Fetched(ProgramName program, Manifest manifest, Duration took) -> {
                reached(
                        program,
                        State.FETCHED,
                        Json.object(
                                "source",
                                manifest.source(),
                                "size",
                                manifest.size(),
                                "millis",
                                took.toMillis()));
                reached(program, State.VERIFIED, verified(manifest));
            }
            case ReleaseEvent.Adopted(ProgramName program, Manifest manifest) ->
                    reached(program, State.VERIFIED, verified(manifest));
            case ReleaseEvent.Fetching _,
                    ReleaseEvent.Progress _,
                    ReleaseEvent.Awaiting _,
                    ReleaseEvent.SetAside _ -> {}
        }
    }

    private static Json.Obj verified(Manifest manifest) {
        return Json.object(
                "version",
                manifest.version().toString(),
                "sha256",
                manifest.sha256().hex(),
                "assurance",
                manifest.assurance().name());
    }

    private void reached(ProgramName program, State state, Json.@Nullable Obj extra) {
        add(program, new Milestone(state, Status.SUCCESS, null, extra, clock.now()));
    }

    private void missed(ProgramName program, State state, String why) {
        failed(program, state, why, List.of());
    }

    private void failed(ProgramName program, State state, String why, List<String> output) {
        Json.Obj extra = output.isEmpty() ? null : Json.object(Milestone.OUTPUT, output);
        add(program, new Milestone(state, Status.FAILED, why, extra, clock.now()));
    }

    private void add(ProgramName program, Milestone milestone) {
        records.record(records.tables(program).reached(milestone));
    }
}
