package io.visor.process;

import io.visor.os.IoBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The end of what a child has written, kept to explain its exit. Bounded however much comes.
final class Tail {

    private static final int BYTES = 4096;
    private static final int MAX_LINE = 200;

    private final byte[] ring = new byte[BYTES];
    private int next;
    private int filled;

    /// Takes in what was read.
    synchronized void add(IoBuffer buffer, int count) {
        int kept = Math.min(count, BYTES);
        int first = Math.min(kept, BYTES - next);
        buffer.get(count - kept, ring, next, first);
        buffer.get(count - kept + first, ring, 0, kept - first);
        next = (next + kept) % BYTES;
        filled = Math.min(BYTES, filled + kept);
    }

    /// The last lines that are not blank, each cut to 200 characters, without control characters.
    ///
    /// @param most how many at most
    synchronized List<String> lastLines(int most) {
        byte[] bytes = new byte[filled];
        int start = (next - filled + BYTES) % BYTES;
        int first = Math.min(filled, BYTES - start);
        System.arraycopy(ring, start, bytes, 0, first);
        System.arraycopy(ring, 0, bytes, first, filled - first);
        List<String> lines = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\\R")) {
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
