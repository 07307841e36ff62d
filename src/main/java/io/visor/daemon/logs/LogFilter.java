package io.visor.daemon.logs;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.process.LineCutter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Prints the lines of a log that are of a time, as they are or as JSON objects.
final class LogFilter implements LineCutter.Sink {

    /// The longest time of RFC 3339 that is looked for, and the shortest one.
    private static final int LONGEST_TIME = 35;

    private static final int SHORTEST_TIME = 20;

    private static final String JSON_TIME = "{\"time\":\"";

    private final String service;
    private final @Nullable Instant since;
    private final boolean json;
    private final PrintStream out;
    private final Runnable onUntimed;
    private boolean timed;
    private boolean told;
    private boolean passing = true;

    /// Makes a filter.
    ///
    /// @param service whose log it is
    /// @param since lines before it are left out; a line without a time goes with the one before it
    /// @param json whether an object is printed for each line
    /// @param onUntimed told once, if there are lines of which it is not known when they were
    LogFilter(
            String service,
            @Nullable Instant since,
            boolean json,
            PrintStream out,
            Runnable onUntimed) {
        this.service = service;
        this.since = since;
        this.json = json;
        this.out = out;
        this.onUntimed = onUntimed;
    }

    @Override
    public void take(byte[] bytes, int offset, int count, boolean begins, boolean ends) {
        String time = begins ? time(bytes, offset, count) : "";
        if (begins && since != null) {
            decide(time, since);
        }
        if (!passing) {
            return;
        }
        if (json) {
            printJson(bytes, offset, count, time, ends);
        } else {
            out.write(bytes, offset, count);
            if (ends) {
                out.write('\n');
            }
        }
    }

    private void decide(String time, Instant limit) {
        Optional<Instant> instant = parse(time);
        if (instant.isPresent()) {
            timed = true;
            passing = !instant.get().isBefore(limit);
        } else if (!timed && !told) {
            told = true;
            onUntimed.run();
        }
    }

    private static Optional<Instant> parse(String time) {
        if (time.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(time).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// What stands where a line has its time, if it looks like one; else nothing.
    private static String time(byte[] bytes, int offset, int count) {
        boolean object = count > JSON_TIME.length() && bytes[offset] == '{';
        int from = object ? JSON_TIME.length() : 0;
        if (object
                && !JSON_TIME.equals(
                        new String(bytes, offset, from, StandardCharsets.ISO_8859_1))) {
            return "";
        }
        byte end = (byte) (object ? '"' : ' ');
        int length = 0;
        while (length <= LONGEST_TIME
                && from + length < count
                && bytes[offset + from + length] != end) {
            length++;
        }
        boolean looksSo =
                length >= SHORTEST_TIME
                        && length <= LONGEST_TIME
                        && bytes[offset + from + 4] == '-'
                        && bytes[offset + from + 10] == 'T';
        return looksSo ? new String(bytes, offset + from, length, StandardCharsets.ISO_8859_1) : "";
    }

    private void printJson(byte[] bytes, int offset, int count, String time, boolean ends) {
        boolean isOne = count > 0 && bytes[offset] == '{' && ends;
        if (isOne && isEntry(Arrays.copyOfRange(bytes, offset, offset + count))) {
            out.write(bytes, offset, count);
        } else {
            byte[] entry =
                    entry(new String(bytes, offset, count, StandardCharsets.UTF_8), time, ends)
                            .write()
                            .getBytes(StandardCharsets.UTF_8);
            out.write(entry, 0, entry.length);
        }
        out.write('\n');
    }

    /// Whether a line is an object of visor's own form.
    private static boolean isEntry(byte[] line) {
        try {
            return Json.parse(line) instanceof Json.Obj(var members)
                    && members.get("time") instanceof Json.Str
                    && members.get("line") instanceof Json.Str;
        } catch (JsonException e) {
            return false;
        }
    }

    /// A line of another form as an object.
    private Json entry(String text, String time, boolean ends) {
        boolean isTimed = !time.isEmpty() && parse(time).isPresent();
        String rest = isTimed ? text.substring(Math.min(text.length(), time.length() + 1)) : text;
        String stream = null;
        for (String name : new String[] {"out", "err"}) {
            String head = service + " " + name + " | ";
            if (stream == null && rest.startsWith(head)) {
                stream = "std" + name;
                rest = rest.substring(head.length());
            }
        }
        return Json.object(
                "time",
                isTimed ? time : null,
                "service",
                service,
                "stream",
                stream,
                "line",
                rest,
                "cut",
                ends ? null : true);
    }
}
