package io.visor.process;

import io.visor.time.Scheduler;
import java.time.Duration;
import java.util.function.Consumer;

/// Tells what an action of a poller threw, and rests: it may throw the same as soon as it is run
/// again.
///
/// @param name the poller's thread
record PollerFailures(Scheduler scheduler, String name) implements Consumer<Throwable> {

    private static final Duration REST = Duration.ofSeconds(1);

    @Override
    public void accept(Throwable failure) {
        scheduler.failed(name, failure);
        try {
            scheduler.clock().sleep(REST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
