package io.visor.release;

import io.visor.model.Assurance;
import io.visor.model.Platform;
import io.visor.model.ReleaseSpec;
import io.visor.model.Sha256;
import io.visor.model.Version;
import io.visor.os.FileLock;
import io.visor.os.OsException;
import io.visor.release.ReleaseException.Kind;
import io.visor.release.ReleaseSource.Offer;
import io.visor.store.DurableFiles;
import io.visor.store.FaultPoints;
import io.visor.time.Clock;
import io.visor.time.Scheduler;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings a version into its place: whole, verified and able to run, or not at all.
///
/// The order is: lock the version, write to `.staging/` while hashing, flush, compare, make
/// executable, ask for its version, write and flush the manifest, rename the directory, flush the
/// parent. Whatever is found in `.staging/` under the lock is of an interrupted attempt and is
/// deleted.
public final class Stager {

    private static final Duration LOCK_POLL = Duration.ofMillis(50);

    /// What is done one after the other.
    private enum Step {
        LOCK,
        ADOPT,
        SET_UP,
        DOWNLOAD,
        CHECK,
        WRITE_MANIFEST,
        SET_ASIDE,
        PUT_IN_PLACE,
        CLEAN_UP,
        JUDGE
    }

    private final VersionStore store;
    private final ReleaseSpec spec;
    private final ReleaseSource source;
    private final Machine machine;
    private final FaultPoints faults;
    private final Clock clock;
    private final Consumer<ReleaseEvent> listener;

    /// What it works with.
    ///
    /// @param platform whose binaries are fetched
    /// @param probe asks binaries for their version
    /// @param locks keep other instances off a version while it is staged
    /// @param scheduler starts what is done at the same time
    /// @param faults told of every step
    public record Machine(
            Platform platform,
            VersionProbe probe,
            FileLock.Source locks,
            Scheduler scheduler,
            FaultPoints faults) {}

    /// Makes a stager for one program.
    ///
    /// @param listener told what happens, on the thread that stages
    public Stager(
            VersionStore store,
            ReleaseSpec spec,
            ReleaseSource source,
            Machine machine,
            Consumer<ReleaseEvent> listener) {
        this.store = store;
        this.spec = spec;
        this.source = source;
        this.machine = machine;
        this.faults = machine.faults;
        this.clock = machine.scheduler.clock();
        this.listener = listener;
    }

    /// The versions that the source says are published; none if it has no list.
    ///
    /// @throws ReleaseException if it does not answer
    public List<Version> published() {
        return source.published();
    }

    /// Has a version in its place when it returns.
    ///
    /// @param mayFetch whether it may be fetched if it is not here
    /// @throws ReleaseException if it cannot be had, or may not be run; nothing of it is in its
    ///   place then
    /// @throws InterruptedException if the calling task is cancelled
    public Manifest stage(Version version, boolean mayFetch) throws InterruptedException {
        return stage(version, mayFetch, () -> {});
    }

    /// Has a version in its place when it returns.
    ///
    /// @param mayFetch whether it may be fetched if it is not here
    /// @param onDelay called on this thread before another instance is waited for, and before the
    ///   release is asked for and fetched
    /// @throws ReleaseException if it cannot be had, or may not be run; nothing of it is in its
    ///   place then
    /// @throws InterruptedException if the calling task is cancelled
    public Manifest stage(Version version, boolean mayFetch, Runnable onDelay)
            throws InterruptedException {
        Optional<Manifest> here = here(version);
        if (here.isPresent()) {
            return here.get();
        }
        if (!mayFetch && !Files.exists(store.binary(version))) {
            throw new ReleaseException(Kind.NOT_HERE, version + " is not in " + store.root());
        }
        try (FileLock unused = lock(version, onDelay)) {
            // Another instance may have brought it while the lock was waited for.
            here = here(version);
            if (here.isPresent()) {
                return here.get();
            }
            return bring(version, mayFetch, onDelay);
        } catch (IOException e) {
            throw VersionStore.disk(store.root(), e);
        }
    }

