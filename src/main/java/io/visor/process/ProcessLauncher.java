package io.visor.process;

import io.visor.model.ExitStatus;

/// Starts children.
public interface ProcessLauncher {

    /// Told how a child ended.
    @FunctionalInterface
    interface ExitListener {
        void onExit(long pid, ExitStatus status);
    }

    /// A start that is ready to be made, again and again.
    interface Plan {

        /// Starts a child as the leader of a session and process group of its own.
        ///
        /// @param onExit told once, on any thread, which child ended and how; perhaps before this
        ///   method has returned
        /// @throws ProcessException if it cannot be started
        Child start(ExitListener onExit);
    }

    /// Prepares a start: what can be done before it is.
    ///
    /// @throws ProcessException if there is no such program
    Plan plan(Launch launch);
}
