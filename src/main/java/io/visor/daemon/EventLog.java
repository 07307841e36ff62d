package io.visor.daemon;

import io.visor.chain.ChainEvent;
import io.visor.model.Assurance;
import io.visor.model.Durations;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceSpec;
import io.visor.model.Sizes;
import io.visor.model.StopPolicy;
import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseEvent;
import io.visor.service.ServiceNotice;
import io.visor.service.Unmet;
import io.visor.time.Clock;
import io.visor.upgrade.Decision;
import io.visor.upgrade.Move;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.backup.Backup;
import io.visor.upgrade.hook.HookResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns what the parts tell into lines of the log.
final class EventLog {

    private static final String CHAIN = "chain";
    private static final String RELEASE = "release";
    private static final String SERVICE = "service";
    private static final String UPGRADE = "upgrade";

    private final Journal journal;
    private final ProgressLog progress;

    private final StartLog starts;

    EventLog(Journal journal, Clock clock) {
        this.journal = journal;
        this.starts = new StartLog(journal);
        this.progress =
                new ProgressLog(
                        clock, new SparseProgress(clock, text -> journal.info(RELEASE, text)));
    }

    void on(ChainEvent event) {
        switch (event) {
            case ChainEvent.Following(String endpoint, boolean subscribed) ->
                    journal.info(
                            CHAIN,
                            "following "
                                    + endpoint
                                    + (subscribed ? ", told of every block" : ", polled"));
            case ChainEvent.Observed(Observation observation) ->
                    journal.debug(
                            CHAIN,
                            "height " + observation.height() + " from " + observation.endpoint());
            case ChainEvent.EndpointFailed failed -> {
                String next =
                        failed.retryIn().isZero()
                                ? "asking the next endpoint"
                                : "next try in " + Durations.format(failed.retryIn());
                journal.warn(
                        CHAIN, "cannot follow the chain: " + failed.failure().why() + "; " + next);
            }
        }
    }

    void on(ReleaseEvent event) {
        switch (event) {
            case ReleaseEvent.Fetching(ProgramName program, Version version, String from) -> {
                progress.begin();
                journal.info(RELEASE, program + " " + version + " is being fetched from " + from);
            }
            case ReleaseEvent.Progress step -> progress.on(step);
            case ReleaseEvent.Awaiting(ProgramName program, Version version) ->
                    journal.info(
                            RELEASE,
                            program
                                    + " "
                                    + version
                                    + " is being fetched by another instance; waiting for it");
            case ReleaseEvent.Fetched(ProgramName program, Manifest manifest, Duration took) ->
                    journal.info(RELEASE, fetched(program, manifest, took));
            case ReleaseEvent.Adopted(ProgramName program, Manifest manifest) ->
                    journal.info(
                            RELEASE,
                            program
                                    + " "
                                    + manifest.version()
                                    + " was here already: taken over after its version was"
                                    + " checked");
            case ReleaseEvent.SetAside(
                            ProgramName program,
                            Version version,
                            String to,
                            String why) ->
                    journal.warn(
                            RELEASE, program + " " + version + " was moved to " + to + ": " + why);
        }
    }

    static String fetched(ProgramName program, Manifest manifest, Duration took) {
        return program
                + " "
                + manifest.version()
                + " fetched "
                + Sizes.format(manifest.size())
                + " in "
                + Durations.format(took)
                + ", "
                + (manifest.assurance().compareTo(Assurance.L1) >= 0 ? "sha256 ok" : "unproven")
                + ", version ok";
    }

