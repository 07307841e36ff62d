package io.visor.upgrade.backup;

import io.visor.model.FileFailures;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.store.DurableFiles;
import io.visor.store.FaultPoints;
import io.visor.store.TreeCopy;
import io.visor.upgrade.UpgradeException;
import io.visor.upgrade.backup.Backups.Progress;
import io.visor.upgrade.backup.Backups.Step;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Puts one backup in the place of the data that is there, and has the link name the version that
/// had written it: both, or none.
final class Restore {

    private final Backup backup;
    private final Path copies;
    private final Version current;
    private final Consumer<Version> link;
    private final Swap swap;
    private final FaultPoints faults;
    private final List<Path> directories;

    /// @param copies the folder of the backup
    /// @param current the version that the link names
    /// @param link has the link name a version, durably
    Restore(
            Backup backup,
            Path copies,
            Version current,
            Consumer<Version> link,
            Swap swap,
            FaultPoints faults) {
        this.backup = backup;
        this.copies = copies;
        this.current = current;
        this.link = link;
        this.swap = swap;
        this.faults = faults;
        this.directories = backup.trees().stream().map(Backup.Tree::path).toList();
    }

    /// Does it.
    ///
    /// @throws UpgradeException if that is not possible; all is as it was, unless it says that it
    ///   could not be taken back
    void run(Progress progress) throws InterruptedException {
        try {
            makeReady(progress);
        } catch (ClosedByInterruptException e) {
            throw Backups.interrupted(directories.stream().map(Swap::coming).toList(), e);
        } catch (IOException e) {
            directories.forEach(one -> Backups.discard(Swap.coming(one), e));
            throw failure(e);
        } catch (InterruptedException e) {
            throw Backups.interrupted(directories.stream().map(Swap::coming).toList(), e);
        }
        Swap.Intent intent = new Swap.Intent(backup.from(), directories);
        try {
            swap.begin(intent);
            faults.before(Step.LINK);
            link.accept(backup.from());
            swap.forget();
        } catch (IOException e) {
            throw takenBack(intent, failure(e));
        } catch (RuntimeException e) {
            throw takenBack(intent, e);
        }
    }

    private UpgradeException failure(IOException e) {
        return new UpgradeException(
                "the backup "
                        + copies
                        + " cannot be put back: "
                        + FileFailures.why(copies.resolveSibling(""), e),
                e);
    }

    /// Copies the backup beside the data.
    private void makeReady(Progress progress) throws IOException, InterruptedException {
        if (swap.isIntended()) {
            // One that could not be taken back: a later visor would take half of this copy for the
            // whole of that one's.
            link.accept(current);
            swap.forget();
        }
        long before = 0;
        for (Backup.Tree tree : backup.trees()) {
            Path coming = Swap.coming(tree.path());
            DurableFiles.deleteTree(coming);
            faults.before(Step.COPY_BACK);
            long copied = before;
            TreeCopy.Size size =
                    TreeCopy.copy(
                            copies.resolve(tree.copy()),
                            coming,
                            false,
                            bytes -> progress.on(copied + bytes, backup.bytes()));
            before += size.bytes();
        }
    }

    /// The data first, then the link, which may name the other version already.
    private RuntimeException takenBack(Swap.Intent intent, RuntimeException reason) {
        try {
            swap.takeBack(intent);
            link.accept(current);
            swap.forget();
        } catch (IOException e) {
            return notTakenBack(reason, FileFailures.why(copies, e), e);
        } catch (VisorException e) {
            return notTakenBack(reason, e.why(), e);
        }
        directories.forEach(one -> Backups.discard(Swap.coming(one), reason));
        return reason;
    }

    /// It is still written down.
    private static UpgradeException notTakenBack(
            RuntimeException reason, String why, Exception failure) {
        UpgradeException both =
                new UpgradeException(
                        reason.getMessage()
                                + "; nor can what was done of it be taken back ("
                                + why
                                + "): the next start of visor brings it to its end",
                        reason);
        both.addSuppressed(failure);
        return both;
    }
}
