package io.visor.process;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// A process could not be started, or a short command did not end in time.
public final class ProcessException extends VisorException {

    private static final long serialVersionUID = 1;

    ProcessException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }
}
