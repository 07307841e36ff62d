package io.visor.process;

import io.visor.os.Descriptor;
import io.visor.os.OsException;
import io.visor.time.Loop;
import io.visor.time.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntSupplier;

/// The pipes that children write to. Those of the next start are made ahead, so that a restart does
/// not wait for them.
final class PipeStock implements AutoCloseable {

    /// Pipes of this size keep a busy child from waiting for visor; with many children the kernel's
    /// limit for a user's pipes together would be reached.
    private static final int WIDE_BYTES = 512 << 10;

    private static final int BYTES = 64 << 10;
    private static final int FEW_CHILDREN = 16;

    /// A child's standard output and standard error.
    private static final int READY = 2;

    private static final Duration LATER = Duration.ofMillis(3);

    private final Loop loop;
    private final IntSupplier children;
    private final Deque<Descriptor.Pipe> ready = new ArrayDeque<>();
    private boolean filling;
    private boolean closed;

    /// Makes the first ones.
    ///
    /// @param children how many there are
    /// @throws OsException if there are too many open files
    PipeStock(Loop loop, IntSupplier children) {
        this.loop = loop;
        this.children = children;
        while (ready.size() < READY) {
            ready.add(make());
        }
    }

    private Descriptor.Pipe make() {
        return Descriptor.pipe(children.getAsInt() < FEW_CHILDREN ? WIDE_BYTES : BYTES);
    }

    /// A pipe, which is the caller's from now on.
    ///
    /// @throws OsException if there are too many open files
    synchronized Descriptor.Pipe take() {
        if (!filling) {
            filling = true;
            Timer unused = loop.schedule(LATER, this::fill);
        }
        Descriptor.Pipe pipe = ready.poll();
        return pipe == null ? make() : pipe;
    }

    private synchronized void fill() {
        filling = false;
        try {
            while (!closed && ready.size() < READY) {
                ready.add(make());
            }
        } catch (OsException e) {
            // With too many open files, the next start makes its own, or fails and says so.
            return;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (Descriptor.Pipe pipe = ready.poll(); pipe != null; pipe = ready.poll()) {
            pipe.reading().close();
            pipe.writing().close();
        }
    }
}