    void on(ServiceSpec spec, ServiceNotice notice) {
        String name = spec.name().text();
        switch (notice) {
            case ServiceNotice.Started(long pid, @Nullable Duration down) ->
                    starts.started(spec, pid, down);
            case ServiceNotice.Asked(long pid, StopPolicy.Step step) ->
                    journal.info(SERVICE, "stopping " + name + " (pid " + pid + "): " + step);
            case ServiceNotice.UnitAsked(long pid) ->
                    journal.info(
                            SERVICE, "stopping " + name + " (pid " + pid + "): as its unit says");
            case ServiceNotice.LeftAlone(String why) ->
                    journal.warn(SERVICE, name + " is left alone: " + why);
            case ServiceNotice.Unfit(String why) -> journal.error(SERVICE, name + ": " + why);
            case ServiceNotice.Killed(long pid, Duration after) ->
                    journal.warn(
                            SERVICE,
                            name
                                    + " (pid "
                                    + pid
                                    + ") did not end within "
                                    + Durations.format(after)
                                    + ": SIGKILL");
            case ServiceNotice.Ended ended -> {
                String text =
                        name
                                + " exited: "
                                + ended.status()
                                + " after "
                                + Durations.format(ended.ran());
                if (ended.asked()) {
                    journal.info(SERVICE, text);
                } else if (spec.restart().mode() != RestartPolicy.Mode.ALWAYS
                        && spec.restart().isSuccess(ended.status())) {
                    // It was to end so.
                    journal.info(SERVICE, text + ended.output().quotedLine());
                } else {
                    journal.warn(SERVICE, text + ended.output().quotedLine());
                }
            }
            case ServiceNotice.Waiting(List<Unmet> unmet) ->
                    journal.info(SERVICE, name + " " + Unmet.sentence(unmet));
            case ServiceNotice.Ready(long pid, Duration after) ->
                    journal.info(
                            SERVICE,
                            name + " (pid " + pid + ") is ready after " + Durations.format(after));
            case ServiceNotice.NotReady(long pid, String why) ->
                    journal.warn(SERVICE, name + " (pid " + pid + ") is not ready: " + why);
            case ServiceNotice.Unhealthy(long pid, String why) ->
                    journal.error(SERVICE, name + " (pid " + pid + ") " + why + "; restarting it");
            case ServiceNotice.NotStarted(String why) ->
                    journal.error(SERVICE, "cannot start " + name + ": " + why);
            case ServiceNotice.Retrying(int attempt, Duration delay) ->
                    journal.info(
                            SERVICE,
                            name
                                    + " starts again in "
                                    + Durations.format(delay)
                                    + " (attempt "
                                    + attempt
                                    + ")");
            case ServiceNotice.GaveUp(String why, var _) ->
                    journal.error(SERVICE, name + " is given up: " + why);
            case ServiceNotice.AtRest() -> journal.debug(SERVICE, name + " is at rest");
        }
    }

