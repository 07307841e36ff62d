package io.visor.process;

import io.visor.model.ExitStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
        /// @param onExit told once, on the launcher's loop, which child ended and how; never from
        ///   within this method
        /// @param watcher is given the lines of this child; null: nobody, which costs nothing
        /// @throws ProcessException if it cannot be started
        Child start(ExitListener onExit, @Nullable LineWatcher watcher);

        /// Starts a child whose lines nobody watches.
        ///
        /// @throws ProcessException if it cannot be started
        default Child start(ExitListener onExit) {
            return start(onExit, null);
        }
    }

    /// Prepares a start: what can be done before it is.
    ///
    /// @throws ProcessException if there is no such program
    Plan plan(Launch launch);

    /// Carries the output that is on its way to its end; what comes later is lost. Called last,
    /// when the children have ended.
    ///
    /// @param limit how long that may take
    /// @return whether it did not take longer
    boolean finishOutput(Duration limit) throws InterruptedException;
}
