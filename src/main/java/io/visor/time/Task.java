package io.visor.time;

import java.time.Duration;

/// Work that may block, on a thread of its own.
public interface Task {

    /// What a task does.
    @FunctionalInterface
    interface Body {
        /// Does it.
        ///
        /// @throws InterruptedException if the task is cancelled
        void run() throws InterruptedException;
    }

    /// Interrupts the task; returns at once.
    void cancel();

    /// Waits for the task's end.
    ///
    /// @return whether it has ended
    boolean join(Duration limit) throws InterruptedException;
}