    void on(ProgramName program, UpgradeNotice notice) {
        switch (notice) {
            case UpgradeNotice.Asked asked -> asked(program, asked);
            case UpgradeNotice.Detected _,
                    UpgradeNotice.Stopped _,
                    UpgradeNotice.Started _,
                    UpgradeNotice.Ready _ -> {}
            case UpgradeNotice.TakenUp(Move move, int interruptions) ->
                    journal.warn(
                            UPGRADE,
                            program
                                    + " "
                                    + move
                                    + " was interrupted and goes on"
                                    + (interruptions > 1
                                            ? "; that is the " + interruptions + "th time in a row"
                                            : ""));
            case UpgradeNotice.Blocked(Move move, List<Obstacle> obstacles) -> {
                if (!obstacles.isEmpty()) {
                    journal.info(
                            UPGRADE,
                            program
                                    + " "
                                    + move.to()
                                    + " is staged and waits: "
                                    + String.join(
                                            "; ", obstacles.stream().map(Obstacle::why).toList()));
                }
            }
            case UpgradeNotice.NotRecorded(Move move, String why, @Nullable Duration retryIn) ->
                    journal.error(
                            UPGRADE,
                            "cannot write down how "
                                    + program
                                    + " "
                                    + move
                                    + " stands: "
                                    + why
                                    + (retryIn == null
                                            ? "; it goes on all the same"
                                            : "; next try in " + Durations.format(retryIn)));
            case UpgradeNotice.HookRan(Move move, HookResult result) -> {
                String hook = program + " " + move + ": hook ";
                if (result.verdict() == HookResult.Verdict.GO) {
                    journal.info(
                            UPGRADE,
                            hook + result.point().word() + " ended with code " + result.code());
                } else {
                    journal.warn(UPGRADE, hook + result.why() + last(result.output()));
                }
            }
            case UpgradeNotice.Copying(Move move, boolean back, long bytes, long all) ->
                    journal.info(
                            UPGRADE,
                            program
                                    + " "
                                    + move
                                    + (back ? ": restoring the backup, " : ": making a backup, ")
                                    + Sizes.format(bytes)
                                    + " of "
                                    + Sizes.format(all));
            case UpgradeNotice.BackedUp(Move move, Backup backup, Path directory, Duration took) ->
                    journal.info(
                            UPGRADE,
                            program
                                    + " "
                                    + move
                                    + ": "
                                    + Sizes.format(backup.bytes())
                                    + (backup.isShared() ? " (shared blocks)" : "")
                                    + " backed up to "
                                    + directory
                                    + " in "
                                    + Durations.format(took));
            case UpgradeNotice.Restored(Move move, Backup backup, Duration took) ->
                    journal.warn(
                            UPGRADE,
                            program
                                    + " "
                                    + move
                                    + ": the data of "
                                    + backup.from()
                                    + " is back, "
                                    + Sizes.format(backup.bytes())
                                    + " from "
                                    + backup.name()
                                    + " in "
                                    + Durations.format(took)
                                    + "; what was there is beside it, *.visor-replaced, until the"
                                    + " next upgrade has succeeded");
            case UpgradeNotice.NotPruned(Move _, String why) ->
                    journal.warn(UPGRADE, "cannot delete old backups of " + program + ": " + why);
            case UpgradeNotice.NotJudged(Version version, String why) ->
                    journal.warn(
                            UPGRADE,
                            "cannot keep beside "
                                    + program
                                    + " "
                                    + version
                                    + " how it did here: "
                                    + why
                                    + "; the database knows it");
            case UpgradeNotice.NotStaged(Move move, String why, Duration retryIn) ->
                    journal.warn(
                            UPGRADE,
                            "cannot stage "
                                    + program
                                    + " "
                                    + move.to()
                                    + ": "
                                    + why
                                    + keeping(move.from())
                                    + ", next try in "
                                    + Durations.format(retryIn)
                                    + (move.attempt() > 1
                                            ? " (attempt " + (move.attempt() + 1) + ")"
                                            : ""));
            case UpgradeNotice.Staged(Move move) ->
                    journal.debug(UPGRADE, program + " " + move.to() + " is staged and verified");
            case UpgradeNotice.Begun(Move move) -> {
                starts.begin(program);
                journal.debug(UPGRADE, program + " " + move + " begins");
            }
            case UpgradeNotice.Switched(Move move) -> {
                journal.debug(UPGRADE, program + " " + move.to() + " is active");
                starts.switched(program, move);
            }
            case UpgradeNotice.NotSwitched(Move move, String why, Duration retryIn) -> {
                journal.error(
                        UPGRADE,
                        "cannot switch "
                                + program
                                + " to "
                                + move.to()
                                + ": "
                                + why
                                + keeping(move.from())
                                + ", next try in "
                                + Durations.format(retryIn));
                starts.notSwitched(program);
            }
            case UpgradeNotice.Postponed(Move move, String why, Duration retryIn) -> {
                journal.info(
                        UPGRADE,
                        program
                                + " "
                                + move.to()
                                + " waits: "
                                + why
                                + ", asked again in "
                                + Durations.format(retryIn));
                starts.notSwitched(program);
            }
            case UpgradeNotice.Committed(Move move, boolean observed, Duration watched) -> {
                starts.over(program);
                journal.info(
                        UPGRADE,
                        program
                                + " "
                                + move.to()
                                + " is committed: "
                                + (observed
                                        ? "healthy for " + Durations.format(watched)
                                        : "not observed, nothing of it is wanted up"));
            }
            case UpgradeNotice.RollingBack(Move move, Version back, String why, var _) -> {
                starts.goingBack(program, new Move(move.to(), back, move.urgency(), 1));
                journal.error(
                        UPGRADE,
                        program
                                + " "
                                + move.to()
                                + " failed its health window: "
                                + why
                                + "; going back to "
                                + back);
            }
            case UpgradeNotice.StillTrying(Move move, String why, String obstacle, var _) -> {
                starts.over(program);
                journal.error(
                        UPGRADE,
                        program
                                + " "
                                + move.to()
                                + " failed its health window: "
                                + why
                                + "; still trying it: "
                                + obstacle);
            }
            case UpgradeNotice.RolledBack(Move move, Version back, String _) -> {
                starts.over(program);
                journal.warn(
                        UPGRADE,
                        program
                                + " is back on "
                                + back
                                + "; "
                                + move.to()
                                + " is on hold until a newer target appears");
            }
            case UpgradeNotice.NotBlamed(Move move, String why, Duration retryIn, var _) ->
                    journal.error(
                            UPGRADE,
                            program
                                    + " failed on the version before as well ("
                                    + why
                                    + "), so "
                                    + move.to()
                                    + " is not to blame; it is tried again in "
                                    + Durations.format(retryIn));
            case UpgradeNotice.Abandoned(Move move, String why) ->
                    journal.info(UPGRADE, program + " " + move + " is abandoned: " + why);
        }
    }

