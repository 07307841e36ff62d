package io.visor.daemon;

import io.visor.model.Assurance;
import io.visor.model.Chance;
import io.visor.model.Environment;
import io.visor.model.Observation;
import io.visor.model.Platform;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ProtocolVersions;
import io.visor.model.ReleaseSpec;
import io.visor.model.Requirement;
import io.visor.model.RestartPolicy;
import io.visor.model.Role;
import io.visor.model.RollbackPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Sha256;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.os.FileLock;
import io.visor.process.ChildTable;
import io.visor.process.ProcessLauncher;
import io.visor.process.ShortCommand;
import io.visor.release.ActiveLink;
import io.visor.release.Manifest;
import io.visor.release.ReleaseSource;
import io.visor.release.Stager;
import io.visor.release.VersionProbe;
import io.visor.release.VersionStore;
import io.visor.service.ProcessBackend;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.store.Database;
import io.visor.store.DatabaseException;
import io.visor.store.DurableFiles;
import io.visor.store.FaultPoints;
import io.visor.store.Recorder;
import io.visor.store.SqliteDatabase;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import io.visor.upgrade.ActiveVersions;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.Upgrader;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.hook.Hooks;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeRecords.Remembered;
import io.visor.upgrade.record.UpgradeSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Takes a child that only sleeps through upgrades, so that the first real one meets code that has
/// run before: a path that is walked for the first time takes a JVM ten times as long, and all of
/// that would be time without a process.
final class Rehearsal {

    private static final int ROUNDS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final List<Path> SLEEPERS =
            List.of(Path.of("/bin/sleep"), Path.of("/usr/bin/sleep"));
    private static final ProgramName PROGRAM = new ProgramName("rehearsal");

    private final Path folder;
    private final Loop loop;
    private final Scheduler scheduler;
    private final ProcessLauncher launcher;
    private final Map<String, String> environment;
    private final String marks;
    private final Wakeup step;

    /// Prepares it.
    ///
    /// @param folder where its files are made; deleted in the end
    /// @param marks what the marks of its processes begin with
    Rehearsal(
            Path folder,
            Loop loop,
            Scheduler scheduler,
            ProcessLauncher launcher,
            Map<String, String> environment,
            String marks) {
        this.folder = folder;
        this.loop = loop;
        this.scheduler = scheduler;
        this.launcher = launcher;
        this.environment = environment;
        this.marks = marks;
        this.step = scheduler.wakeup();
    }

    /// Plays it. Nothing happens where there is no `sleep`.
    ///
    /// @throws IOException if the files cannot be made
    void run() throws IOException, InterruptedException {
        Optional<Path> sleeper = SLEEPERS.stream().filter(Files::isExecutable).findFirst();
        if (sleeper.isEmpty()) {
            return;
        }
        try {
            play(sleeper.get());
        } finally {
            DurableFiles.deleteTree(folder);
        }
    }

    private void play(Path sleeper) throws IOException, InterruptedException {
        VersionStore store = new VersionStore(PROGRAM, "sleep", folder.resolve("upgrades"));
        Sha256 digest = Sha256.of(Sha256.digester().digest(Files.readAllBytes(sleeper)));
        for (int i = 1; i <= ROUNDS; i++) {
            put(store, version(i), sleeper, digest);
        }
        ActiveVersions versions = new ActiveVersions(folder.resolve("bin"));
        versions.add(
                store,
                new ActiveLink(store, folder.resolve("bin"), "sleep"),
                Optional.of(version(1)));
        Supervisor supervisor =
                new Supervisor(
                        loop,
                        scheduler.clock(),
                        new ProcessBackend(launcher, environment, versions, marks, _ -> null),
                        (spec, _) -> {
                            throw new IllegalStateException(spec.name() + " has no checks");
                        },
                        FaultPoints.NONE,
                        () -> 0);
        ProgramSpec program = program();
        Loop records = scheduler.loop("rehearsal-records");
        Recorder recorder = new Recorder(records, loop, new InMemory(), new Indifferent());
        Upgrader upgrader =
                new Upgrader(
                        loop,
                        scheduler,
                        supervisor,
                        versions,
                        new UpgradeRecords(recorder, "rehearsal"),
                        FaultPoints.NONE,
                        marks,
                        (_, notice) -> {
                            if (notice instanceof UpgradeNotice.Committed) {
                                step.signal();
                            }
                        });
        loop.execute(() -> {
            supervisor.listen((_, notice) -> {
                if (notice instanceof ServiceNotice.Started
                        || notice instanceof ServiceNotice.AtRest) {
                    step.signal();
                }
            });
            supervisor.add(service());
            upgrader.add(
                    program,
                    store,
                    stager(store, program),
                    hooks(program, store),
                    backups(program),
                    new Chance(0));
            upgrader.require(PROGRAM, requirement(version(1)));
            // No upgrade begins before it is known what was kept, which is nothing.
            upgrader.remember(
                    Map.of(PROGRAM, new Remembered(Memory.NONE, null, false)), upgrader::begin);
        });
        boolean going = step.await(PATIENCE);
        for (int i = 2; i <= ROUNDS && going; i++) {
            Requirement next = requirement(version(i));
            loop.execute(() -> upgrader.require(PROGRAM, next));
            while (going && !versions.active(PROGRAM).equals(Optional.of(next.target()))) {
                going = step.await(PATIENCE);
            }
        }
        loop.execute(() -> {
            upgrader.close();
            supervisor.shutdown();
        });
        boolean unused = step.await(PATIENCE);
        recorder.close(records::close);
    }

