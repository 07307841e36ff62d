package io.visor.api;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// An instance that did not do what it was asked for.
public final class ControlException extends VisorException {

    private static final long serialVersionUID = 1;

    private final Kind kind;

    /// What kind of failure it is.
    public enum Kind {
        /// No visor listens on the socket.
        NOBODY,
        /// The socket belongs to somebody else.
        DENIED,
        /// Visor says that there is nothing of that name.
        UNKNOWN,
        /// Visor refused, and may not the next time.
        REFUSED,
        /// Visor refuses, and will as long as it is asked for the same.
        IMPOSSIBLE,
        /// Visor did not answer in time, or not what was expected.
        BROKEN
    }

    ControlException(Kind kind, String why) {
        super(why);
        this.kind = kind;
    }

    ControlException(Kind kind, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
