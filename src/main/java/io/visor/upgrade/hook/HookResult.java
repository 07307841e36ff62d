package io.visor.upgrade.hook;

import io.visor.model.Hook;

/// What came of a hook.
///
/// @param point when it was run
/// @param verdict what follows
/// @param code its exit code, 128 and the signal's number for one that a signal ended; -1 if it did
///   not run, or not to its end
/// @param output the first part of what it wrote
/// @param why in words, if it did not succeed; else empty
public record HookResult(Hook.Point point, Verdict verdict, int code, String output, String why) {

    /// What follows from a hook.
    public enum Verdict {
        /// The upgrade goes on.
        GO,
        /// The upgrade is to be tried again later; nothing is wrong.
        NOT_NOW,
        /// The upgrade must not go on.
        FAILED
    }
}
