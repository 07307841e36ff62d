package io.visor.upgrade;

import io.visor.model.BackupPolicy;
import io.visor.model.RollbackPolicy;
import io.visor.model.Version;
import io.visor.time.Clock;
import io.visor.upgrade.backup.Backup;
import io.visor.upgrade.backup.Backups;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Copies a program's data before an upgrade, and puts it back, and tells how far it is. For tasks.
final class DataCopies {

    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final ProgramParts parts;
    private final Clock clock;
    private final Consumer<UpgradeNotice> listener;

    /// @param listener told what happens, on the task's thread
    DataCopies(ProgramParts parts, Consumer<UpgradeNotice> listener) {
        this.parts = parts;
        this.clock = parts.shared().scheduler().clock();
        this.listener = listener;
    }

    /// Whether the data of the old version is to be saved before an upgrade. It always is if it
    /// comes back by itself; else older data that an operator puts back replaces what is there,
    /// which is kept beside it.
    boolean isSaved(Move move) {
        return move.from() != null && (comesBack() || move.urgency() != Move.Urgency.RESTORING);
    }

    /// The same, at one of the times when that is done.
    boolean isSaved(Move move, BackupPolicy.When when) {
        return isSaved(move) && parts.backups().isDue(when);
    }

    /// Whether the data comes back with the old version.
    boolean comesBack() {
        return parts.spec().upgrade().rollback() == RollbackPolicy.RESTORE_BACKUP;
    }

    /// Makes a backup of what the old version of an upgrade has written.
    ///
    /// @throws UpgradeException if that is not possible
    void save(Move move) throws InterruptedException {
        Version from = move.from();
        if (from == null) {
            return;
        }
        Duration begin = clock.monotonic();
        Backup backup = parts.backups().make(from, move.to(), progress(move, false));
        listener.accept(
                new UpgradeNotice.BackedUp(
                        move, backup, parts.backups().directory(backup), clock.since(begin)));
    }

    /// Puts back what a version had written, and has the link name it: with the version before,
    /// what was saved for this very upgrade.
    ///
    /// @param version that of the upgrade, or the one before
    /// @throws io.visor.model.VisorException if that is not possible; all is as it was
    void restore(Move move, Version version) throws InterruptedException {
        Duration begin = clock.monotonic();
        Backup backup =
                (version.equals(move.to())
                                ? parts.backups().of(version)
                                : parts.backups().of(version, move.to()))
                        .orElseThrow(() ->
                                new UpgradeException(
                                        "there is no backup of what " + version + " had written"));
        var unused = parts.store().verified(version);
        ActiveVersions versions = parts.shared().versions();
        parts.backups()
                .restore(
                        backup,
                        versions.active(parts.name()).orElse(version),
                        named -> versions.settle(parts.name(), named),
                        progress(move, true));
        listener.accept(new UpgradeNotice.Restored(move, backup, clock.since(begin)));
    }

    private Backups.Progress progress(Move move, boolean back) {
        return new Backups.Progress() {
            private @Nullable Duration told;

            @Override
            public void on(long bytes, long all) {
                Duration now = clock.monotonic();
                if (told == null) {
                    told = now;
                } else if (now.minus(told).compareTo(TELL_EVERY) >= 0) {
                    told = now;
                    listener.accept(new UpgradeNotice.Copying(move, back, bytes, all));
                }
            }
        };
    }
}
