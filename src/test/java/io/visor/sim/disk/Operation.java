package io.visor.sim.disk;

import org.jspecify.annotations.Nullable;

/// Something that a process asks of the disk.
///
/// @param number counts all operations of a disk, from 1
/// @param path what it is about; for an open file, the path that it was opened with
/// @param other the new name of a rename or hard link, or the target of a symbolic link
public record Operation(long number, Kind kind, String path, @Nullable String other) {

    public enum Kind {
        /// stat, access, readlink, realpath.
        LOOK,
        /// Reading a directory.
        LIST,
        /// Opening what must be there.
        OPEN,
        /// Opening what is made if it is not there.
        CREATE,
        READ,
        WRITE,
        TRUNCATE,
        /// fsync, fdatasync; of a file or a directory.
        SYNC,
        RENAME,
        /// unlink, rmdir.
        DELETE,
        MAKE_DIRECTORY,
        SYMLINK,
        /// A hard link.
        LINK,
        /// Permissions, owner, times.
        CHANGE;

        /// Whether the disk may be another one after it.
        boolean changes() {
            return switch (this) {
                case LOOK, LIST, OPEN, READ -> false;
                case CREATE,
                        WRITE,
                        TRUNCATE,
                        SYNC,
                        RENAME,
                        DELETE,
                        MAKE_DIRECTORY,
                        SYMLINK,
                        LINK,
                        CHANGE ->
                        true;
            };
        }
    }

    @Override
    public String toString() {
        return "#" + number + " " + kind + " " + path + (other == null ? "" : " -> " + other);
    }
}
