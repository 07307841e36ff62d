package io.visor.daemon.logs;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.CannotException;
import io.visor.model.Signal;
import io.visor.model.UnitName;
import io.visor.os.SignalHandlers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Prints the log of a unit out of systemd's journal: visor need not run. Its lines have a time,
/// and those in which systemd tells of the unit are among them.
public final class UnitLog {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final UnitName unit;
    private final PrintStream out;

    public UnitLog(UnitName unit, PrintStream out) {
        this.unit = unit;
        this.out = out;
    }

    /// Prints what there is.
    ///
    /// @param follows whether it goes on with what comes, until an interrupt, or until nobody reads
    ///   it any more
    /// @throws CannotException if there is no journal, or it cannot be read
    public void print(ServiceLog.Request request, boolean follows) {
        Process process;
        try {
            process =
                    new ProcessBuilder(command(request, follows))
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw cannot(request, "journalctl cannot be started", "run it where systemd runs");
        }
        boolean unusedIfIgnored = SignalHandlers.on(Signal.INT, process::destroy);
        boolean isRead = true;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && isRead; line = lines.readLine()) {
                print(request, line);
                isRead = !out.checkError();
            }
        } catch (IOException e) {
            // It was ended by an interrupt.
            isRead = false;
        }
        process.destroy();
        try {
            int code = process.waitFor();
            if (code == 1) {
                throw cannot(
                        request,
                        "journalctl ended with code 1",
                        "run as root, or as a user of the group systemd-journal");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static CannotException cannot(ServiceLog.Request request, String why, String next) {
        return CannotException.untilChanged(
                "show the log of " + request.service(), why + "; " + next);
    }

    private List<String> command(ServiceLog.Request request, boolean follows) {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        "journalctl",
                        "--quiet",
                        "--no-pager",
                        "--output=json",
                        "--output-fields=MESSAGE,_TRANSPORT",
                        "--unit=" + unit,
                        "--user-unit=" + unit));
        if (request.since() != null) {
            command.add(
                    String.format(
                            Locale.ROOT,
                            "--since=@%d.%06d",
                            request.since().getEpochSecond(),
                            request.since().getNano() / 1000));
        }
        if (request.lines() != ServiceLog.ALL) {
            command.add("--lines=" + request.lines());
        } else if (follows) {
            command.add("--no-tail");
        }
        if (follows) {
            command.add("--follow");
        }
        return command;
    }

    private void print(ServiceLog.Request request, String line) {
        Json entry;
        try {
            entry = Json.parse(line);
        } catch (JsonException e) {
            // The last one may be cut off.
            return;
        }
        String time = time(text(entry, "__REALTIME_TIMESTAMP"));
        String message = text(entry, "MESSAGE");
        if (request.json()) {
            boolean isOutput = text(entry, "_TRANSPORT").equals("stdout");
            out.println(
                    Json.object(
                                    "time",
                                    time,
                                    "service",
                                    request.service().text(),
                                    "stream",
                                    isOutput ? "stdout" : "journal",
                                    "line",
                                    message)
                            .write());
        } else {
            out.println(time + " " + message);
        }
    }

    private static String time(String micros) {
        if (!micros.matches("[0-9]{1,18}")) {
            return "";
        }
        long value = Long.parseLong(micros);
        return TIME.format(Instant.ofEpochSecond(value / 1_000_000, value % 1_000_000 * 1000));
    }

    /// A field; one that is not UTF-8 is a list of its bytes (systemd's Journal Export Formats).
    private static String text(Json entry, String field) {
        return switch (entry.at(field).orElse(null)) {
            case Json.Str(String text) -> text;
            case Json.Arr(List<Json> bytes) -> {
                byte[] raw = new byte[bytes.size()];
                for (int i = 0; i < raw.length; i++) {
                    raw[i] =
                            bytes.get(i) instanceof Json.Num(var number)
                                    ? number.byteValue()
                                    : (byte) '?';
                }
                yield new String(raw, StandardCharsets.UTF_8);
            }
            case null, default -> "";
        };
    }
}
