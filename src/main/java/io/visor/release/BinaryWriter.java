package io.visor.release;

import io.visor.os.EarlyFlush;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Writes a file in a task of its own, while another one makes the next bytes. What waits to be
/// written is bounded by the pieces that there are.
final class BinaryWriter implements AutoCloseable {

    private static final int PIECE_BYTES = 256 << 10;
    private static final int PIECES = 4;

    /// Calls do not get lost; were one to, the other side looks again after this.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Path file;
    private final Set<PosixFilePermission> permissions;
    private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();
    private final Queue<ByteBuffer> filled = new ConcurrentLinkedQueue<>();
    private final Wakeup onFree;
    private final Wakeup onFilled;
    private int pieces;
    private volatile End end = End.OPEN;
    private volatile @Nullable Outcome outcome;

    /// What becomes of the file.
    private enum End {
        /// More comes.
        OPEN,

        /// It is whole.
        WHOLE,

        /// It is given up.
        ABANDONED
    }

    /// How writing ended.
    ///
    /// @param failure null if all is written and flushed
    private record Outcome(@Nullable Exception failure) {}

    private BinaryWriter(Path file, Set<PosixFilePermission> permissions, Scheduler scheduler) {
        this.file = file;
        this.permissions = permissions;
        this.onFree = scheduler.wakeup();
        this.onFilled = scheduler.wakeup();
    }

    /// Begins to write a file, which must not be there.
    ///
    /// @param permissions those it has when it is whole
    /// @throws IOException if it cannot be made. It is made here: one that the writing thread made
    ///   could come after it was given up and what was there had been deleted
    static BinaryWriter start(Path file, Set<PosixFilePermission> permissions, Scheduler scheduler)
            throws IOException {
        FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        BinaryWriter writer = new BinaryWriter(file, permissions, scheduler);
        scheduler.start("write-" + file.getFileName(), () -> writer.run(out));
        return writer;
    }

    /// A piece to fill; waits until there is one.
    ///
    /// @throws IOException if what was given before cannot be written
    byte[] free() throws IOException, InterruptedException {
        for (byte[] piece = free.poll(); ; piece = free.poll()) {
            throwFailure();
            if (piece != null) {
                return piece;
            }
            if (pieces < PIECES) {
                pieces++;
                return new byte[PIECE_BYTES];
            }
            boolean unused = onFree.await(LOOK_AGAIN);
        }
    }

    /// Has a piece written after those that were given before.
    ///
    /// @param count how many of its bytes
    void write(byte[] piece, int count) {
        filled.add(ByteBuffer.wrap(piece, 0, count));
        onFilled.signal();
    }

    /// Waits until all is written and flushed.
    ///
    /// @throws IOException if it cannot be
    void finish() throws IOException, InterruptedException {
        end = End.WHOLE;
        onFilled.signal();
        while (outcome == null) {
            boolean unused = onFree.await(LOOK_AGAIN);
        }
        throwFailure();
    }

    private void throwFailure() throws IOException {
        Outcome ended = outcome;
        if (ended == null) {
            return;
        }
        switch (ended.failure) {
            case null -> {}
            case IOException e -> throw e;
            case Exception e -> throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// Gives the file up, if it is not whole.
    @Override
    public void close() {
        if (end == End.OPEN) {
            end = End.ABANDONED;
            onFilled.signal();
        }
    }

    private void run(FileChannel out) throws InterruptedException {
        Exception failure = new IOException(file + " was given up");
        try {
            writeAll(out);
            failure = null;
        } catch (IOException | RuntimeException e) {
            failure = e;
        } finally {
            outcome = new Outcome(failure);
            onFree.signal();
        }
    }

    private void writeAll(FileChannel out) throws IOException, InterruptedException {
        try (out;
                EarlyFlush flush = EarlyFlush.of(file)) {
            while (end != End.ABANDONED) {
                // Looked at before the queue: what is whole has nothing behind its last piece.
                boolean last = end == End.WHOLE;
                ByteBuffer piece = filled.poll();
                if (piece != null) {
                    write(piece, out);
                    flush.written(out.position());
                } else if (last) {
                    // Before the flush, so that they are as durable as the content.
                    Files.setPosixFilePermissions(file, permissions);
                    out.force(true);
                    return;
                } else {
                    boolean unused = onFilled.await(LOOK_AGAIN);
                }
            }
        }
    }

    private void write(ByteBuffer piece, FileChannel out) throws IOException {
        while (piece.hasRemaining()) {
            int unused = out.write(piece);
        }
        free.add(piece.array());
        onFree.signal();
    }
}
