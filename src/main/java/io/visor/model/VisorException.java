package io.visor.model;

import org.jspecify.annotations.Nullable;

/// A failure that visor foresees. Its message is the "why" of a sentence, without a capital and a
/// full stop; what could not be done, and what to do next, is added where the message is shown.
public abstract class VisorException extends RuntimeException {

    private static final long serialVersionUID = 1;

    protected VisorException(String why) {
        super(why);
    }

    protected VisorException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }

    /// The message, which is never null.
    public String why() {
        return String.valueOf(getMessage());
    }
}
