package io.visor.daemon;

import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Timer;
import io.visor.time.Wakeup;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Puts what happens into words, on a thread of its own and a moment later: between the end of one
/// process and the start of the next nothing is said, that thread is not even woken, and whoever
/// does not read the log keeps nobody waiting. What waits for a reader is bounded.
final class Words {

    /// Words wait until a switch is over, so that they do not take a processor from it.
    private static final Duration LATER = Duration.ofMillis(20);

    private static final int MAX_WAITING = 10_000;

    private final Scheduler scheduler;
    private final Loop owner;
    private final Loop loop;
    private final Journal journal;
    private final Queue<Runnable> speeches = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();

    /// Makes words.
    ///
    /// @param owner the loop that has most to say; it does not have to wake itself for that
    Words(Scheduler scheduler, Loop owner, Journal journal) {
        this.scheduler = scheduler;
        this.owner = owner;
        this.loop = scheduler.loop("words");
        this.journal = journal;
    }

    /// Says something soon. May be called by any thread.
    void say(Runnable speech) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        add(() -> speak(speech));
    }

    private void add(Runnable action) {
        speeches.add(action);
        if (!scheduled.getAndSet(true)) {
            Timer unused = owner.schedule(LATER, this::handOver);
        }
    }

    private void handOver() {
        scheduled.set(false);
        for (Runnable next = speeches.poll(); next != null; next = speeches.poll()) {
            loop.execute(next);
        }
    }

    private void speak(Runnable speech) {
        waiting.decrementAndGet();
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            journal.warn(
                    "visor", "nobody read the log for a while; " + lost + " lines were left out");
        }
        speech.run();
    }

    /// Says what is left, and nothing more.
    ///
    /// @param limit how long that may take
    void finish(Duration limit) throws InterruptedException {
        Wakeup done = scheduler.wakeup();
        add(done::signal);
        if (done.await(limit)) {
            loop.close();
        }
    }
}
