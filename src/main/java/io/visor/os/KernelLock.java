package io.visor.os;

import java.nio.file.Path;
import java.util.Optional;

/// flock(2). The kernel frees it when its holder ends, however it ends; the JDK's own file locks
/// are lost as soon as anything in the JVM closes the same file.
final class KernelLock implements FileLock {

    private final int descriptor;

    private KernelLock(int descriptor) {
        this.descriptor = descriptor;
    }

    static Optional<FileLock> tryAcquire(Path file) {
        Linux.Result opened =
                Linux.open(file.toString(), Linux.O_RDWR | Linux.O_CREAT | Linux.O_CLOEXEC, 0600);
        if (opened.value() < 0) {
            throw new OsException("opening " + file, opened.errno());
        }
        Linux.Result locked = Linux.flock(opened.value(), Linux.LOCK_EX | Linux.LOCK_NB);
        if (locked.value() == 0) {
            return Optional.of(new KernelLock(opened.value()));
        }
        Linux.close(opened.value());
        if (locked.errno() == Errno.EAGAIN) {
            return Optional.empty();
        }
        throw new OsException("locking " + file, locked.errno());
    }

    @Override
    public void close() {
        Linux.close(descriptor);
    }
}
