package io.visor.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// Makes lines of one stream of a child's output, for as long as somebody wants to see them. A line
/// is cut after 64 KiB, so that its memory is bounded; what is left of it is not shown. For one
/// thread at a time.
public final class LineSplitter {

    /// The most that is shown of a line.
    public static final int MAX_LINE_BYTES = 64 << 10;

    private static final int FIRST_BYTES = 256;
    private static final int PIECE_BYTES = 4 << 10;
    private static final byte[] NOTHING = {};
    private static final char ESCAPE = '\u001b';

    /// Colours and the like (ECMA-48, 5.4).
    private static final Pattern CONTROL_SEQUENCE = Pattern.compile("\u001b\\[[0-?]*[ -/]*[@-~]");

    private final LineWatcher watcher;
    private byte[] piece = NOTHING;
    private byte[] line = NOTHING;
    private int filled;
    private boolean cut;
    private boolean done;

    public LineSplitter(LineWatcher watcher) {
        this.watcher = watcher;
    }

    /// Takes in what was read, to the buffer's limit.
    void add(ByteBuffer bytes) {
        if (done) {
            return;
        }
        if (piece.length == 0) {
            piece = new byte[PIECE_BYTES];
        }
        while (bytes.hasRemaining() && !done) {
            int length = Math.min(piece.length, bytes.remaining());
            bytes.get(piece, 0, length);
            add(piece, 0, length);
        }
    }

    /// Takes in what was read.
    public void add(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int start = offset;
        while (start < end && !done) {
            int stop = start;
            while (stop < end && bytes[stop] != '\n') {
                stop++;
            }
            keep(bytes, start, stop - start);
            if (stop < end) {
                endLine();
            }
            start = stop + 1;
        }
    }

    /// Nothing comes any more: what stands there without an end is a line too.
    public void end() {
        if (!done && filled > 0) {
            show();
        }
        finish();
    }

    /// Whether nobody wants to see more lines; then [#add] does nothing.
    public boolean isDone() {
        return done;
    }

    private void keep(byte[] bytes, int offset, int length) {
        if (cut || length == 0) {
            return;
        }
        int kept = Math.min(length, MAX_LINE_BYTES - filled);
        if (filled + kept > line.length) {
            int size = Math.max(FIRST_BYTES, Math.max(filled + kept, line.length * 2));
            line = Arrays.copyOf(line, Math.min(MAX_LINE_BYTES, size));
        }
        System.arraycopy(bytes, offset, line, filled, kept);
        filled += kept;
        if (filled == MAX_LINE_BYTES) {
            show();
            cut = true;
        }
    }

    private void endLine() {
        if (!cut) {
            show();
        }
        cut = false;
    }

    private void show() {
        int length = filled > 0 && line[filled - 1] == '\r' ? filled - 1 : filled;
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        filled = 0;
        if (text.indexOf(ESCAPE) >= 0) {
            text = CONTROL_SEQUENCE.matcher(text).replaceAll("");
        }
        if (!watcher.onLine(text)) {
            finish();
        }
    }

    private void finish() {
        done = true;
        filled = 0;
        line = NOTHING;
        piece = NOTHING;
    }
}
