package io.visor.store;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// The database cannot be used, or did not do what it was asked for.
public final class DatabaseException extends VisorException {

    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Kind {
        /// A newer visor has written it in a form that this one does not know.
        NEWER,
        /// An older visor has written it, and it is only to be looked at.
        OLDER,
        /// It is no database, or a damaged one.
        CORRUPT,
        /// The disk is full or does not let it be written.
        DISK,
        /// Somebody else holds it for longer than is waited for.
        BUSY,
        /// It refuses what was asked of it, which is a fault in visor.
        FAULT
    }

    private final Kind kind;

    public DatabaseException(Kind kind, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
