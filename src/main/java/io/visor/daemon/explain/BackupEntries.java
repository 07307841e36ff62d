package io.visor.daemon.explain;

import io.visor.api.upgrade.BackupEntry;
import io.visor.upgrade.backup.Backup;
import io.visor.upgrade.backup.Backups;
import java.util.List;

/// Puts the copies of a program's data into wire records.
public final class BackupEntries {

    private BackupEntries() {}

    /// The backups that are there, newest first. Reads the disk.
    ///
    /// @throws io.visor.upgrade.UpgradeException if one cannot be read
    public static List<BackupEntry> of(Backups backups) {
        return backups.list().reversed().stream().map(one -> entry(one, backups)).toList();
    }

    private static BackupEntry entry(Backup backup, Backups backups) {
        return new BackupEntry(
                backup.program().text(),
                backup.from().toString(),
                backup.to().toString(),
                backup.time(),
                backup.when().word(),
                backup.isShared(),
                backup.trees().stream().mapToLong(Backup.Tree::files).sum(),
                backup.bytes(),
                backups.directory(backup).toString(),
                backup.trees().stream().map(tree -> tree.path().toString()).toList());
    }
}
