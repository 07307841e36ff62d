package io.visor.daemon.explain;

import io.visor.api.ChainStatus;
import io.visor.api.Listing;
import io.visor.api.ProgramStatus.UpgradeStatus;
import io.visor.api.upgrade.BackupEntry;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.UpgradeEntry;
import io.visor.daemon.Clients;
import io.visor.daemon.explain.Explainer.Circumstances;
import io.visor.daemon.explain.Explainer.Disk;
import io.visor.model.CannotException;
import io.visor.model.EndpointAddress;
import io.visor.model.Home;
import io.visor.model.InstanceName;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ProtocolVersions;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.Version;
import io.visor.model.VisorConfig;
import io.visor.os.HeldLocks;
import io.visor.release.ActiveLink;
import io.visor.release.ReleaseException;
import io.visor.release.VersionStore;
import io.visor.store.DatabaseException;
import io.visor.store.FaultPoints;
import io.visor.store.Session;
import io.visor.store.SqliteDatabase;
import io.visor.time.Clock;
import io.visor.upgrade.Move;
import io.visor.upgrade.Program;
import io.visor.upgrade.Standing;
import io.visor.upgrade.UpgradeException;
import io.visor.upgrade.record.HistoryPage;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import io.visor.upgrade.record.Retrospect;
import io.visor.upgrade.record.UpgradeSchema;
import io.visor.upgrade.record.UpgradeTables;
import io.visor.upgrade.record.Verdicts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an instance has left that does not run: links and manifests tell what is active and staged,
/// the database what has happened. Nothing of it is changed.
public final class StoppedInstance {

    /// The state of an upgrade that had not ended when visor did.
    private static final String INTERRUPTED = "interrupted";

    /// The instance of `visor start` keeps the home's own links.
    private static final InstanceName START = new InstanceName("start");

    private final Home home;
    private final InstanceName name;
    private final VisorConfig config;
    private final Clock clock;
    private final Explainer explainer;

    /// Knows an instance; nothing is read yet.
    public StoppedInstance(Home home, InstanceName name, VisorConfig config, Clock clock) {
        this.home = home;
        this.name = name;
        this.config = config;
        this.clock = clock;
        this.explainer = new Explainer(new Outlook(clock));
    }

    /// Whether a visor runs as this instance after all, and does not answer.
    public boolean isRunning() {
        return HeldLocks.isHeld(home.instance(name).lock());
    }

    /// What is kept of a program.
    private record Kept(Memory memory, @Nullable Instant since, Retrospect past) {}

    /// Why a program is at its version.
    ///
    /// @throws CannotException if what is kept cannot be read
    public Explanation explain(ProgramSpec program) {
        VersionStore store = Clients.store(home, program);
        try {
            Version active = active(store, program).orElse(null);
            Kept kept =
                    read(session -> kept(session, store, active))
                            .orElseGet(() -> ofManifests(store));
            return explain(program, store, active, kept);
        } catch (ReleaseException e) {
            throw CannotException.now("read " + home, e.why(), e);
        }
    }

    private Explanation explain(
            ProgramSpec spec, VersionStore store, @Nullable Version active, Kept kept) {
        Program remembered = Program.initial(active, kept.memory);
        Program program =
                new Program(
                        active,
                        remembered.lastGood(),
                        requirement(kept.past.asked()),
                        remembered.held(),
                        remembered.state(),
                        0,
                        false);
        Standing standing =
                new Standing(spec, program, kept.memory, kept.since, true, null, null, store);
        Explanation explanation =
                explainer.explain(
                        standing,
                        new Circumstances(
                                role(spec),
                                List.of(),
                                chain(),
                                null,
                                null,
                                Disk.of(standing),
                                kept.past));
        OpenUpgrade open = kept.memory.upgrade();
        return open == null ? explanation : explanation.with(interrupted(open));
    }

    /// Null where neither the configuration nor a service in it tells, as after a wrap.
    private @Nullable Role role(ProgramSpec spec) {
        boolean isUsed =
                config.services().stream()
                        .anyMatch(service -> spec.name().equals(service.program()));
        return spec.role() != null || isUsed ? spec.roleAmong(config.services()) : null;
    }

