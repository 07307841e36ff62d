package io.visor.cli;

import io.visor.model.VisorException;

/// No instance answers. Shown as `cannot <what>: <why>`, with an exit code of its own.
final class NobodyException extends VisorException {

    private static final long serialVersionUID = 1;

    private final String what;

    NobodyException(String what, String why) {
        super(why);
        this.what = what;
    }

    /// What cannot be done: a verb and its object.
    String what() {
        return what;
    }
}
