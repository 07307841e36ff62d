package io.visor.os;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// A system call failed.
public final class OsException extends VisorException {

    private static final long serialVersionUID = 1;

    public static final int ENOENT = Errno.ENOENT;
    public static final int EACCES = Errno.EACCES;
    public static final int ENOEXEC = Errno.ENOEXEC;

    private final int errno;

    OsException(String call, int errno) {
        super(call + " failed with errno " + errno + " (" + Errno.text(errno) + ")");
        this.errno = errno;
    }

    OsException(String why, @Nullable Throwable cause) {
        super(why, cause);
        errno = 0;
    }

    /// The number, errno(3) on Linux; 0 if the failure was not the kernel's.
    public int errno() {
        return errno;
    }

    /// Whether a file could not be executed because somebody has it open for writing.
    public boolean isBusy() {
        return errno == Errno.ETXTBSY;
    }
}
