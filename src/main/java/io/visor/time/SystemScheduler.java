package io.visor.time;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Real time and real threads. Every thread is a daemon thread: visor ends when its main thread
/// says so.
public final class SystemScheduler implements Scheduler {

    private final BiConsumer<String, Throwable> failures;
    private final Clock clock = new SystemClock();

    /// Makes a scheduler.
    ///
    /// @param failures told the name of the thread and what an action or a task threw; a loop then
    ///   goes on
    public SystemScheduler(BiConsumer<String, Throwable> failures) {
        this.failures = failures;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Loop loop(String name) {
        SystemLoop loop = new SystemLoop(name);
        loop.thread.start();
        return loop;
    }

    @Override
    public Task start(String name, Task.Body body) {
        Thread thread =
                Thread.ofPlatform()
                        .name(name)
                        .daemon()
                        .start(() -> {
                            try {
                                body.run();
                            } catch (InterruptedException e) {
                                // The task was cancelled: it has nothing more to do.
                                Thread.currentThread().interrupt();
                            } catch (RuntimeException | Error e) {
                                failures.accept(name, e);
                            }
                        });
        return new SystemTask(thread);
    }

    @Override
    public Wakeup wakeup() {
        return new SystemWakeup();
    }

    @Override
    public void failed(String name, Throwable failure) {
        failures.accept(name, failure);
    }

    private static final class SystemClock implements Clock {

        private final long start = System.nanoTime();

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public Duration monotonic() {
            return Duration.ofNanos(System.nanoTime() - start);
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    }

    private record SystemTask(Thread thread) implements Task {
        @Override
        public void cancel() {
            thread.interrupt();
        }

        @Override
        public boolean join(Duration limit) throws InterruptedException {
            return thread.join(limit);
        }
    }

    private static final class SystemWakeup implements Wakeup {
        private final Semaphore calls = new Semaphore(0);

        @Override
        public void signal() {
            calls.release();
        }

        @Override
        public boolean await(Duration limit) throws InterruptedException {
            boolean called = calls.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
            calls.drainPermits();
            return called;
        }
    }

    private final class SystemLoop implements Loop {

        /// A loop that never has to wait looks this often, in actions, at what else has happened.
        private static final int LOOK_EVERY = 16;

        /// How long a wait that failed is not tried again.
        private static final long REST_NANOS = 1_000_000_000;

        private final Thread thread;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final PriorityQueue<Entry> entries = new PriorityQueue<>();
        private @Nullable Waiting waiting;
        private boolean waits;
        private int actions;
        private long sequence;
        private boolean closed;

        SystemLoop(String name) {
            thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        }

        @Override
        public void execute(Runnable action) {
            add(Long.MIN_VALUE, action);
        }

        @Override
        public Timer schedule(Duration delay, Runnable action) {
            return add(System.nanoTime() + Math.max(0, delay.toNanos()), action);
        }

        private Entry add(long due, Runnable action) {
            Entry entry;
            Waiting woken;
            lock.lock();
            try {
                entry = new Entry(due, sequence++, action);
                if (closed) {
                    return entry;
                }
                entries.add(entry);
                woken = endWait();
            } finally {
                lock.unlock();
            }
            if (woken != null) {
                woken.wake();
            }
            return entry;
        }

        @Override
        public void waitIn(Waiting other) {
            lock.lock();
            try {
                if (waiting != null) {
                    throw new IllegalStateException(thread.getName() + " waits so already");
                }
                waiting = other;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        /// What a wait runs on the loop's own thread need not end it: the loop looks again after
        /// it.
        ///
        /// @return what is to be woken, without the lock; null: nothing
        private @Nullable Waiting endWait() {
            changed.signal();
            if (!waits || Thread.currentThread() == thread) {
                return null;
            }
            waits = false;
            return waiting;
        }

        @Override
        public void close() {
            Waiting woken;
            lock.lock();
            try {
                closed = true;
                entries.clear();
                woken = endWait();
            } finally {
                lock.unlock();
            }
            if (woken != null) {
                woken.wake();
            }
            if (Thread.currentThread() != thread) {
                joinUninterruptibly();
            }
        }

        private void joinUninterruptibly() {
            boolean interrupted = false;
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void run() {
            for (Entry entry = take(); entry != null; entry = take()) {
                try {
                    entry.action.run();
                } catch (RuntimeException | Error e) {
                    failures.accept(thread.getName(), e);
                }
            }
            Waiting last = waiting;
            if (last != null) {
                last.ended();
            }
        }

        /// The next action that is due; null when the loop is closed.
        private @Nullable Entry take() {
            lock.lock();
            try {
                while (!closed) {
                    long wait = untilNext();
                    Waiting other = waiting;
                    if (wait <= 0 && (other == null || ++actions < LOOK_EVERY)) {
                        return entries.remove();
                    }
                    if (other == null) {
                        awaitQuietly(wait);
                    } else {
                        actions = 0;
                        await(other, wait);
                    }
                }
                return null;
            } finally {
                lock.unlock();
            }
        }

        /// In how many nanoseconds the next action is due; [Long#MAX_VALUE] if there is none.
        private long untilNext() {
            Entry first = entries.peek();
            while (first != null && first.cancelled) {
                entries.remove();
                first = entries.peek();
            }
            if (first == null) {
                return Long.MAX_VALUE;
            }
            return first.due == Long.MIN_VALUE ? 0 : Math.max(0, first.due - System.nanoTime());
        }

        /// Waits without the lock, which is held before and after.
        private void await(Waiting other, long nanos) {
            waits = nanos > 0;
            boolean waited = false;
            lock.unlock();
            try {
                other.await(nanos);
                waited = true;
            } catch (RuntimeException | Error e) {
                failures.accept(thread.getName(), e);
            } finally {
                lock.lock();
                waits = false;
            }
            if (!waited) {
                awaitQuietly(Math.min(nanos, REST_NANOS));
            }
        }

        private void awaitQuietly(long nanos) {
            try {
                long unused = changed.awaitNanos(nanos);
            } catch (InterruptedException e) {
                // Nobody interrupts a loop; were it to happen, the loop looks again and waits on.
                changed.signal();
            }
        }
    }

    private static final class Entry implements Timer, Comparable<Entry> {
        private final long due;
        private final long sequence;
        private final Runnable action;
        private volatile boolean cancelled;

        Entry(long due, long sequence, Runnable action) {
            this.due = due;
            this.sequence = sequence;
            this.action = action;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Entry other) {
            // MIN_VALUE stands for "now" and must not be subtracted; other readings of nanoTime
            // must be.
            boolean nowA = due == Long.MIN_VALUE;
            boolean nowB = other.due == Long.MIN_VALUE;
            if (nowA != nowB) {
                return nowA ? -1 : 1;
            }
            int order = nowA ? 0 : Long.signum(due - other.due);
            return order != 0 ? order : Long.compare(sequence, other.sequence);
        }
    }
}
