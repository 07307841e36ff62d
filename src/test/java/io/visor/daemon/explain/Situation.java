package io.visor.daemon.explain;

import io.visor.api.ChainStatus;
import io.visor.api.upgrade.Explanation;
import io.visor.daemon.explain.Explainer.Circumstances;
import io.visor.daemon.explain.Explainer.Disk;
import io.visor.model.AdmissionPolicy;
import io.visor.model.Assurance;
import io.visor.model.Lavap;
import io.visor.model.MaintenanceWindow;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ProtocolVersions;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.RollbackPolicy;
import io.visor.model.Sha256;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseEvent;
import io.visor.release.VersionStore;
import io.visor.time.Clock;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.Program;
import io.visor.upgrade.Standing;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.admission.Admission;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Retrospect;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A program at one moment, which the tests change and have explained: 5.4.1 runs since twelve
/// days, the chain wants 6.0.0.
public final class Situation {

    public static final Version OLD = Version.of("5.4.1");
    public static final Version NEW = Version.of("6.0.0");

    /// A Wednesday, at night.
    public static final Instant NOW = Instant.parse("2026-11-25T02:48:00Z");

    /// What the monotonic clock shows then.
    public static final Duration READING = Duration.ofHours(1000);

    public static final Move MOVE = new Move(OLD, NEW, Urgency.RECOMMENDED);

    private static final String NODE = "tcp://a:26657";

    public @Nullable Version active = OLD;
    public Set<Version> held = new HashSet<>();
    public List<Hold> holds = new ArrayList<>();
    public List<Explanation.Down> down = List.of();
    public @Nullable Requirement requirement = requirement("5.0.0", "6.0.0");
    public UpgradeState state = new UpgradeState.Idle();
    public Auto auto = Auto.TRUE;
    public RollbackPolicy rollback = RollbackPolicy.AUTO;
    public List<MaintenanceWindow> windows = List.of();
    public boolean staged;
    public boolean runs = true;
    public boolean remembers = true;
    public @Nullable String turn;
    public Retrospect past = Retrospect.NONE;
    public ReleaseEvent.@Nullable Progress progress;
    public ChainStatus chain = chain(null);

    /// What the chain asks for, seen half an hour ago.
    public static Requirement requirement(String min, String target) {
        Version least = Version.of(min);
        Version wanted = Version.of(target);
        return Requirement.of(
                new Observation(
                        NODE,
                        "lava-mainnet-1",
                        new ProtocolVersions(least, wanted, least, wanted),
                        2_814_001,
                        NOW.minusSeconds(2041),
                        false,
                        NOW.minusSeconds(2040)),
                Role.PROVIDER);
    }

    /// The chain, whose only endpoint fails so since a minute; or does not.
    public static ChainStatus chain(@Nullable String failure) {
        return new ChainStatus(
                "lava-mainnet-1",
                new ChainStatus.Latest(2_814_407, NOW.minusSeconds(61), NOW.minusSeconds(60), NODE),
                List.of(
                        new ChainStatus.Endpoint(
                                NODE,
                                failure,
                                failure == null ? null : NOW,
                                failure == null ? null : NOW.minusSeconds(60))));
    }

    public static ReleaseEvent.Progress progress(long bytes, long total) {
        return new ReleaseEvent.Progress(Lavap.NAME, NEW, bytes, OptionalLong.of(total));
    }

    public UpgradePolicy policy() {
        return new UpgradePolicy(
                auto,
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                rollback,
                new AdmissionPolicy(
                        windows, false, Duration.ZERO, Duration.ZERO, 0, null, 16_000_000),
                Map.of(),
                null,
                null);
    }

    /// What stands in the way of the upgrade, by its policy.
    public UpgradeState.Waiting waiting() {
        return new UpgradeState.Waiting(
                MOVE, new Admission(Lavap.NAME, policy()).judge(foreseen(1_000_000_000)));
    }

    private Admission.Case foreseen(long free) {
        return new Admission.Case(
                MOVE, NOW.minusSeconds(2040), NOW, 2_814_407, false, holds, free, 0.5);
    }

    /// Has it explained.
    public Explanation explain() {
        ProgramSpec spec = Lavap.SPEC.withUpgrade(policy());
        Program program = new Program(active, OLD, requirement, held, state, 1, true);
        boolean isBefore =
                state instanceof UpgradeState.Staging
                        || state instanceof UpgradeState.Waiting
                        || state instanceof UpgradeState.Retrying;
        Standing standing =
                new Standing(
                        spec,
                        program,
                        new Memory(OLD, holds, Set.of(), null),
                        active == null ? null : NOW.minus(Duration.ofDays(12)),
                        remembers,
                        isBefore ? foreseen(Long.MAX_VALUE) : null,
                        turn == null ? null : new ProgramName(turn),
                        new VersionStore(Lavap.NAME, Lavap.BINARY, Path.of("/nowhere")));
        return new Explainer(new Outlook(new Still()))
                .explain(
                        standing,
                        new Circumstances(
                                Role.PROVIDER,
                                down,
                                chain,
                                runs ? NOW.minus(Duration.ofDays(13)) : null,
                                progress,
                                new Disk(manifest(), 1_000_000_000),
                                past));
    }

    private Optional<Manifest> manifest() {
        return staged
                ? Optional.of(
                        new Manifest(
                                Lavap.NAME,
                                NEW,
                                "https://github.com/lavanet/lava/releases/download/v6.0.0/lavap",
                                84_200_000,
                                Sha256.of(new byte[32]),
                                Assurance.L1,
                                NOW.minusSeconds(1980),
                                Map.of()))
                : Optional.empty();
    }

    /// A clock that stands.
    private record Still() implements Clock {
        @Override
        public Instant now() {
            return NOW;
        }

        @Override
        public Duration monotonic() {
            return READING;
        }

        @Override
        public void sleep(Duration duration) {
            throw new IllegalStateException("nobody sleeps here");
        }
    }
}
