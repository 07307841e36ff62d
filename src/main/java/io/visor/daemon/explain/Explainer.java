package io.visor.daemon.explain;

import io.visor.api.ChainStatus;
import io.visor.api.Obstacle;
import io.visor.api.ProgramStatus.UpgradeStatus;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.Explanation.Asked;
import io.visor.api.upgrade.Explanation.Down;
import io.visor.api.upgrade.Explanation.Failure;
import io.visor.api.upgrade.Explanation.Held;
import io.visor.api.upgrade.Explanation.Policy;
import io.visor.api.upgrade.Explanation.Progress;
import io.visor.api.upgrade.Explanation.Running;
import io.visor.api.upgrade.Explanation.Staged;
import io.visor.model.Observation;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseEvent;
import io.visor.release.ReleaseException;
import io.visor.upgrade.Program;
import io.visor.upgrade.Standing;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.admission.Admission;
import io.visor.upgrade.record.Retrospect;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts together why a program is at its version and what comes next. Nothing but the arguments
/// counts.
public final class Explainer {

    private final Outlook outlook;

    public Explainer(Outlook outlook) {
        this.outlook = outlook;
    }

    /// What the disk tells.
    ///
    /// @param staged what is known of the release that [#subject] names; nothing if it is not here
    /// @param free how many bytes are free on the disk of the home
    public record Disk(Optional<Manifest> staged, long free) {

        /// Looks; may take as long as the disk does. What the disk does not tell is not known.
        public static Disk of(Standing standing) {
            Optional<Manifest> staged;
            try {
                staged = subject(standing).flatMap(standing.store()::manifest);
            } catch (ReleaseException e) {
                staged = Optional.empty();
            }
            try {
                return new Disk(staged, standing.store().free());
            } catch (ReleaseException e) {
                return new Disk(staged, Long.MAX_VALUE);
            }
        }
    }

    /// All that is known of a program besides its standing.
    ///
    /// @param role which of the chain's versions bind; null if that is not known
    /// @param down those of its services that do not run
    /// @param chain what is known of the chain
    /// @param visorStartedAt when the visor that says so was started; null: none runs
    /// @param progress how far the fetching of a release is; null: nothing has come of it
    /// @param disk what the disk tells
    /// @param past what the records tell
    public record Circumstances(
            @Nullable Role role,
            List<Down> down,
            ChainStatus chain,
            @Nullable Instant visorStartedAt,
            ReleaseEvent.@Nullable Progress progress,
            Disk disk,
            Retrospect past) {}

    /// The version whose release matters: that of the upgrade, or else the target.
    public static Optional<Version> subject(Standing standing) {
        UpgradeState state = standing.program().state();
        Requirement requirement = standing.program().requirement();
        if (state.move() != null && !state.isOver()) {
            return Optional.of(state.move().to());
        }
        return Optional.ofNullable(requirement).map(Requirement::target);
    }

    /// Explains.
    public Explanation explain(Standing standing, Circumstances known) {
        Program program = standing.program();
        UpgradePolicy policy = standing.spec().upgrade();
        UpgradeStatus upgrade = outlook.upgrade(standing);
        return new Explanation(
                standing.spec().name().text(),
                known.visorStartedAt(),
                running(standing),
                known.down(),
                asked(program, known),
                known.chain(),
                Outlook.decision(Outlook.decide(program)),
                upgrade,
                staged(standing, known.disk()),
                progress(program, known),
                outlook.next(standing),
                obstacles(standing, upgrade, known.disk()),
                holds(standing),
                standing.memory().approvals().stream().sorted().map(Version::toString).toList(),
                failure(known.past()),
                new Policy(
                        policy.auto().word(),
                        policy.rollback().word(),
                        policy.healthWindow(),
                        policy.startTimeout()));
    }

    private static @Nullable Running running(Standing standing) {
        Version active = standing.program().active();
        return active == null
                ? null
                : new Running(
                        active.toString(),
                        standing.since(),
                        active.equals(standing.program().lastGood()));
    }

    private static @Nullable Asked asked(Program program, Circumstances known) {
        Requirement requirement = program.requirement();
        Retrospect.Asked recorded = known.past().asked();
        if (requirement == null) {
            return recorded == null ? null : asked(recorded, program.active(), known.role(), false);
        }
        return asked(
                recorded != null && isSame(recorded, requirement)
                        ? recorded
                        : firstSeen(requirement),
                program.active(),
                known.role(),
                known.visorStartedAt() != null);
    }

    private static boolean isSame(Retrospect.Asked recorded, Requirement requirement) {
        return recorded.min().equals(requirement.min())
                && recorded.target().equals(requirement.target());
    }

    private static Retrospect.Asked firstSeen(Requirement requirement) {
        Observation basis = requirement.basis();
        return new Retrospect.Asked(
                requirement.min(),
                requirement.target(),
                basis.chainId(),
                basis.height(),
                basis.blockTime(),
                basis.endpoint(),
                "unproven",
                basis.at());
    }

    private static Asked asked(
            Retrospect.Asked asked,
            @Nullable Version active,
            @Nullable Role role,
            boolean current) {
        return new Asked(
                asked.min().toString(),
                asked.target().toString(),
                role == null ? null : role.name().toLowerCase(Locale.ROOT),
                active == null || active.isBelow(asked.min()),
                asked.height(),
                asked.blockTime(),
                asked.at(),
                asked.endpoint(),
                asked.proof(),
                current);
    }

    private static @Nullable Staged staged(Standing standing, Disk disk) {
        return disk.staged()
                .filter(manifest -> subject(standing).equals(Optional.of(manifest.version())))
                .map(manifest ->
                        new Staged(
                                manifest.version().toString(),
                                manifest.assurance().name(),
                                manifest.assurance().word(),
                                manifest.source(),
                                manifest.size(),
                                manifest.sha256().hex(),
                                manifest.time()))
                .orElse(null);
    }

    private static @Nullable Progress progress(Program program, Circumstances known) {
        ReleaseEvent.Progress progress = known.progress();
        return progress != null && program.state() instanceof UpgradeState.Staging
                ? new Progress(
                        progress.version().toString(),
                        progress.bytes(),
                        progress.total().isPresent() ? progress.total().getAsLong() : null)
                : null;
    }

    /// What stands in the way; of an upgrade that is not staged yet, what will.
    private static List<Obstacle> obstacles(Standing standing, UpgradeStatus upgrade, Disk disk) {
        Admission.Case foreseen = standing.foreseen();
        return standing.program().state() instanceof UpgradeState.Waiting || foreseen == null
                ? upgrade.obstacles()
                : Outlook.obstacles(
                        new Admission(standing.spec().name(), standing.spec().upgrade())
                                .judge(foreseen.withFree(disk.free())));
    }

    private static List<Held> holds(Standing standing) {
        return standing.memory().holds().stream()
                .map(hold ->
                        new Held(
                                hold.version() == null ? null : hold.version().toString(),
                                hold.by().word(),
                                hold.why(),
                                hold.at()))
                .toList();
    }

    private static @Nullable Failure failure(Retrospect past) {
        Retrospect.Trouble trouble = past.trouble();
        return trouble == null
                ? null
                : new Failure(
                        trouble.id(),
                        trouble.from() == null ? null : trouble.from().toString(),
                        trouble.to().toString(),
                        trouble.why(),
                        trouble.output(),
                        trouble.at(),
                        trouble.isOver());
    }
}