    /// Keeps with a version how it did in an instance, or forgets that. Nothing happens if the
    /// version is not here.
    ///
    /// @param verdict null: none
    /// @throws ReleaseException if the disk does not allow it
    public void judge(Version version, String instance, Manifest.@Nullable Verdict verdict)
            throws InterruptedException {
        if (store.manifest(version).isEmpty()) {
            return;
        }
        try (FileLock unused = lock(version, () -> {})) {
            Optional<Manifest> manifest = store.manifest(version);
            if (manifest.isPresent()) {
                faults.before(Step.JUDGE);
                store.write(manifest.get().judged(instance, verdict));
                faults.after(Step.JUDGE);
            }
        } catch (IOException e) {
            throw VersionStore.disk(store.root(), e);
        }
    }

    /// The version if it is in its place and is what its manifest says.
    private Optional<Manifest> here(Version version) {
        Optional<Manifest> manifest = store.manifest(version);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path unused = store.verified(version);
        } catch (ReleaseException e) {
            if (e.kind() == Kind.CHANGED || e.kind() == Kind.NOT_HERE) {
                return Optional.empty();
            }
            throw e;
        }
        gate(version, manifest.get().assurance(), manifest.get().isLocal());
        store.settle(version);
        return manifest;
    }

    private void gate(Version version, Assurance assurance, boolean local) {
        boolean enough =
                assurance.compareTo(spec.required()) >= 0
                        || local && spec.required().compareTo(Assurance.L1) <= 0;
        if (!enough) {
            throw new ReleaseException(
                    Kind.ASSURANCE,
                    version
                            + " is proven at "
                            + assurance
                            + " ("
                            + assurance.word()
                            + ") only, and "
                            + spec.required()
                            + " ("
                            + spec.required().word()
                            + ") is required");
        }
    }

    private FileLock lock(Version version, Runnable onDelay)
            throws InterruptedException, IOException {
        Path folder = store.root().resolve(".locks");
        DurableFiles.createDirectories(folder);
        Path file = folder.resolve("v" + version);
        boolean told = false;
        while (true) {
            Optional<FileLock> lock = tryLock(file);
            if (lock.isPresent()) {
                faults.after(Step.LOCK);
                return lock.get();
            }
            if (!told) {
                onDelay.run();
                listener.accept(new ReleaseEvent.Awaiting(store.program(), version));
                told = true;
            }
            clock.sleep(LOCK_POLL);
        }
    }

    private Optional<FileLock> tryLock(Path file) {
        try {
            return machine.locks.tryAcquire(file);
        } catch (OsException e) {
            throw new ReleaseException(Kind.DISK, file + ": " + e.reason(), e);
        }
    }

    private Manifest bring(Version version, boolean mayFetch, Runnable onDelay)
            throws IOException, InterruptedException {
        if (Files.exists(store.directory(version), LinkOption.NOFOLLOW_LINKS)) {
            try {
                return adopt(version);
            } catch (ReleaseException e) {
                // What the disk does not give now is no reason to put another one in its place.
                if (!mayFetch || e.kind() == Kind.DISK) {
                    throw e;
                }
                onDelay.run();
                return fetch(version, e.why());
            }
        }
        onDelay.run();
        return fetch(version, null);
    }

    /// Takes over a version that LavaVisor or an operator put in its place.
    private Manifest adopt(Version version) throws IOException, InterruptedException {
        Path binary = store.binary(version);
        if (store.manifest(version).isPresent()) {
            // It has a manifest, and was found not to be what that says.
            Path unused = store.verified(version);
        }
        requireSafe(store.directory(version));
        if (!isRegularFile(binary)) {
            throw new ReleaseException(Kind.WRONG_BINARY, binary + " is no regular file");
        }
        requireSafe(binary);
        if (!Files.isExecutable(binary)) {
            throw new ReleaseException(
                    Kind.WRONG_BINARY, binary + " may not be executed; chmod +x it");
        }
        machine.probe.check(binary, spec.versionArguments(), version);
        Manifest manifest =
                new Manifest(
                        store.program(),
                        version,
                        Manifest.LOCAL,
                        Files.size(binary),
                        store.hash(binary),
                        Assurance.L0,
                        clock.now());
        gate(version, manifest.assurance(), true);
        faults.before(Step.ADOPT);
        store.write(manifest);
        faults.after(Step.ADOPT);
        Path unused = store.verified(version);
        store.settle(version);
        listener.accept(new ReleaseEvent.Adopted(store.program(), manifest));
        return manifest;
    }

    /// Unlike the JDK's own question, this one tells a file that is none from one that cannot be
    /// looked at now.
    private static boolean isRegularFile(Path file) throws IOException {
        try {
            return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Only root and the owner of the home may be able to change what is going to be run.
    private void requireSafe(Path path) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        UserPrincipal owner = attributes.owner();
        boolean trusted =
                owner.getName().equals("root") || owner.equals(Files.getOwner(store.root()));
        if (!trusted) {
            throw new ReleaseException(
                    Kind.UNSAFE,
                    path
                            + " belongs to "
                            + owner.getName()
                            + "; chown it to "
                            + Files.getOwner(store.root()).getName());
        }
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new ReleaseException(
                    Kind.UNSAFE, path + " may be written by others than its owner; chmod go-w it");
        }
    }

    private void setAside(Version version, String why) throws IOException {
        Path directory = store.directory(version);
        Path to = null;
        for (int i = 1; to == null || Files.exists(to, LinkOption.NOFOLLOW_LINKS); i++) {
            to = store.root().resolve(".aside").resolve("v" + version + "-" + i);
        }
        DurableFiles.createDirectories(store.root().resolve(".aside"));
        DurableFiles.rename(directory, to);
        listener.accept(new ReleaseEvent.SetAside(store.program(), version, to.toString(), why));
    }

    /// Fetches a version; what stands in its place stays there until the new one is verified.
    ///
    /// @param unusable why what stands in its place will not do; null if nothing stands there
    private Manifest fetch(Version version, @Nullable String unusable)
            throws IOException, InterruptedException {
        Duration begin = clock.monotonic();
        Offer offer = source.find(version, machine.platform);
        gate(version, offer.assurance(), false);
        listener.accept(new ReleaseEvent.Fetching(store.program(), version, offer.from()));
        faults.before(Step.SET_UP);
        deleteLeftovers();
        Path staging = store.staging().resolve("v" + version);
        DurableFiles.deleteTree(staging);
        DurableFiles.createDirectories(staging);
        try {
            Path binary = staging.resolve(String.valueOf(store.binary(version).getFileName()));
            faults.before(Step.DOWNLOAD);
            Sha256 digest =
                    new Download(source, offer, machine.scheduler)
                            .to(
                                    binary,
                                    (bytes, all) ->
                                            listener.accept(
                                                    new ReleaseEvent.Progress(
                                                            store.program(), version, bytes, all)));
            faults.before(Step.CHECK);
            if (offer.digest() != null && !offer.digest().equals(digest)) {
                throw new ReleaseException(
                        Kind.CHECKSUM,
                        offer.asset()
                                + ": sha256 is "
                                + digest.brief()
                                + " but "
                                + offer.digest().brief()
                                + " was announced");
            }
            VersionStore.Fingerprint hashed = VersionStore.Fingerprint.of(binary);
            machine.probe.check(binary, spec.versionArguments(), version);
            Manifest manifest =
                    new Manifest(
                            store.program(),
                            version,
                            offer.from(),
                            Files.size(binary),
                            digest,
                            offer.assurance(),
                            clock.now());
            faults.before(Step.WRITE_MANIFEST);
            DurableFiles.write(staging.resolve(Manifest.FILE), manifest.encode());
            if (unusable != null) {
                faults.before(Step.SET_ASIDE);
                setAside(version, unusable);
            }
            faults.before(Step.PUT_IN_PLACE);
            DurableFiles.rename(staging, store.directory(version));
            faults.after(Step.PUT_IN_PLACE);
            store.remember(version, hashed, digest);
            Path unused = store.verified(version);
            listener.accept(
                    new ReleaseEvent.Fetched(store.program(), manifest, clock.since(begin)));
            return manifest;
        } finally {
            faults.before(Step.CLEAN_UP);
            DurableFiles.deleteTree(staging);
        }
    }

    /// Deletes what interrupted attempts at other versions have left. What is locked is being made
    /// ready by another instance, or is the version that is fetched here.
    private void deleteLeftovers() throws IOException {
        if (!Files.isDirectory(store.staging())) {
            return;
        }
        try (DirectoryStream<Path> attempts = Files.newDirectoryStream(store.staging(), "v*")) {
            for (Path attempt : attempts) {
                String name = String.valueOf(attempt.getFileName());
                if (Version.parse(name).isEmpty()) {
                    continue;
                }
                Optional<FileLock> lock = tryLock(store.root().resolve(".locks").resolve(name));
                if (lock.isPresent()) {
                    try (FileLock unused = lock.get()) {
                        DurableFiles.deleteTree(attempt);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
