package io.visor.release;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// A release cannot be had, or may not be run.
public final class ReleaseException extends VisorException {

    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Kind {
        /// It is not in `upgrades/`, and nothing may be fetched.
        NOT_HERE,
        /// The source has no such release, or not yet.
        NOT_PUBLISHED,
        /// The source did not give what it promised.
        DOWNLOAD,
        /// What came is not what was announced.
        CHECKSUM,
        /// It is proven less well than is required.
        ASSURANCE,
        /// It does not run, or is another version.
        WRONG_BINARY,
        /// Its owner or its mode lets others change it.
        UNSAFE,
        /// It is not what was verified once.
        CHANGED,
        /// The disk is full, or another failure of it.
        DISK
    }

    private final Kind kind;

    ReleaseException(Kind kind, String why) {
        this(kind, why, null);
    }

    ReleaseException(Kind kind, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
