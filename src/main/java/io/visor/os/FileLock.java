package io.visor.os;

import java.nio.file.Path;
import java.util.Optional;

/// A lock on a file that no other process, and nobody else in this one, holds.
public interface FileLock extends AutoCloseable {

    /// Takes locks.
    @FunctionalInterface
    interface Source {

        /// Takes the lock if it is free; the file is made if it is not there.
        ///
        /// @return nothing if somebody holds it
        /// @throws OsException if the file cannot be opened or the file system has no locks
        Optional<FileLock> tryAcquire(Path file);
    }

    /// Frees the lock; the file stays, because a lock on a file that is deleted and made again
    /// would not exclude anybody.
    @Override
    void close();

    /// Takes the kernel's lock if it is free; the file is made if it is not there.
    ///
    /// @return nothing if somebody holds it
    /// @throws OsException if the file cannot be opened or the file system has no locks
    static Optional<FileLock> tryAcquire(Path file) {
        return KernelLock.tryAcquire(file);
    }
}
