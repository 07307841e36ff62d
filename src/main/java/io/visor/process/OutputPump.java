package io.visor.process;

import io.visor.os.Descriptor;
import io.visor.os.IoBuffer;
import io.visor.os.OsException;
import io.visor.os.Poller;
import io.visor.time.Scheduler;
import java.util.concurrent.locks.ReentrantLock;

/// One thread that carries the output of any number of children to where it goes. A target that
/// does not take it makes the child wait, as it would without visor, and nobody else.
final class OutputPump implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    /// How often one child is read in a row before the next one has its turn.
    private static final int READS_IN_A_ROW = 16;

    private final Poller poller = new Poller();

    /// Takes output.
    interface Target extends AutoCloseable {

        /// Takes the first bytes of a buffer; may block.
        void write(IoBuffer buffer, int count);

        /// Nothing comes any more.
        @Override
        void close();
    }

    OutputPump(Scheduler scheduler, String name) {
        scheduler.start(name, poller::run);
    }

    /// Carries what can be read from a pipe to a target, until its end.
    Flow carry(Descriptor from, Target target, Tail tail) {
        Flow flow = new Flow(from, target, tail);
        flow.key = poller.register(from, flow::onReadable);
        return flow;
    }

    @Override
    public void close() {
        poller.close();
    }

    /// The output of one child on its way.
    final class Flow {

        private final Descriptor from;
        private final Target target;
        private final Tail tail;
        private final ReentrantLock lock = new ReentrantLock();
        private final IoBuffer buffer = new IoBuffer(BUFFER_BYTES);
        private long key;
        private boolean ended;

        Flow(Descriptor from, Target target, Tail tail) {
            this.from = from;
            this.target = target;
            this.tail = tail;
        }

        private void onReadable() {
            lock.lock();
            try {
                for (int i = 0; i < READS_IN_A_ROW && !ended; i++) {
                    if (!readOnce()) {
                        return;
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        /// Carries what is there now, unless the target keeps another thread waiting.
        void drain() {
            if (!lock.tryLock()) {
                return;
            }
            try {
                while (!ended && readOnce()) {
                    // There may be more.
                    continue;
                }
            } finally {
                lock.unlock();
            }
        }

        /// Whether the end has come.
        boolean isEnded() {
            lock.lock();
            try {
                return ended;
            } finally {
                lock.unlock();
            }
        }

        /// Reads and passes on.
        ///
        /// @return whether there may be more
        private boolean readOnce() {
            int count;
            try {
                count = from.read(buffer);
            } catch (OsException e) {
                // A pipe that cannot be read any more has nothing more to give.
                count = 0;
            }
            if (count == Descriptor.NOTHING_NOW) {
                return false;
            }
            if (count == 0) {
                end();
                return false;
            }
            tail.add(buffer, count);
            target.write(buffer, count);
            return true;
        }

        private void end() {
            ended = true;
            poller.unregister(from, key);
            from.close();
            target.close();
        }
    }
}