    /// What is rehearsed is written to nothing that stays.
    private static final class InMemory implements Recorder.Source {

        @Override
        public Database open() {
            return SqliteDatabase.inMemory(List.of(UpgradeSchema.SCHEMA));
        }

        @Override
        public Optional<String> setAside() {
            return Optional.empty();
        }
    }

    /// A rehearsal that fails is no loss.
    private static final class Indifferent implements Recorder.Listener {

        @Override
        public void onFailing(DatabaseException why) {
            // Nobody needs what was to be written.
        }

        @Override
        public void onRecovered() {
            // Nobody has waited for it.
        }

        @Override
        public void onRebuilt(DatabaseException why, Optional<String> to) {
            // There is nothing to build it from.
        }

        @Override
        public void onFault(DatabaseException why) {
            // The real database will tell.
        }
    }

    private static Version version(int number) {
        return new Version(List.of(number, 0, 0), List.of());
    }

    /// Puts the sleeper in place as if it were a release.
    private static void put(VersionStore store, Version version, Path sleeper, Sha256 digest)
            throws IOException {
        Files.createDirectories(store.directory(version));
        Files.copy(sleeper, store.binary(version));
        Manifest manifest =
                new Manifest(
                        PROGRAM,
                        version,
                        "rehearsal",
                        Files.size(sleeper),
                        digest,
                        Assurance.L1,
                        Instant.EPOCH);
        Files.write(store.directory(version).resolve("manifest.json"), manifest.encode());
    }

    private static ProgramSpec program() {
        return new ProgramSpec(
                PROGRAM,
                "sleep",
                Role.BOTH,
                new ReleaseSpec(
                        new ReleaseSpec.UrlTemplate("http://127.0.0.1:1/{version}", null),
                        Assurance.L1,
                        List.of()),
                new UpgradePolicy(
                        UpgradePolicy.Auto.FALSE, Duration.ZERO, PATIENCE, RollbackPolicy.AUTO),
                StopPolicy.DEFAULT);
    }

    private ServiceSpec service() {
        return new ServiceSpec(
                new ServiceName("rehearsal"),
                PROGRAM,
                List.of("sleep", "60"),
                Path.of("/"),
                Environment.EMPTY,
                RestartPolicy.POD,
                new StopPolicy(List.of(new StopPolicy.Step(Signal.TERM, PATIENCE)), Set.of()),
                new ServiceSpec.PassThrough());
    }

    private Stager stager(VersionStore store, ProgramSpec program) {
        return new Stager(
                store,
                program.release(),
                new NoReleases(),
                new Stager.Machine(
                        Platform.current(),
                        new VersionProbe(
                                environment, new ShortCommand(new ChildTable()), scheduler.clock()),
                        FileLock::tryAcquire,
                        scheduler,
                        FaultPoints.NONE),
                _ -> {});
    }

    /// There are none.
    private Backups backups(ProgramSpec program) {
        return new Backups(program.name(), null, 0, folder, scheduler.clock(), FaultPoints.NONE);
    }

    /// There are none.
    private Hooks hooks(ProgramSpec program, VersionStore store) {
        return new Hooks(
                program.name(),
                program.binary(),
                program.upgrade(),
                store::binary,
                new Hooks.Runner(
                        new ShortCommand(new ChildTable()),
                        scheduler.clock(),
                        environment,
                        folder,
                        PROGRAM.text()));
    }

    private static Requirement requirement(Version version) {
        return Requirement.of(
                new Observation(
                        "rehearsal",
                        "rehearsal",
                        new ProtocolVersions(version, version, version, version),
                        1,
                        Instant.EPOCH,
                        false,
                        Instant.EPOCH),
                Role.BOTH);
    }

    /// Publishes nothing: all versions are here.
    private static final class NoReleases implements ReleaseSource {

        @Override
        public Offer find(Version version, Platform platform) {
            throw new IllegalStateException("nothing is fetched in a rehearsal");
        }

        @Override
        public Body open(Offer offer) {
            throw new IllegalStateException("nothing is fetched in a rehearsal");
        }

        @Override
        public List<Version> published() {
            return List.of();
        }
    }
}
