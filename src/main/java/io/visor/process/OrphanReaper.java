package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.os.Orphans;
import io.visor.os.OsException;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Reaps every ended child of this process that nobody else does.
final class OrphanReaper {

    /// A child that somebody waits for is reaped by then, and its successor started.
    private static final Duration LATER = Duration.ofMillis(2);

    /// How soon it is seen that there are children again that somebody else has started, and how
    /// long a child is left alone that cannot be reaped.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Scheduler scheduler;
    private final ChildTable table;
    private final Wakeup started;

    OrphanReaper(Scheduler scheduler, ChildTable table) {
        this.scheduler = scheduler;
        this.table = table;
        this.started = scheduler.wakeup();
    }

    /// There is a child now.
    void childStarted() {
        started.signal();
    }

    /// Reaps for ever. Runs in a task.
    void run() throws InterruptedException {
        while (true) {
            if (Orphans.awaitEnded()) {
                scheduler.clock().sleep(LATER);
                reapAll();
            } else {
                boolean unused = started.await(LOOK_AGAIN);
            }
        }
    }

    private void reapAll() throws InterruptedException {
        try {
            reap();
        } catch (OsException e) {
            // It stays as it is, and whatever stands behind it.
            scheduler.failed("orphans", e);
            scheduler.clock().sleep(LOOK_AGAIN);
        }
    }

    private void reap() {
        table.lock().lock();
        try {
            for (OptionalLong ended = Orphans.peekEnded();
                    ended.isPresent();
                    ended = Orphans.peekEnded()) {
                ChildTable.Owner owner = table.owner(ended.getAsLong());
                if (owner == null) {
                    Optional<ExitStatus> unused = Orphans.reap(ended.getAsLong());
                } else if (!owner.onEnded()) {
                    // What stands behind it in the kernel's list cannot be seen before it is
                    // reaped.
                    return;
                }
            }
        } finally {
            table.lock().unlock();
        }
    }
}
