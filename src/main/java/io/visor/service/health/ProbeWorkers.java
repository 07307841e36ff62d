package io.visor.service.health;

import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.time.Wakeup;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A few threads that ask for all services of an instance. They come when there is something to ask
/// and go when there has been nothing for a while. What waits is asked in the order in which it
/// came, but what is known to be slow, and commands, never take all threads.
final class ProbeWorkers implements AutoCloseable {

    /// How many threads there are at most.
    static final int MOST = 8;

    /// How long a thread waits for more before it ends.
    static final Duration LINGER = Duration.ofSeconds(15);

    /// What kind of work a job is, and how many of its kind run at a time.
    enum Lane {
        /// Answered soon the last time, or never asked.
        QUICK(MOST),
        /// Kept its thread waiting the last time.
        SLOW(3),
        /// A command; each one brings a few threads and a process of its own.
        COMMAND(3);

        private final int most;

        Lane(int most) {
            this.most = most;
        }
    }

    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Lane, Deque<Job>> waiting = new EnumMap<>(Lane.class);
    private final Map<Lane, Integer> running = new EnumMap<>(Lane.class);
    private final Deque<Worker> idle = new ArrayDeque<>();
    private final List<Worker> workers = new ArrayList<>();
    private long sequence;
    private boolean closed;

    ProbeWorkers(Scheduler scheduler) {
        this.scheduler = scheduler;
        for (Lane lane : Lane.values()) {
            waiting.put(lane, new ArrayDeque<>());
            running.put(lane, 0);
        }
    }

    /// Work that was handed in.
    final class Job {

        private final Lane lane;
        private final long number;
        private final Task.Body body;
        private @Nullable Worker worker;
        private volatile boolean cancelled;

        private Job(Lane lane, long number, Task.Body body) {
            this.lane = lane;
            this.number = number;
            this.body = body;
        }

        /// Drops it if it waits, interrupts it if it runs.
        void cancel() {
            lock.lock();
            try {
                cancelled = true;
                waiting(lane).remove(this);
                if (worker != null && worker.task != null) {
                    worker.task.cancel();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Hands work in; returns at once. After [#close] the work is dropped.
    Job submit(Lane lane, Task.Body body) {
        lock.lock();
        try {
            Job job = new Job(lane, sequence++, body);
            if (!closed) {
                waiting(lane).add(job);
                call();
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    /// How many threads there are.
    int count() {
        lock.lock();
        try {
            return workers.size();
        } finally {
            lock.unlock();
        }
    }

    /// Drops what waits and interrupts what runs.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.values().forEach(Deque::clear);
            for (Worker worker : workers) {
                if (worker.task != null) {
                    worker.task.cancel();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Deque<Job> waiting(Lane lane) {
        return waiting.getOrDefault(lane, new ArrayDeque<>());
    }

    private int running(Lane lane) {
        return running.getOrDefault(lane, 0);
    }

    /// Has somebody come for what waits. Called with the lock.
    private void call() {
        if (nextLane() == null) {
            return;
        }
        Worker free = idle.poll();
        if (free != null) {
            free.wakeup.signal();
        } else if (workers.size() < MOST) {
            Worker made = new Worker();
            workers.add(made);
            made.task = scheduler.start("health", made::run);
        }
    }

    /// The lane of the oldest job that may run now. Called with the lock.
    private @Nullable Lane nextLane() {
        Lane found = null;
        long oldest = Long.MAX_VALUE;
        for (Lane lane : Lane.values()) {
            Job first = waiting(lane).peek();
            if (first != null && running(lane) < lane.most && first.number < oldest) {
                found = lane;
                oldest = first.number;
            }
        }
        return found;
    }

    private final class Worker {

        private final Wakeup wakeup = scheduler.wakeup();
        private @Nullable Task task;

        void run() throws InterruptedException {
            try {
                for (Job job = next(); job != null; job = next()) {
                    try {
                        job.body.run();
                    } finally {
                        done(job);
                    }
                    if (job.cancelled) {
                        // This thread may have been interrupted; another one takes its place.
                        return;
                    }
                }
            } finally {
                leave();
            }
        }

        /// The next job; null if there is none for a while.
        private @Nullable Job next() throws InterruptedException {
            Job job = takeOrRest(false);
            while (job == null && wakeup.await(LINGER)) {
                job = takeOrRest(false);
            }
            return job == null ? takeOrRest(true) : job;
        }

        /// Takes a job; without one, is among those that can be called, or no longer.
        private @Nullable Job takeOrRest(boolean leaving) {
            lock.lock();
            try {
                idle.remove(this);
                Lane lane = closed ? null : nextLane();
                Job job = lane == null ? null : waiting(lane).poll();
                if (job == null) {
                    if (!leaving && !closed) {
                        idle.push(this);
                    }
                    return null;
                }
                job.worker = this;
                running.merge(job.lane, 1, Integer::sum);
                // There may be more than one could do.
                call();
                return job;
            } finally {
                lock.unlock();
            }
        }

        private void done(Job job) {
            lock.lock();
            try {
                job.worker = null;
                running.merge(job.lane, -1, Integer::sum);
            } finally {
                lock.unlock();
            }
        }

        private void leave() {
            lock.lock();
            try {
                idle.remove(this);
                workers.remove(this);
                if (!closed) {
                    call();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
