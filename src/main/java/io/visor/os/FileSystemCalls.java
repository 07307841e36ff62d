package io.visor.os;

import java.nio.file.Path;

/// What is asked of a file system as a whole.
public final class FileSystemCalls {

    private FileSystemCalls() {}

    /// Writes everything of a file system to disk (syncfs(2)): for many files that is much faster
    /// than to flush one after the other.
    ///
    /// @param anything a file or directory in it
    /// @throws OsException if something could not be written
    public static void sync(Path anything) {
        try (Descriptor descriptor = Descriptor.reading(anything)) {
            Linux.syncfs(descriptor.number()).orThrow("writing the file system to disk");
        }
    }

    /// Lets a file have the blocks of another one as its own, so that neither time nor room is
    /// needed for a copy (ioctl_ficlone(2)).
    ///
    /// @param to a file that is there
    /// @return whether the file system can
    /// @throws OsException if one of them cannot be opened
    public static boolean share(Path from, Path to) {
        try (Descriptor source = Descriptor.reading(from);
                Descriptor target = Descriptor.writing(to)) {
            return !Linux.ioctl(target.number(), Linux.FICLONE, source.number()).failed();
        }
    }
}
