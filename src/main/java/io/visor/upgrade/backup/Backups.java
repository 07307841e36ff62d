package io.visor.upgrade.backup;

import io.visor.json.JsonException;
import io.visor.model.BackupPolicy;
import io.visor.model.FileFailures;
import io.visor.model.ProgramName;
import io.visor.model.Sizes;
import io.visor.model.Version;
import io.visor.store.DurableFiles;
import io.visor.store.FaultPoints;
import io.visor.store.TreeCopy;
import io.visor.time.Clock;
import io.visor.upgrade.UpgradeException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The backups of one program of an instance: each a folder that is whole, or not there. Every
/// method may take as long as the disk does; for tasks. What changes something waits for what does
/// so already, such as a copy that was given up and has not noticed yet.
public final class Backups {

    private static final String STAGING = ".staging";

    /// The effects whose interruption must lose nothing.
    enum Step {
        COPY,
        WRITE_MANIFEST,
        PUT_IN_PLACE,
        COPY_BACK,
        LINK,
        PRUNE
    }

    private final ProgramName program;
    private final @Nullable BackupPolicy policy;
    private final long reserve;
    private final Path folder;
    private final Clock clock;
    private final FaultPoints faults;
    private final Swap swap;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long expected;

    /// Told how far a copy is.
    public interface Progress {

        /// @param bytes how many are copied
        /// @param all how many there are to copy, as far as it is known
        void on(long bytes, long all);
    }

    /// Knows where the backups of a program are.
    ///
    /// @param policy what is copied; null: nothing, and what there is can still be put back
    /// @param reserve how many bytes the disk must have left
    /// @param folder of this program in this instance alone
    /// @param faults told of every effect
    public Backups(
            ProgramName program,
            @Nullable BackupPolicy policy,
            long reserve,
            Path folder,
            Clock clock,
            FaultPoints faults) {
        this.program = program;
        this.policy = policy;
        this.reserve = reserve;
        this.folder = folder;
        this.clock = clock;
        this.faults = faults;
        this.swap = new Swap(folder.resolve("restore.json"), faults);
    }

    /// Whether a backup is made before a switch.
    ///
    /// @param when while the services run, or when they are stopped
    public boolean isDue(BackupPolicy.When when) {
        return policy != null && policy.when() == when;
    }

    /// Looks, while everything runs, whether a backup can be made and put back.
    ///
    /// @param comesBack whether it is put back by itself: that takes as much room again
    /// @return why not, and what to do; nothing if it can be
    public Optional<String> obstacle(boolean comesBack) {
        if (policy == null) {
            return Optional.empty();
        }
        try {
            DurableFiles.createDirectories(folder);
            long bytes = 0;
            Room room = new Room(reserve);
            for (Path path : policy.paths()) {
                Path root = path.toRealPath();
                Optional<String> obstacle = obstacle(root);
                if (obstacle.isPresent()) {
                    return obstacle;
                }
                long size = TreeCopy.measure(root).bytes();
                bytes += size;
                if (!TreeCopy.isShared(root, folder)) {
                    room.take(folder, size);
                    room.take(root, comesBack ? size : 0);
                }
            }
            expected = bytes;
            return room.lacking().map(lack -> lack(lack, comesBack));
        } catch (IOException e) {
            return Optional.of("no backup can be made: " + FileFailures.why(folder, e));
        }
    }

    private String lack(Room.Lack lack, boolean comesBack) {
        return "no backup can be made%s: it takes %s, and %s has %s free, of which %s (upgrade.min-free) must stay; make room, or set upgrade.backup.directory"
                .formatted(
                        comesBack ? " and put back" : "",
                        Sizes.format(lack.needed()),
                        lack.directory(),
                        Sizes.format(lack.free()),
                        Sizes.format(reserve));
    }

    /// Deletes the copies that earlier attempts at an upgrade have left, but for the first: it has
    /// what was there before the new version ever ran. Else a release that fails, or a hook, would
    /// fill the disk.
    ///
    /// @throws UpgradeException if something cannot be deleted
    public void forget(Version from, Version to) throws InterruptedException {
        if (policy == null) {
            return;
        }
        lock.lockInterruptibly();
        try {
            for (Backup again :
                    whole().stream()
                            .filter(one -> one.from().equals(from) && one.to().equals(to))
                            .skip(1)
                            .toList()) {
                delete(again);
            }
        } catch (IOException e) {
            throw new UpgradeException(FileFailures.why(folder, e), e);
        } finally {
            lock.unlock();
        }
    }

