package io.visor.process;

import io.visor.model.ExitStatus;

/// Starts children.
public interface ProcessLauncher {

    /// Told how a child ended.
    @FunctionalInterface
    interface ExitListener {
        void onExit(long pid, ExitStatus status);
    }

    /// Starts a child as the leader of a session and process group of its own.
    ///
    /// @param onExit told once, on any thread, which child ended and how; perhaps before this
    ///   method has returned
    /// @throws ProcessException if it cannot be started
    Child launch(Launch launch, ExitListener onExit);
}
