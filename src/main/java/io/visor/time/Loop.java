package io.visor.time;

import java.time.Duration;

/// One thread that runs what it is given, one action after the other, in the order in which it was
/// given. State that only a loop's actions touch needs no lock.
public interface Loop extends AutoCloseable {

    /// Runs an action soon. After [#close] the action is dropped.
    void execute(Runnable action);

    /// Runs an action after a delay.
    Timer schedule(Duration delay, Runnable action);

    /// Has the loop wait in another way from now on.
    ///
    /// @param waiting told by the loop when it has ended
    /// @throws UnsupportedOperationException if this loop cannot, such as one in simulated time
    default void waitIn(Waiting waiting) {
        throw new UnsupportedOperationException("this loop waits in its own way only");
    }

    /// Takes no more actions, drops those that wait, and returns when the running one has ended (at
    /// once if called from the loop itself).
    @Override
    void close();
}
