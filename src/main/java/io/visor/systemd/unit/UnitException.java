package io.visor.systemd.unit;

import io.visor.model.VisorException;

/// A unit cannot be written, or a template cannot be used.
public final class UnitException extends VisorException {

    private static final long serialVersionUID = 1;

    UnitException(String why) {
        super(why);
    }
}
