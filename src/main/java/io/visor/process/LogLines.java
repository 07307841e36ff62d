package io.visor.process;

import io.visor.model.LogSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;

/// Puts lines of output into the form of a log: `2026-08-01T02:10:11.123Z service out | line`, as
/// docker compose shows them with the time in front, or a JSON object (RFC 8259) with `time`,
/// `service`, `stream`, `line`, and `cut` where the line goes on in the next object. Times are RFC
/// 3339 in UTC, to the millisecond. For one thread at a time.
final class LogLines {

    private static final byte[] ELLIPSIS = "…".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\"}\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CUT_END = "\",\"cut\":true}\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final boolean json;
    private final boolean timed;
    private final byte[] head;
    private final Bytes out;
    private byte[] time = {};
    private long timeMillis = Long.MIN_VALUE;

    /// What is formed and not written yet. Many can share one, as each writes what it forms before
    /// another one's turn.
    static final class Bytes {
        private byte[] bytes = new byte[512];
        private int filled;

        private void put(byte[] more, int offset, int count) {
            room(count);
            System.arraycopy(more, offset, bytes, filled, count);
            filled += count;
        }

        private void put(String ascii) {
            room(ascii.length());
            for (int i = 0; i < ascii.length(); i++) {
                bytes[filled++] = (byte) ascii.charAt(i);
            }
        }

        private void room(int count) {
            if (bytes.length - filled < count) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, filled + count));
            }
        }
    }

    /// Forms lines.
    ///
    /// @param stdout whether the lines are of standard output
    /// @param out where they are put
    LogLines(LogSpec spec, String service, boolean stdout, Bytes out) {
        this.out = out;
        this.json = spec.format() == LogSpec.Format.JSON;
        this.timed = json || spec.timestamps();
        this.head =
                switch (spec.format()) {
                    case RAW -> new byte[0];
                    case PREFIX -> bytes(service + (stdout ? " out | " : " err | "));
                    case JSON ->
                            bytes(
                                    "\",\"service\":\""
                                            + service
                                            + "\",\"stream\":\""
                                            + (stdout ? "stdout" : "stderr")
                                            + "\",\"line\":\"");
                };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// When what comes next was read.
    void at(Instant now) {
        long millis = now.toEpochMilli();
        if (timed && millis != timeMillis) {
            timeMillis = millis;
            time = bytes(time(millis) + (json ? "" : " "));
        }
    }

    private static String time(long millis) {
        LocalDateTime utc =
                LocalDateTime.ofEpochSecond(
                        Math.floorDiv(millis, 1000L),
                        Math.floorMod(millis, 1000) * 1_000_000,
                        ZoneOffset.UTC);
        return String.format(
                Locale.ROOT,
                "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                utc.getYear(),
                utc.getMonthValue(),
                utc.getDayOfMonth(),
                utc.getHour(),
                utc.getMinute(),
                utc.getSecond(),
                Math.floorMod(millis, 1000));
    }

    /// Adds a line, or a piece of one ([LineCutter.Sink]).
    void add(byte[] bytes, int offset, int count, boolean begins, boolean ends) {
        if (json) {
            out.put("{\"time\":\"");
            out.put(time, 0, time.length);
            out.put(head, 0, head.length);
            putText(bytes, offset, count);
            byte[] end = ends ? END : CUT_END;
            out.put(end, 0, end.length);
            return;
        }
        out.put(time, 0, time.length);
        out.put(head, 0, head.length);
        if (!begins) {
            out.put(ELLIPSIS, 0, ELLIPSIS.length);
        }
        out.put(bytes, offset, count);
        if (!ends) {
            out.put(ELLIPSIS, 0, ELLIPSIS.length);
        }
        out.put("\n");
    }

    /// Adds text to a JSON string; what is not UTF-8 becomes U+FFFD.
    private void putText(byte[] bytes, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            if (bytes[i] < 0) {
                byte[] valid = bytes(new String(bytes, offset, count, StandardCharsets.UTF_8));
                putEscaped(valid, 0, valid.length);
                return;
            }
        }
        putEscaped(bytes, offset, count);
    }

    private void putEscaped(byte[] bytes, int offset, int count) {
        int plain = offset;
        for (int i = offset; i < offset + count; i++) {
            byte value = bytes[i];
            if (value == '"' || value == '\\' || value >= 0 && value < ' ') {
                out.put(bytes, plain, i - plain);
                plain = i + 1;
                escape(value);
            }
        }
        out.put(bytes, plain, offset + count - plain);
    }

    private void escape(byte value) {
        switch (value) {
            case '"' -> out.put("\\\"");
            case '\\' -> out.put("\\\\");
            case '\t' -> out.put("\\t");
            case '\r' -> out.put("\\r");
            default -> {
                out.put("\\u00");
                out.put(HEX, value >> 4, 1);
                out.put(HEX, value & 0xF, 1);
            }
        }
    }

    /// How many bytes are there.
    int size() {
        return out.filled;
    }

    /// All that was added since the last time; holds until something is added again.
    ByteBuffer take() {
        ByteBuffer lines = ByteBuffer.wrap(out.bytes, 0, out.filled);
        out.filled = 0;
        return lines;
    }
}
