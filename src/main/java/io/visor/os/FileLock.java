package io.visor.os;

import java.nio.file.Path;
import java.util.Optional;

/// A lock on a file that no other process, and nobody else in this one, holds. The kernel frees it
/// when its holder ends, however it ends. It is flock(2): the JDK's own file locks are lost as soon
/// as anything in the JVM closes the same file.
public final class FileLock implements AutoCloseable {

    private final int descriptor;

    private FileLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Takes the lock if it is free; the file is made if it is not there.
    ///
    /// @return nothing if somebody holds it
    /// @throws OsException if the file cannot be opened or the file system has no locks
    public static Optional<FileLock> tryAcquire(Path file) {
        Linux.Result opened =
                Linux.open(file.toString(), Linux.O_RDWR | Linux.O_CREAT | Linux.O_CLOEXEC, 0600);
        if (opened.value() < 0) {
            throw new OsException("opening " + file, opened.errno());
        }
        Linux.Result locked = Linux.flock(opened.value(), Linux.LOCK_EX | Linux.LOCK_NB);
        if (locked.value() == 0) {
            return Optional.of(new FileLock(opened.value()));
        }
        Linux.close(opened.value());
        if (locked.errno() == Errno.EAGAIN) {
            return Optional.empty();
        }
        throw new OsException("locking " + file, locked.errno());
    }

    /// Frees the lock; the file stays, because a lock on a file that is deleted and made again
    /// would not exclude anybody.
    @Override
    public void close() {
        Linux.close(descriptor);
    }
}
