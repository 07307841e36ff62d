package io.visor.time;

import java.time.Duration;

/// Lets one task wait until another one calls. Calls do not add up: any number before a wait ends
/// that wait once.
public interface Wakeup {

    void signal();

    /// Waits for a call.
    ///
    /// @return whether there was one; false after `limit`
    /// @throws InterruptedException if the calling task is cancelled
    boolean await(Duration limit) throws InterruptedException;
}
