package io.visor.process;

import io.visor.model.VisorException;
import io.visor.os.OsException;
import org.jspecify.annotations.Nullable;

/// A process could not be started, or a short command did not end in time.
public final class ProcessException extends VisorException {

    private static final long serialVersionUID = 1;

    private final int errno;

    ProcessException(String why, @Nullable Throwable cause) {
        this(why, 0, cause);
    }

    ProcessException(String why, int errno, @Nullable Throwable cause) {
        super(why, cause);
        this.errno = errno;
    }

    /// Whether it could not be started because somebody has its file open for writing.
    public boolean isBusy() {
        return errno == OsException.ETXTBSY;
    }
}