    private void delete(Backup backup) throws IOException {
        // Without what says that it is one, a half is none.
        faults.before(Step.PRUNE);
        DurableFiles.deleteTree(directory(backup).resolve(Backup.FILE));
        DurableFiles.deleteTree(directory(backup));
    }

    private Optional<String> obstacle(Path root) throws IOException {
        String why = null;
        Path parent = root.getParent();
        if (!Files.isDirectory(root)) {
            why = "it is no directory; correct upgrade.backup.paths";
        } else if (parent == null || !dev(root).equals(dev(parent))) {
            why =
                    "a mount point cannot be put back in one step; name the directories in it in"
                            + " upgrade.backup.paths";
        } else if (folder.toRealPath().startsWith(root)) {
            why = "it holds the backups; set upgrade.backup.directory";
        } else if (!Files.isWritable(parent)) {
            why = "it could not be put back, as " + parent + " may not be written";
        }
        return Optional.ofNullable(why)
                .map(reason -> "no backup can be made of " + root + ": " + reason);
    }

    private static Object dev(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }

    /// Copies the directories of the policy.
    ///
    /// @param from the version that has written the data
    /// @param to the version that comes next
    /// @throws UpgradeException if that is not possible; nothing is left of the backup
    public Backup make(Version from, Version to, Progress progress) throws InterruptedException {
        if (policy == null) {
            throw new IllegalStateException("nothing is backed up");
        }
        lock.lockInterruptibly();
        try {
            return make(policy, from, to, progress);
        } finally {
            lock.unlock();
        }
    }

