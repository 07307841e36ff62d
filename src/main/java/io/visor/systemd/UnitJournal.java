package io.visor.systemd;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.ExitStatus;
import io.visor.model.UnitName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the journal has of one run of a unit (systemd.journal-fields(7)). For tasks.
final class UnitJournal {

    private static final int ENTRIES = 40;

    private final Systemctl systemctl;

    /// What was found.
    ///
    /// @param lines what its processes wrote last, without control characters
    /// @param exit how its main process ended; null if that is not there
    record Found(List<String> lines, @Nullable ExitStatus exit) {

        static final Found NOTHING = new Found(List.of(), null);

        Found {
            lines = List.copyOf(lines);
        }
    }

    UnitJournal(Systemctl systemctl) {
        this.systemctl = systemctl;
    }

    /// Reads the end of a run. A journal that cannot be read has nothing: nothing waits for it.
    ///
    /// @param invocation which run; empty: the newest ones
    Found read(UnitName unit, String invocation) throws InterruptedException {
        List<String> matches =
                invocation.isEmpty()
                        ? List.of(
                                systemctl.scope(unit) == Systemctl.Scope.USER
                                        ? "--user-unit=" + unit
                                        : "--unit=" + unit)
                        : List.of(
                                "_SYSTEMD_INVOCATION_ID=" + invocation,
                                "+",
                                "INVOCATION_ID=" + invocation,
                                "+",
                                "USER_INVOCATION_ID=" + invocation);
        try {
            return parse(systemctl.journal(systemctl.scope(unit), ENTRIES, matches));
        } catch (SystemdException e) {
            return Found.NOTHING;
        }
    }

    static Found parse(String text) {
        List<String> lines = new ArrayList<>();
        ExitStatus exit = null;
        for (String line : text.lines().toList()) {
            Json entry;
            try {
                entry = Json.parse(line);
            } catch (JsonException e) {
                // The last one may be cut off.
                continue;
            }
            Optional<ExitStatus> found = exit(entry);
            if (found.isPresent()) {
                exit = found.get();
            } else if (entry.at("_SYSTEMD_INVOCATION_ID").isPresent()) {
                word(entry, "MESSAGE")
                        .map(message -> message.replaceAll("\\p{Cntrl}+", " ").strip())
                        .filter(message -> !message.isEmpty())
                        .ifPresent(lines::add);
            }
        }
        return new Found(lines, exit);
    }

    /// A text; what is not UTF-8 is written as a list of bytes, and left out.
    private static Optional<String> word(Json entry, String key) {
        return entry.at(key)
                .filter(Json.Str.class::isInstance)
                .map(value -> ((Json.Str) value).text());
    }

    private static Optional<ExitStatus> exit(Json entry) {
        Optional<String> status =
                word(entry, "EXIT_STATUS").filter(text -> text.matches("[0-9]{1,3}"));
        return word(entry, "EXIT_CODE")
                .filter(code -> status.isPresent())
                .map(code -> {
                    int number = Integer.parseInt(status.get());
                    return code.equals("exited")
                            ? new ExitStatus.Exited(number)
                            : new ExitStatus.Signaled(number);
                });
    }
}
