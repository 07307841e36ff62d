package io.visor.upgrade;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// A step of an upgrade cannot be taken.
public final class UpgradeException extends VisorException {

    private static final long serialVersionUID = 1;

    public UpgradeException(String why) {
        this(why, null);
    }

    public UpgradeException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }
}
