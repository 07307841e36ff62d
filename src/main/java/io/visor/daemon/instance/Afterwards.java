package io.visor.daemon.instance;

import io.visor.time.Loop;
import io.visor.time.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// What is done when the loop has ended what it does now: between the end of one process and the
/// start of the next, which is one action of the loop, nothing is worth waiting for, not even the
/// wakening of another thread. For the loop only.
final class Afterwards {

    /// Longer than a process takes that ends as soon as it is asked to, and its successor's start.
    private static final Duration LATER = Duration.ofMillis(3);

    private final Loop loop;
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    Afterwards(Loop loop) {
        this.loop = loop;
    }

    /// Has something done, after what was added before.
    void add(Runnable action) {
        if (waiting.isEmpty()) {
            Timer unused = loop.schedule(LATER, this::run);
        }
        waiting.add(action);
    }

    private void run() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }
}
