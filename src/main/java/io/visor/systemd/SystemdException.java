package io.visor.systemd;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// systemd did not do what it was asked to, or could not be asked.
public final class SystemdException extends VisorException {

    private static final long serialVersionUID = 1;

    SystemdException(String why) {
        super(why);
    }

    SystemdException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }
}
