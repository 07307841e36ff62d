package io.visor.model;

/// What happens when a new version fails its health window.
public enum RollbackPolicy {
    /// Back to the last good version, once, if the network still accepts it.
    AUTO("auto"),
    /// The new version is tried again: an old node on data that the new one has migrated corrupts
    /// it.
    NEVER("never"),
    /// Back to the last good version, once, with the data as it was before the upgrade.
    RESTORE_BACKUP("restore-backup");

    private final String word;

    RollbackPolicy(String word) {
        this.word = word;
    }

    /// The word of the configuration file.
    public String word() {
        return word;
    }
}
