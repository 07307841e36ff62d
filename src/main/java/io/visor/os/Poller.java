package io.visor.os;

import io.visor.time.Waiting;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Waits on many descriptors at once (epoll(7)). One thread waits, a task's in [#run] or a loop's;
/// the others only register.
public final class Poller implements Waiting, AutoCloseable {

    private static final int MAX_EVENTS = 64;

    /// `struct epoll_event` is packed on x86-64 only.
    private static final int EVENT_BYTES = Linux.AARCH64 ? 16 : 12;

    private static final int EVENT_DATA = Linux.AARCH64 ? 8 : 4;

    private static final long WAKE_KEY = 0;

    private static final int NANOS_PER_MILLI = 1_000_000;

    private final int epoll;
    private final int wake;
    private final MemorySegment events =
            Arena.ofAuto().allocate((long) EVENT_BYTES * MAX_EVENTS, 8);
    private final MemorySegment count = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, 1);
    private final MemorySegment counted = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final AtomicLong keys = new AtomicLong(WAKE_KEY);
    private final Map<Long, Runnable> actions = new ConcurrentHashMap<>();
    private final Consumer<Throwable> failures;
    private final Queue<Runnable> soon = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private boolean ended;

    /// Makes a poller that waits on nothing yet.
    ///
    /// @param failures told, on the poller's thread, what an action threw; the poller goes on, and
    ///   runs the action again as long as its descriptor can be read
    /// @throws OsException if there are too many open files
    public Poller(Consumer<Throwable> failures) {
        this.failures = failures;
        epoll = Linux.epollCreate().orThrow("making an epoll");
        wake = Linux.eventfd().orThrow("making an eventfd");
        actions.put(WAKE_KEY, this::runSoon);
        add(wake, WAKE_KEY);
    }

    private void runSoon() {
        Linux.Result unused = Linux.read(wake, counted, 8);
        for (Runnable action = soon.poll(); action != null; action = soon.poll()) {
            run(action, failures);
        }
    }

    private static void run(Runnable action, Consumer<Throwable> failures) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            failures.accept(e);
        }
    }

    /// Has an action run, on the poller's thread, each time a descriptor can be read.
    ///
    /// @return what [#unregister] takes
    /// @throws OsException if the kernel refuses
    public long register(Descriptor descriptor, Runnable action) {
        long key = keys.incrementAndGet();
        actions.put(key, action);
        try {
            add(descriptor.number(), key);
        } catch (OsException e) {
            actions.remove(key);
            throw e;
        }
        return key;
    }

    private void add(int descriptor, long key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_BYTES, 8);
            event.set(ValueLayout.JAVA_INT, 0, Linux.EPOLLIN);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, key);
            Linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, descriptor, event)
                    .orThrow("watching a descriptor");
        }
    }

    /// Has an action run once, soon, on the poller's thread.
    public void execute(Runnable action) {
        soon.add(action);
        wake();
    }

    /// The action is not run any more; called before the descriptor is closed.
    public void unregister(Descriptor descriptor, long key) {
        actions.remove(key);
        try (Arena arena = Arena.ofConfined()) {
            Linux.Result unused =
                    Linux.epollControl(
                            epoll,
                            Linux.EPOLL_CTL_DEL,
                            descriptor.number(),
                            arena.allocate(EVENT_BYTES, 8));
        }
    }

    /// Waits and runs actions until it is closed.
    ///
    /// @throws OsException if the kernel fails
    public void run() {
        run(() -> {});
    }

    /// Waits and runs actions until it is closed.
    ///
    /// @param afterRound run after the actions of all descriptors that could be read at one time
    /// @throws OsException if the kernel fails
    public void run(Runnable afterRound) {
        try {
            while (!closed) {
                await(Long.MAX_VALUE);
                run(afterRound, failures);
            }
        } finally {
            ended();
        }
    }

    /// Waits once, to the next millisecond, and runs the actions of the descriptors that can be
    /// read.
    ///
    /// @throws OsException if the kernel fails
    @Override
    public void await(long nanos) {
        Linux.Result result = Linux.epollWait(epoll, events, MAX_EVENTS, millis(nanos));
        if (result.failed()) {
            if (result.errno() != Errno.EINTR) {
                throw new OsException("waiting for events", result.errno());
            }
            return;
        }
        for (int i = 0; i < result.value(); i++) {
            Runnable action =
                    actions.get(
                            events.get(
                                    ValueLayout.JAVA_LONG_UNALIGNED,
                                    (long) i * EVENT_BYTES + EVENT_DATA));
            if (action != null) {
                run(action, failures);
            }
        }
    }

    private static int millis(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            return -1;
        }
        long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI > 0 ? 1 : 0);
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }

    /// Ends [#run] soon.
    @Override
    public void close() {
        closed = true;
        wake();
    }

    @Override
    public void wake() {
        // A number that was given back may be another file's.
        synchronized (count) {
            if (!ended) {
                Linux.Result unused = Linux.write(wake, count, 8);
            }
        }
    }

    /// Gives back what it has open.
    @Override
    public void ended() {
        synchronized (count) {
            if (!ended) {
                ended = true;
                Linux.close(wake);
                Linux.close(epoll);
            }
        }
    }
}
