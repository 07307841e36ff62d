package io.visor.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The end of what a child has written, kept to explain its exit. Bounded however much comes, and
/// not larger than what came.
final class Tail {

    private static final int FIRST_BYTES = 1024;
    private static final int MAX_LINE = 200;

    private final int most;
    private byte[] ring;
    private int next;
    private int filled;

    /// Makes an empty one.
    ///
    /// @param most how many bytes are kept
    Tail(int most) {
        this.most = most;
        this.ring = new byte[Math.min(FIRST_BYTES, most)];
    }

    /// Takes in what a buffer has left, which is left there.
    synchronized void add(ByteBuffer bytes) {
        int count = bytes.remaining();
        makeRoom(count);
        int kept = Math.min(count, ring.length);
        int first = Math.min(kept, ring.length - next);
        int from = bytes.limit() - kept;
        bytes.get(from, ring, next, first);
        bytes.get(from + first, ring, 0, kept - first);
        next = (next + kept) % ring.length;
        filled = Math.min(ring.length, filled + kept);
    }

    private void makeRoom(int count) {
        int size = ring.length;
        while (size < most && size < filled + count) {
            size = Math.min(most, size * 2);
        }
        if (size > ring.length) {
            byte[] kept = bytes();
            ring = Arrays.copyOf(kept, size);
            next = kept.length;
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[filled];
        int start = (next - filled + ring.length) % ring.length;
        int first = Math.min(filled, ring.length - start);
        System.arraycopy(ring, start, bytes, 0, first);
        System.arraycopy(ring, 0, bytes, first, filled - first);
        return bytes;
    }

    /// All that is kept, as text.
    synchronized String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /// The last lines that are not blank, each cut to 200 characters, without control characters.
    ///
    /// @param most how many at most
    List<String> lastLines(int most) {
        List<String> lines = new ArrayList<>();
        for (String line : text().split("\\R")) {
            String clean =
                    line.replaceAll("\\x1b\\[[0-9;]*[A-Za-z]", "")
                            .replaceAll("\\p{Cntrl}", " ")
                            .strip();
            if (!clean.isEmpty()) {
                lines.add(clean.length() > MAX_LINE ? clean.substring(0, MAX_LINE) + "…" : clean);
            }
        }
        return List.copyOf(lines.subList(Math.max(0, lines.size() - most), lines.size()));
    }
}
