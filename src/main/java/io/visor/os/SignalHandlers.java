package io.visor.os;

import io.visor.model.Signal;

/// Signals to visor itself.
public final class SignalHandlers {

    private SignalHandlers() {}

    /// Has the end of children told as the kernel does by itself. Were `SIGCHLD` ignored, as
    /// whoever started visor may have it, the kernel would throw away how they ended.
    public static void resetChild() {
        sun.misc.Signal.handle(new sun.misc.Signal("CHLD"), sun.misc.SignalHandler.SIG_DFL);
    }

    /// Runs an action, on a thread of the JVM's, each time a signal arrives. Replaces what the JVM
    /// does with it.
    ///
    /// @return false if the signal never arrives: whoever started this process has it ignored, as
    ///   `nohup` does with `SIGHUP`, and the JVM leaves that so
    public static boolean on(Signal signal, Runnable action) {
        return sun.misc.Signal.handle(new sun.misc.Signal(signal.name()), _ -> action.run())
                != sun.misc.SignalHandler.SIG_IGN;
    }
}
