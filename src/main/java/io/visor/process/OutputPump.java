package io.visor.process;

import io.visor.os.Descriptor;
import io.visor.os.IoBuffer;
import io.visor.os.OsException;
import io.visor.os.Poller;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One thread that carries the output of any number of children to where it goes. A target that
/// does not take it makes the children that write to this pump wait, as they would without visor,
/// and nobody else.
final class OutputPump implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 << 10;

    /// What is left in a child's pipe when the rest is moved on without being looked at: the end of
    /// a child's output has to be seen. It is the longest tail that is kept.
    private static final int SEEN_BYTES = Launch.SEARCHED_TAIL_BYTES;

    /// Less is copied sooner than moved.
    private static final int WORTH_MOVING_BYTES = 64 << 10;

    private static final int DRAINED_BYTES = 64 << 10;
    private static final int STAGE_BYTES = 1 << 20;

    /// How often one child is read in a row before the next one has its turn.
    private static final int READS_IN_A_ROW = 16;

    /// What may be read ahead of what is passed on, of all children together.
    private static final long MAX_AHEAD_BYTES = 4 << 20;

    /// A child that writes many small pieces would wake the thread for each of them, which costs
    /// the child more than its writing does: the thread then rests, while the pipe gathers them.
    private static final Duration REST = Duration.ofNanos(500_000);

    /// The rest while a pipe is refilled by a child that writes large pieces.
    private static final Duration SHORT_REST = Duration.ofNanos(50_000);

    /// Rounds that follow one another sooner are worth a rest.
    private static final Duration SOON = Duration.ofMillis(1);

    /// Rounds that brought more need none.
    private static final int SMALL_BYTES = 32 << 10;

    private final Scheduler scheduler;
    private final Poller poller;
    private final IoBuffer buffer = new IoBuffer(BUFFER_BYTES);
    private final Set<Flow> flows = ConcurrentHashMap.newKeySet();
    private final AtomicLong ahead = new AtomicLong();

    /// Guards what other threads read into, one after the other. Taken after a flow's lock.
    private final ReentrantLock draining = new ReentrantLock();

    private @Nullable IoBuffer drained;
    private Descriptor.@Nullable Pipe stage;
    private Duration roundEnded = Duration.ZERO;
    private long carried;
    private boolean gathering;

    /// Takes output. Called on the pump's thread only.
    interface Target extends AutoCloseable {

        /// Takes what the buffer has left, all of it; may block.
        ///
        /// @param bytes outside the heap
        void write(ByteBuffer bytes);

        /// Whether it is worth while to offer bytes to [#move].
        default boolean moves() {
            return false;
        }

        /// Takes bytes from a pipe without copying them.
        ///
        /// @param count how many the pipe holds
        /// @return how many were taken, from none to all
        default int move(Descriptor from, int count) {
            return 0;
        }

        /// Nothing comes any more.
        @Override
        void close();
    }

    OutputPump(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.poller = new Poller(new PollerFailures(scheduler, name));
        scheduler.start(name, () -> poller.run(this::rest));
    }

    /// Carries what can be read from a pipe to a target, until its end.
    Flow carry(Descriptor from, Target target, Tail tail) {
        Flow flow = new Flow(from, target, tail);
        flows.add(flow);
        flow.lock.lock();
        try {
            // A child may have ended already: its end has to wait until the key is known.
            flow.key = poller.register(from, flow::onReadable);
        } catch (OsException e) {
            flows.remove(flow);
            throw e;
        } finally {
            flow.lock.unlock();
        }
        return flow;
    }

    private void rest() {
        Duration now = scheduler.clock().monotonic();
        boolean small =
                carried > 0 && carried < SMALL_BYTES && now.minus(roundEnded).compareTo(SOON) < 0;
        if (small || gathering) {
            try {
                scheduler.clock().sleep(small ? REST : SHORT_REST);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            now = scheduler.clock().monotonic();
        }
        roundEnded = now;
        carried = 0;
        gathering = false;
    }

    private IoBuffer drained() {
        if (drained == null) {
            drained = new IoBuffer(DRAINED_BYTES);
        }
        return drained;
    }

    private Descriptor.Pipe staged() {
        if (stage == null) {
            stage = Descriptor.pipe(STAGE_BYTES);
        }
        return stage;
    }

    /// Carries what is there now, as the last thing.
    ///
    /// @return whether that was done within the limit
    boolean finish(Duration limit) throws InterruptedException {
        Wakeup done = scheduler.wakeup();
        poller.execute(() -> {
            List.copyOf(flows).forEach(Flow::finish);
            done.signal();
        });
        return done.await(limit);
    }

    @Override
    public void close() {
        poller.close();
    }

    /// The output of one child on its way. Any thread may read it; the pump's passes it on.
    final class Flow {

        private final Descriptor from;
        private final Target target;
        private final Tail tail;

        /// Held while reading, never while writing.
        private final ReentrantLock lock = new ReentrantLock();

        /// What was read and is not passed on yet.
        private final Deque<byte[]> waiting = new ArrayDeque<>();

        private long key;
        private boolean ended;

        Flow(Descriptor from, Target target, Tail tail) {
            this.from = from;
            this.target = target;
            this.tail = tail;
        }

        private void onReadable() {
            boolean moved = false;
            for (int i = 0; i < READS_IN_A_ROW; i++) {
                if (moveOn()) {
                    moved = true;
                } else if (moved) {
                    // A busy child's next pieces are better gathered and moved than copied.
                    gathering = true;
                    return;
                } else if (!passOn()) {
                    return;
                }
            }
        }

        /// Moves on what a busy child has written, but for the end of it. The child's pipe is
        /// emptied into another one first, which costs nothing, so that the child can go on writing
        /// while the file is written.
        ///
        /// @return whether anything was moved
        private boolean moveOn() {
            if (!target.moves()) {
                return false;
            }
            int count = stage();
            if (count <= 0) {
                return false;
            }
            carried += count;
            Descriptor staged = staged().reading();
            int left = count - target.move(staged, count);
            while (left > 0) {
                int read = staged.read(buffer);
                if (read <= 0) {
                    throw new IllegalStateException(left + " bytes are not in the pipe");
                }
                left -= read;
                target.write(buffer.first(read));
            }
            return true;
        }

        private int stage() {
            lock.lock();
            try {
                if (ended || !waiting.isEmpty()) {
                    return 0;
                }
                int count = from.available() - SEEN_BYTES;
                return count < WORTH_MOVING_BYTES ? 0 : from.moveTo(staged(), count);
            } catch (OsException e) {
                // What cannot be moved is copied.
                return 0;
            } finally {
                lock.unlock();
            }
        }

        /// Passes one piece on.
        ///
        /// @return whether there may be more
        private boolean passOn() {
            int count = next();
            if (count > 0) {
                carried += count;
                target.write(buffer.first(count));
                return count == BUFFER_BYTES;
            }
            if (count == 0) {
                end();
            }
            return false;
        }

        /// Puts the next piece into the pump's buffer.
        ///
        /// @return its size; 0 at the end; [Descriptor#NOTHING_NOW]
        private int next() {
            lock.lock();
            try {
                byte[] piece = waiting.poll();
                if (piece == null) {
                    return ended ? Descriptor.NOTHING_NOW : read(buffer);
                }
                ahead.addAndGet(-piece.length);
                buffer.put(piece);
                return piece.length;
            } finally {
                lock.unlock();
            }
        }

        private int read(IoBuffer into) {
            int count;
            try {
                count = from.read(into);
            } catch (OsException e) {
                // A pipe that cannot be read any more has nothing more to give.
                return 0;
            }
            if (count > 0) {
                tail.add(into.first(count));
            }
            return count;
        }

        /// Takes in for the tail what is there now. What it is passed on to is not waited for.
        void drain() {
            lock.lock();
            draining.lock();
            try {
                IoBuffer own = drained();
                while (!ended && ahead.get() < MAX_AHEAD_BYTES) {
                    int count = read(own);
                    if (count <= 0) {
                        // The pump's thread will find the end as well.
                        break;
                    }
                    byte[] piece = new byte[count];
                    own.first(count).get(piece);
                    waiting.add(piece);
                    ahead.addAndGet(count);
                }
                if (!waiting.isEmpty()) {
                    poller.execute(this::passWaiting);
                }
            } finally {
                draining.unlock();
                lock.unlock();
            }
        }

        private void passWaiting() {
            while (isWaiting()) {
                boolean unused = passOn();
            }
        }

        private boolean isWaiting() {
            lock.lock();
            try {
                return !waiting.isEmpty();
            } finally {
                lock.unlock();
            }
        }

        private void finish() {
            passWaiting();
            // What is in the pipe now; a child that writes on could be read for ever.
            int left = available();
            while (left > 0) {
                int count = next();
                if (count <= 0) {
                    break;
                }
                left -= count;
                target.write(buffer.first(count));
            }
            end();
        }

        private int available() {
            lock.lock();
            try {
                return ended ? 0 : from.available();
            } finally {
                lock.unlock();
            }
        }

        private void end() {
            lock.lock();
            try {
                if (ended) {
                    return;
                }
                ended = true;
                flows.remove(this);
                poller.unregister(from, key);
                from.close();
            } finally {
                lock.unlock();
            }
            target.close();
        }
    }
}