    private static String last(String output) {
        String line = output.strip().lines().reduce((_, next) -> next).orElse("").strip();
        return line.isEmpty() ? "" : ": \"" + line + "\"";
    }

    void onLogFailed(Path file, String why) {
        journal.warn(
                SERVICE,
                "cannot write "
                        + file.getFileName()
                        + ": "
                        + why
                        + "; what its service prints is dropped until it can be written again");
    }

    void onLogRecovered(Path file, long lost) {
        journal.info(
                SERVICE,
                file.getFileName() + " is written again; " + Sizes.format(lost) + " were dropped");
    }

    void onLogNotRotated(Path file, String why) {
        journal.warn(
                SERVICE,
                "cannot set "
                        + file.getFileName()
                        + " aside: "
                        + why
                        + "; it grows on until that can be done");
    }

    private static String keeping(@Nullable Version version) {
        return version == null ? "; nothing runs yet" : "; keeping " + version;
    }

    private void asked(ProgramName program, UpgradeNotice.Asked asked) {
        Requirement requirement = asked.requirement();
        Observation basis = requirement.basis();
        Requirement before = asked.before();
        String was =
                before == null || before.target().equals(requirement.target())
                        ? ""
                        : " (was " + before.target() + ")";
        String running = asked.active() == null ? "nothing installed" : "running " + asked.active();
        String verdict =
                switch (asked.decision()) {
                    case Decision.Install(Move move) ->
                            move.urgency() == Move.Urgency.REQUIRED ? "required" : "recommended";
                    case Decision.Keep(Decision.Reason reason) ->
                            switch (reason) {
                                case UP_TO_DATE -> "up to date";
                                case ABOVE_TARGET -> "above the target, which is left so";
                                case HELD -> "on hold after it failed here";
                                case NOTHING_KNOWN -> "not known";
                            };
                };
        String line =
                program
                        + " target "
                        + requirement.target()
                        + was
                        + ", min "
                        + requirement.min()
                        + ", at height "
                        + basis.height()
                        + (before == null
                                ? ""
                                : ", seen " + Durations.format(age(basis)) + " after the block")
                        + ": "
                        + verdict
                        + ", "
                        + running
                        + first(asked);
        if (asked.decision() instanceof Decision.Keep(Decision.Reason reason)
                && reason == Decision.Reason.ABOVE_TARGET) {
            journal.warn(CHAIN, line);
        } else {
            journal.info(CHAIN, line);
        }
    }

    /// What comes before that which the network asks for.
    private static String first(UpgradeNotice.Asked asked) {
        return !(asked.decision() instanceof Decision.Install(Move next))
                ? ""
                : switch (asked.state()) {
                    case UpgradeState.Watching(Move move, UpgradeState.Window _, int failures)
                            when failures == 0 && !move.to().equals(next.to()) ->
                            ", which is watched first (upgrade.health-window)";
                    case UpgradeState.Stopping _,
                            UpgradeState.Switching _,
                            UpgradeState.RollingBack _ ->
                            ", after the upgrade that goes on";
                    case UpgradeState.Watching _,
                            UpgradeState.Idle _,
                            UpgradeState.Staging _,
                            UpgradeState.Waiting _,
                            UpgradeState.Retrying _,
                            UpgradeState.Committed _,
                            UpgradeState.RolledBack _,
                            UpgradeState.Abandoned _ ->
                            "";
                };
    }

    private Duration age(Observation basis) {
        Duration age = Duration.between(basis.blockTime(), basis.at());
        return age.isNegative() ? Duration.ZERO : age;
    }
}