    private static UpgradeStatus interrupted(OpenUpgrade open) {
        Move move = open.move();
        Version from = move.from();
        return new UpgradeStatus(
                INTERRUPTED,
                null,
                from == null ? null : from.toString(),
                move.to().toString(),
                Outlook.urgency(move.urgency()),
                move.attempt(),
                0,
                open.back() == null ? null : open.back().why(),
                null,
                null,
                List.of(),
                null);
    }

    private static @Nullable Requirement requirement(Retrospect.@Nullable Asked asked) {
        return asked == null
                ? null
                : new Requirement(
                        asked.min(),
                        asked.target(),
                        new Observation(
                                asked.endpoint(),
                                asked.chain(),
                                new ProtocolVersions(
                                        asked.min(), asked.target(), asked.min(), asked.target()),
                                asked.height(),
                                asked.blockTime(),
                                false,
                                asked.at()));
    }

    private ChainStatus chain() {
        return new ChainStatus(
                config.chain().chainId(),
                null,
                config.chain().endpoints().stream()
                        .map(EndpointAddress::toString)
                        .map(address -> new ChainStatus.Endpoint(address, null, null, null))
                        .toList());
    }

    private Optional<Version> active(VersionStore store, ProgramSpec program) {
        Path own = name.equals(START) ? home.bin() : home.instance(name).bin();
        return new ActiveLink(store, own, program.binary())
                .active()
                .or(() -> new ActiveLink(store, home.bin(), program.binary()).active());
    }

    private Kept kept(Session session, VersionStore store, @Nullable Version active) {
        UpgradeTables tables = new UpgradeTables(name.text(), store.program());
        Memory memory = tables.load(session);
        return new Kept(
                tables.isKnown(session) ? memory : memory.with(ofManifests(store).memory),
                active == null ? null : tables.since(session, active).orElse(null),
                Retrospect.read(session, name.text(), store.program()));
    }

    private Kept ofManifests(VersionStore store) {
        return new Kept(Verdicts.read(store, name.text()), null, Retrospect.NONE);
    }

    /// The copies of a program's data, newest first.
    ///
    /// @throws CannotException if they cannot be read
    public List<BackupEntry> backups(ProgramSpec program) {
        try {
            return BackupEntries.of(Clients.backups(home, name, program, clock, FaultPoints.NONE));
        } catch (UpgradeException e) {
            throw CannotException.now("list backups", e.why(), e);
        }
    }

    /// The history, newest first.
    ///
    /// @param program of this program only; null: of all
    /// @param most how many upgrades at most
    /// @throws CannotException if it cannot be read
    public Listing<UpgradeEntry> history(@Nullable ProgramName program, int most) {
        HistoryPage page =
                read(session -> HistoryPage.read(session, name.text(), program, 0, most))
                        .orElse(new HistoryPage(List.of(), 0));
        return HistoryEntries.page(page, 1, most);
    }

    /// One upgrade, with all that is kept of it.
    ///
    /// @throws CannotException if there is none of that number, or it cannot be read
    public UpgradeEntry upgrade(long id) {
        return read(session -> HistoryPage.one(session, name.text(), id))
                .flatMap(found -> found)
                .map(HistoryEntries::one)
                .orElseThrow(() ->
                        CannotException.untilChanged(
                                "show upgrade " + id, "there is no upgrade of that number here"));
    }

    /// Asks the database.
    ///
    /// @return nothing if there is none
    private <T> Optional<T> read(Function<Session, T> question) {
        Path file = home.database();
        try (SqliteDatabase database =
                SqliteDatabase.openToRead(file, List.of(UpgradeSchema.SCHEMA)).orElse(null)) {
            return database == null
                    ? Optional.empty()
                    : Optional.of(database.transaction(question::apply));
        } catch (DatabaseException e) {
            throw unread(file, e);
        }
    }

    private static CannotException unread(Path file, DatabaseException e) {
        return switch (e.kind()) {
            case NEWER ->
                    CannotException.untilChanged(
                            "read " + file, e.why() + "; use that visor, or --directory");
            case OLDER ->
                    CannotException.untilChanged(
                            "read " + file, e.why() + "; visor start brings it to this one's form");
            case CORRUPT ->
                    CannotException.untilChanged(
                            "read " + file,
                            "it is damaged (" + e.why() + "); visor start builds it anew");
            case DISK, BUSY, FAULT -> CannotException.now("read " + file, e.why(), e);
        };
    }
}
