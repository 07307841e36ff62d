package io.visor.chain;

import io.visor.model.VisorException;
import org.jspecify.annotations.Nullable;

/// A node gave no answer that can be used.
public final class ChainException extends VisorException {

    private static final long serialVersionUID = 1;

    /// What is wrong with it.
    public enum Kind {
        /// It cannot be asked, or answers with an error.
        NO_ANSWER,
        /// It answers for another chain.
        WRONG_CHAIN,
        /// What it says is no answer to what was asked.
        UNREADABLE,
        /// It is in no state to be believed: catching up, behind, or at a standstill.
        NOT_CREDIBLE
    }

    private final Kind kind;

    ChainException(Kind kind, String why) {
        this(kind, why, null);
    }

    ChainException(Kind kind, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
