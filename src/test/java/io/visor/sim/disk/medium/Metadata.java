package io.visor.sim.disk.medium;

import java.time.Instant;

/// What an inode says besides its content.
///
/// @param permissions the nine bits of `rwxrwxrwx`
/// @param owner the user's name
/// @param group the group's name
/// @param accessed set with the creation and by hand only, as on a file system mounted `noatime`
/// @param modified when the content last changed
/// @param changed when anything last changed
public record Metadata(
        int permissions,
        String owner,
        String group,
        Instant created,
        Instant accessed,
        Instant modified,
        Instant changed) {

    /// Of something that is made now.
    static Metadata made(int permissions, String owner, Instant now) {
        return new Metadata(permissions, owner, owner, now, now, now, now);
    }

    /// After a change of the content.
    Metadata written(Instant now) {
        return new Metadata(permissions, owner, group, created, accessed, now, now);
    }

    /// After a change of something else, such as the number of names.
    Metadata touched(Instant now) {
        return new Metadata(permissions, owner, group, created, accessed, modified, now);
    }

    public Metadata withPermissions(int newPermissions) {
        return new Metadata(newPermissions, owner, group, created, accessed, modified, changed);
    }

    public Metadata withOwner(String newOwner) {
        return new Metadata(permissions, newOwner, group, created, accessed, modified, changed);
    }

    public Metadata withGroup(String newGroup) {
        return new Metadata(permissions, owner, newGroup, created, accessed, modified, changed);
    }

    public Metadata withTimes(Instant newAccessed, Instant newModified) {
        return new Metadata(permissions, owner, group, created, newAccessed, newModified, changed);
    }
}