    private Backup make(BackupPolicy policy, Version from, Version to, Progress progress)
            throws InterruptedException {
        Path staging = folder.resolve(STAGING);
        try {
            DurableFiles.createDirectories(folder);
            DurableFiles.deleteTree(staging);
            Files.createDirectory(
                    staging,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            Backup backup = copy(policy, from, to, staging, progress);
            faults.before(Step.WRITE_MANIFEST);
            DurableFiles.write(staging.resolve(Backup.FILE), backup.encode());
            faults.before(Step.PUT_IN_PLACE);
            DurableFiles.rename(staging, folder.resolve(backup.name()));
            faults.after(Step.PUT_IN_PLACE);
            return backup;
        } catch (ClosedByInterruptException e) {
            throw interrupted(List.of(staging), e);
        } catch (IOException e) {
            discard(staging, e);
            throw new UpgradeException("no backup can be made: " + FileFailures.why(folder, e), e);
        } catch (InterruptedException e) {
            throw interrupted(List.of(staging), e);
        }
    }

    /// Whoever does not want it any more has no use for a part of it either.
    static InterruptedException interrupted(List<Path> parts, Exception reason) {
        boolean unused = Thread.interrupted();
        parts.forEach(part -> discard(part, reason));
        return reason instanceof InterruptedException same
                ? same
                : (InterruptedException)
                        new InterruptedException("the copy was given up").initCause(reason);
    }

    private Backup copy(
            BackupPolicy policy, Version from, Version to, Path staging, Progress progress)
            throws IOException, InterruptedException {
        Instant begun = begun();
        List<Backup.Tree> trees = new ArrayList<>();
        boolean live = policy.when() == BackupPolicy.When.RUNNING;
        boolean shared = true;
        long before = 0;
        for (Path path : policy.paths()) {
            Path root = path.toRealPath();
            String name = (trees.size() + 1) + "-" + root.getFileName();
            shared &= TreeCopy.isShared(root, staging);
            faults.before(Step.COPY);
            TreeCopy.Size size = copy(root, staging.resolve(name), live, before, progress);
            before += size.bytes();
            trees.add(new Backup.Tree(root, name, size.files(), size.bytes()));
        }
        return new Backup(program, from, to, begun, policy.when(), shared, trees);
    }

    /// A clock that was set back must not make the newest backup the oldest, which is deleted
    /// first.
    private Instant begun() {
        Instant now = clock.now();
        return whole().stream()
                .map(last -> last.time().plusMillis(1))
                .filter(now::isBefore)
                .reduce(now, (_, later) -> later);
    }

    private TreeCopy.Size copy(Path from, Path to, boolean live, long before, Progress progress)
            throws IOException, InterruptedException {
        long all = Math.max(expected, before);
        return TreeCopy.copy(
                from,
                to,
                live,
                bytes -> progress.on(before + bytes, Math.max(all, before + bytes)));
    }

    static void discard(Path tree, Exception reason) {
        try {
            DurableFiles.deleteTree(tree);
        } catch (IOException e) {
            // The next backup deletes it, or tells that it cannot.
            reason.addSuppressed(e);
        }
    }

    /// The backups, the newest last.
    ///
    /// @throws UpgradeException if one cannot be read
    public List<Backup> list() {
        return list(damage -> {
            throw damage;
        });
    }

    /// Those that can be read: one that was damaged keeps no upgrade from beginning, and none from
    /// being put back.
    private List<Backup> whole() {
        return list(_ -> {});
    }

    private List<Backup> list(Consumer<UpgradeException> damaged) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Backup> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "v*")) {
            for (Path entry : entries) {
                read(entry.resolve(Backup.FILE), damaged).ifPresent(all::add);
            }
        } catch (DirectoryIteratorException e) {
            throw new UpgradeException(
                    FileFailures.why(folder, Objects.requireNonNull(e.getCause())), e);
        } catch (IOException e) {
            throw new UpgradeException(FileFailures.why(folder, e), e);
        }
        all.sort(Comparator.comparing(Backup::time));
        return all;
    }

    /// Nothing if it is none, or none any more.
    private static Optional<Backup> read(Path file, Consumer<UpgradeException> damaged)
            throws IOException {
        try {
            return Optional.of(Backup.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException e) {
            damaged.accept(
                    new UpgradeException(file + ": " + e.why() + "; move its folder away", e));
            return Optional.empty();
        }
    }

    /// Where a backup is.
    public Path directory(Backup backup) {
        return folder.resolve(backup.name());
    }

    /// The newest backup of the data that a version has written.
    public Optional<Backup> of(Version version) {
        return whole().stream().filter(one -> one.from().equals(version)).reduce((_, last) -> last);
    }

    /// The newest backup that was made of a version's data for the upgrade to another one.
    public Optional<Backup> of(Version from, Version to) {
        return whole().stream()
                .filter(one -> one.from().equals(from) && one.to().equals(to))
                .reduce((_, last) -> last);
    }

    /// Puts a backup in the place of the data that is there; nothing may work with it meanwhile.
    /// What was there is kept beside it until the next upgrade has succeeded. Either both the data
    /// and the link are those of the old version, or none is, even after a crash: see [#resume].
    ///
    /// @param current the version that the link names until then
    /// @param link has the link name a version, durably
    /// @throws UpgradeException if that is not possible; all is as it was, unless it says that it
    ///   could not be taken back
    public void restore(Backup backup, Version current, Consumer<Version> link, Progress progress)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            new Restore(backup, directory(backup), current, link, swap, faults).run(progress);
        } finally {
            lock.unlock();
        }
    }

    /// Brings to its end what a crash has left of [#restore]; to be called before anything works
    /// with the data.
    ///
    /// @param link has the link name a version, durably
    /// @return the version whose data is there now; nothing if there was nothing to do
    /// @throws UpgradeException if that is not possible
    public Optional<Version> resume(Consumer<Version> link) {
        try {
            Optional<Swap.Intent> intent = swap.resume();
            if (intent.isPresent()) {
                link.accept(intent.get().version());
                swap.forget();
            }
            return intent.map(Swap.Intent::version);
        } catch (IOException e) {
            throw new UpgradeException(
                    "a backup was being put back, and that cannot be brought to its end: "
                            + FileFailures.why(folder, e),
                    e);
        } catch (JsonException e) {
            throw new UpgradeException(
                    "a backup was being put back, and that cannot be brought to its end: "
                            + folder.resolve("restore.json")
                            + ": "
                            + e.why(),
                    e);
        }
    }

    /// Deletes what is too much, and the data that was replaced; for when a new version is good.
    ///
    /// @throws UpgradeException if something cannot be deleted
    public void prune() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            // One that could not be taken back: the data that is there is that of the new version.
            if (swap.isIntended()) {
                swap.forget();
            }
            if (policy != null) {
                prune(policy);
            }
        } catch (IOException e) {
            throw new UpgradeException(FileFailures.why(folder, e), e);
        } finally {
            lock.unlock();
        }
    }

    private void prune(BackupPolicy policy) throws IOException {
        List<Backup> all = whole();
        for (Backup old : all.subList(0, Math.max(0, all.size() - policy.keep()))) {
            delete(old);
        }
        for (Path path : policy.paths()) {
            DurableFiles.deleteTree(Swap.gone(path.toRealPath()));
        }
    }
}
