package io.visor.os;

import io.visor.model.FileFailures;
import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// A system call failed.
public final class OsException extends VisorException {

    private static final long serialVersionUID = 1;

    public static final int ENOENT = Errno.ENOENT;
    public static final int EACCES = Errno.EACCES;
    public static final int ENOEXEC = Errno.ENOEXEC;
    public static final int ETXTBSY = Errno.ETXTBSY;

    private final int errno;
    private final String reason;

    OsException(String call, int errno) {
        super(call + " failed with errno " + errno + " (" + Errno.text(errno) + ")");
        this.errno = errno;
        this.reason = errno == Errno.EACCES ? FileFailures.permissionDenied() : Errno.text(errno);
    }

    OsException(String why, @Nullable Throwable cause) {
        super(why, cause);
        errno = 0;
        reason = why;
    }

    /// The number, errno(3) on Linux; 0 if the failure was not the kernel's.
    public int errno() {
        return errno;
    }

    /// The failure in words, without the call that failed.
    public String reason() {
        return reason;
    }

    /// Whether a file could not be executed because somebody has it open for writing.
    public boolean isBusy() {
        return errno == Errno.ETXTBSY;
    }
}
