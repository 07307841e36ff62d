package io.visor.sim;

import io.visor.time.Clock;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.time.Timer;
import io.visor.time.Wakeup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A scheduler in simulated time. Whatever runs, runs alone: the driver takes the next thing that
/// is due, and a task runs until it waits for something. Things that are due at the same moment run
/// in an order that the seed decides. Time passes only while everything waits.
///
/// Not for several threads: the driver is whoever calls [#step].
public final class SimScheduler implements Scheduler {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimTask> tasks = new ArrayList<>();
    private final SimClock clock = new SimClock();
    private Duration now = Duration.ZERO;
    private Duration wallOffset = Duration.ZERO;
    private long sequence;
    private @Nullable SimTask running;
    private @Nullable Throwable failure;

    /// Thrown through the code of an instance that has been killed.
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        public Killed() {
            super(
                    "the simulated process was killed",
                    null,
                    false,
                    Boolean.getBoolean("sim.traces"));
        }
    }

    public SimScheduler(long seed) {
        this.random = new Random(seed);
    }

    /// A process of the simulation: what it has started dies with it.
    public final class Life {
        private boolean dead;

        /// Ends everything that belongs to this life, wherever it stands.
        public void kill() {
            dead = true;
            events.removeIf(event -> event.life == this && event.resumed == null);
            for (SimTask task : List.copyOf(tasks)) {
                if (task.life == this && task != running) {
                    task.die();
                }
            }
            tasks.removeIf(task -> task.life == this && task != running);
        }

        public boolean isDead() {
            return dead;
        }
    }

    private Life life = new Life();

    /// What is started from now on belongs to a new life.
    public Life newLife() {
        life = new Life();
        return life;
    }

    private static final class Event implements Comparable<Event> {
        private final Duration due;
        private final int tie;
        private final long sequence;
        private final Runnable action;
        private final Life life;
        private final @Nullable SimTask resumed;
        private boolean cancelled;

        Event(
                Duration due,
                int tie,
                long sequence,
                Runnable action,
                Life life,
                @Nullable SimTask resumed) {
            this.due = due;
            this.tie = tie;
            this.sequence = sequence;
            this.action = action;
            this.life = life;
            this.resumed = resumed;
        }

        @Override
        public int compareTo(Event other) {
            int order = due.compareTo(other.due);
            order = order != 0 ? order : Integer.compare(tie, other.tie);
            return order != 0 ? order : Long.compare(sequence, other.sequence);
        }
    }

    private Event add(
            Duration delay, int tie, Runnable action, Life owner, @Nullable SimTask resumed) {
        Duration due = now.plus(delay.isNegative() ? Duration.ZERO : delay);
        Event event = new Event(due, tie, sequence++, action, owner, resumed);
        events.add(event);
        return event;
    }

    /// Runs an action of the simulation itself at a moment.
    public void at(Duration delay, Runnable action) {
        add(delay, random.nextInt(), action, outside, null);
    }

    private final Life outside = new Life();

    /// Runs until nothing is due before a moment.
    public void runFor(Duration duration) {
        Duration end = now.plus(duration);
        while (!events.isEmpty() && events.peek().due.compareTo(end) <= 0) {
            step();
        }
        now = end;
    }

    /// Runs until a condition holds.
    ///
    /// @throws AssertionError if it does not within the limit
    public void runUntil(BooleanSupplier condition, Duration limit) {
        Duration end = now.plus(limit);
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.peek().due.compareTo(end) > 0) {
                throw new AssertionError("it did not come about within " + limit);
            }
            step();
        }
    }

    /// Takes the next thing that is due.
    public void step() {
        Event event = events.remove();
        if (event.cancelled || event.life.dead) {
            return;
        }
        if (event.due.compareTo(now) > 0) {
            now = event.due;
        }
        event.action.run();
        Throwable failed = failure;
        if (failed != null) {
            failure = null;
            throw new AssertionError("a simulated thread failed", failed);
        }
    }

    /// Ends everything. A task that waited for ever would keep its thread, and with it all that the
    /// simulation knew.
    public void close() {
        events.clear();
        for (SimTask task : List.copyOf(tasks)) {
            task.life.dead = true;
            task.die();
        }
        tasks.clear();
    }

    public boolean isIdle() {
        return events.isEmpty();
    }

    public Duration now() {
        return now;
    }

    /// Moves the time of day, not the monotonic clock.
    public void jumpWallClock(Duration by) {
        wallOffset = wallOffset.plus(by);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    private final class SimClock implements Clock {
        @Override
        public Instant now() {
            return START.plus(now).plus(wallOffset);
        }

        @Override
        public Duration monotonic() {
            return now;
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            SimTask task = running;
            if (task == null) {
                // A loop that sleeps stops the world for that long.
                now = now.plus(duration);
                return;
            }
            task.pause(duration);
        }
    }

    @Override
    public Loop loop(String name) {
        Life owner = life;
        return new Loop() {
            private boolean closed;

            @Override
            public void execute(Runnable action) {
                // In order among themselves, so the tie is broken by sequence alone.
                add(Duration.ZERO, 0, () -> runIfOpen(action), owner, null);
            }

            @Override
            public Timer schedule(Duration delay, Runnable action) {
                Event event = add(delay, random.nextInt(), () -> runIfOpen(action), owner, null);
                return () -> event.cancelled = true;
            }

            private void runIfOpen(Runnable action) {
                if (!closed) {
                    try {
                        action.run();
                    } catch (Killed e) {
                        // The process that this belonged to is gone.
                        closed = true;
                    }
                }
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    @Override
    public Task start(String name, Task.Body body) {
        SimTask task = new SimTask(name, body, life);
        tasks.add(task);
        add(Duration.ZERO, random.nextInt(), task::resume, life, task);
        return task;
    }

    @Override
    public Wakeup wakeup() {
        return new SimWakeup();
    }

    @Override
    public void failed(String name, Throwable survived) {
        failure = survived;
    }

    private final class SimTask implements Task {
        private final Semaphore turn = new Semaphore(0);

        /// Whoever lets a task run waits for that task, not for any: one that kills others while it
        /// runs waits for them while it is waited for itself.
        private final Semaphore back = new Semaphore(0);

        private final Life life;
        private final Thread thread;
        private boolean cancelled;
        private boolean ended;
        private boolean dying;
        private @Nullable Event pending;

        SimTask(String name, Body body, Life life) {
            this.life = life;
            this.thread =
                    Thread.ofVirtual()
                            .name(name)
                            .unstarted(() -> {
                                turn.acquireUninterruptibly();
                                try {
                                    if (!dying) {
                                        body.run();
                                    }
                                } catch (InterruptedException | Killed e) {
                                    // It was cancelled, or its process is gone.
                                    ended = true;
                                } catch (Throwable e) {
                                    failure = e;
                                } finally {
                                    ended = true;
                                    tasks.remove(this);
                                    back.release();
                                }
                            });
            thread.start();
        }

        /// Lets the task run until it waits; called by the driver.
        void resume() {
            if (ended) {
                return;
            }
            SimTask before = running;
            running = this;
            turn.release();
            back.acquireUninterruptibly();
            running = before;
        }

        /// Gives the turn back until a time or a call; called by the task.
        void pause(Duration limit) throws InterruptedException {
            if (life.dead) {
                // What is left of it, such as a finally block, waits for nothing any more.
                throw new Killed();
            }
            if (cancelled) {
                throw new InterruptedException();
            }
            pending = add(limit, random.nextInt(), this::resume, life, this);
            yieldTurn();
            if (cancelled) {
                throw new InterruptedException();
            }
        }

        private void yieldTurn() {
            back.release();
            turn.acquireUninterruptibly();
            if (dying) {
                throw new Killed();
            }
        }

        /// Has the task go on now instead of at its time.
        void hurry() {
            if (pending != null && !ended) {
                pending.cancelled = true;
                pending = add(Duration.ZERO, random.nextInt(), this::resume, life, this);
            }
        }

        /// Unwinds the task's stack; called by the driver or another task.
        void die() {
            dying = true;
            if (ended) {
                return;
            }
            SimTask before = running;
            running = this;
            turn.release();
            back.acquireUninterruptibly();
            running = before;
        }

        @Override
        public void cancel() {
            cancelled = true;
            hurry();
        }

        @Override
        public boolean join(Duration limit) throws InterruptedException {
            Duration end = now.plus(limit);
            while (!ended && now.compareTo(end) < 0) {
                clock.sleep(Duration.ofMillis(1));
            }
            return ended;
        }
    }

    private final class SimWakeup implements Wakeup {
        private boolean called;
        private @Nullable SimTask waiting;

        @Override
        public void signal() {
            called = true;
            if (waiting != null) {
                waiting.hurry();
            }
        }

        @Override
        public boolean await(Duration limit) throws InterruptedException {
            SimTask task = running;
            if (task == null) {
                throw new IllegalStateException("only a task can wait");
            }
            if (!called) {
                waiting = task;
                try {
                    task.pause(limit);
                } finally {
                    waiting = null;
                }
            }
            boolean was = called;
            called = false;
            return was;
        }
    }
}
