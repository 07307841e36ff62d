package io.visor.model;

import org.jspecify.annotations.Nullable;

/// Something that an operator asked for cannot be done. Shown as `cannot <what>: <why>`; the why
/// ends in the next step.
public final class CannotException extends VisorException {

    private static final long serialVersionUID = 1;

    private final String what;
    private final boolean retryHelps;

    private CannotException(
            String what, String why, boolean retryHelps, @Nullable Throwable cause) {
        super(why, cause);
        this.what = what;
        this.retryHelps = retryHelps;
    }

    /// The command line, the configuration or something on the machine must be changed first.
    public static CannotException untilChanged(String what, String why) {
        return new CannotException(what, why, false, null);
    }

    /// Trying again may help without a change.
    public static CannotException now(String what, String why) {
        return new CannotException(what, why, true, null);
    }

    /// Trying again may help without a change.
    public static CannotException now(String what, String why, Throwable cause) {
        return new CannotException(what, why, true, cause);
    }

    /// What cannot be done: a verb and its object.
    public String what() {
        return what;
    }

    public boolean retryHelps() {
        return retryHelps;
    }
}
