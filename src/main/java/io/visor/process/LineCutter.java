package io.visor.process;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// Cuts a stream of bytes into lines. A line that is too long for memory comes in pieces, so that
/// what is held is bounded whatever is fed.
public final class LineCutter {

    /// A line is cut when it gets longer, in bytes.
    public static final int MAX_BYTES = 64 << 10;

    /// What every cutter may hold without asking for more.
    private static final int FREE_BYTES = 4096;

    private static final int FIRST_BYTES = 256;
    private static final byte[] NOTHING = {};

    private final Sink sink;
    private final Budget budget;
    private byte[] line = NOTHING;
    private int filled;
    private boolean continued;

    /// Takes lines and pieces of lines.
    @FunctionalInterface
    public interface Sink {

        /// A line, or a piece of one, without its newline.
        ///
        /// @param bytes holds it, until this returns
        /// @param begins whether the line begins here
        /// @param ends whether the line ends here
        void take(byte[] bytes, int offset, int count, boolean begins, boolean ends);
    }

    /// What a number of cutters may hold together, above 4 KB each. Where it is used up, long lines
    /// are cut earlier.
    static final class Budget {

        private final AtomicLong left;

        Budget(long bytes) {
            left = new AtomicLong(bytes);
        }

        boolean take(long bytes) {
            if (left.addAndGet(-bytes) >= 0) {
                return true;
            }
            left.addAndGet(bytes);
            return false;
        }

        void give(long bytes) {
            left.addAndGet(bytes);
        }
    }

    /// Makes a cutter that holds 64 KB at most.
    public LineCutter(Sink sink) {
        this(sink, new Budget(MAX_BYTES));
    }

    LineCutter(Sink sink, Budget budget) {
        this.sink = sink;
        this.budget = budget;
    }

    /// Takes in the next bytes of the stream.
    public void feed(byte[] bytes, int offset, int count) {
        int at = offset;
        int end = offset + count;
        while (at < end) {
            int newline = at;
            while (newline < end && bytes[newline] != '\n') {
                newline++;
            }
            take(bytes, at, newline - at, newline < end);
            at = newline + 1;
        }
    }

    /// The stream has ended: what stands behind its last newline is a line too.
    public void finish() {
        if (filled > 0) {
            emit(true);
        }
        release();
    }

    private void take(byte[] bytes, int offset, int count, boolean ends) {
        if (ends && filled == 0 && count <= MAX_BYTES) {
            sink.take(bytes, offset, count, !continued, true);
            continued = false;
            return;
        }
        int at = offset;
        int left = count;
        for (int room = room(left); left > room; room = room(left)) {
            System.arraycopy(bytes, at, line, filled, room);
            filled += room;
            at += room;
            left -= room;
            cut();
        }
        System.arraycopy(bytes, at, line, filled, left);
        filled += left;
        if (ends) {
            emit(true);
            release();
        }
    }

    /// How much more can be held, after room has been made for as much as is wanted and allowed.
    private int room(int wanted) {
        int needed = Math.min(MAX_BYTES, filled + wanted);
        if (needed > line.length) {
            int size = Math.clamp(Integer.highestOneBit(needed - 1) * 2, FIRST_BYTES, MAX_BYTES);
            int charged = Math.max(line.length, FREE_BYTES);
            if (size > FREE_BYTES && !budget.take(size - charged)) {
                size = charged;
            }
            line = Arrays.copyOf(line, size);
        }
        return line.length - filled;
    }

    /// Gives away what is held, but for the first bytes of a character that is not complete.
    private void cut() {
        int kept = incomplete();
        byte[] rest = Arrays.copyOfRange(line, filled - kept, filled);
        filled -= kept;
        emit(false);
        System.arraycopy(rest, 0, line, 0, kept);
        filled = kept;
    }

    /// How many bytes at the end begin a character of UTF-8 whose other bytes are not here.
    private int incomplete() {
        for (int i = 1; i <= 3 && i < filled; i++) {
            int value = line[filled - i] & 0xFF;
            if (value >= 0xC0) {
                int length = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return length > i ? i : 0;
            }
            if (value < 0x80) {
                return 0;
            }
        }
        return 0;
    }

    private void emit(boolean ends) {
        int count = filled;
        filled = 0;
        boolean begins = !continued;
        continued = !ends;
        sink.take(line, 0, count, begins, ends);
    }

    private void release() {
        if (line.length > FREE_BYTES) {
            budget.give(line.length - FREE_BYTES);
            line = NOTHING;
        }
    }
}
