package io.visor.cli;

import io.visor.api.Transition;
import io.visor.api.upgrade.BackupEntry;
import io.visor.api.upgrade.UpgradeEntry;
import io.visor.cli.Table.Cell;
import io.visor.cli.Table.Colour;
import io.visor.cli.explain.Times;
import io.visor.json.Json;
import io.visor.model.Durations;
import io.visor.model.Sizes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts upgrades of the past, and the copies of data that they have left, into words.
///
/// @param times tells times
/// @param colour whether outcomes are coloured
record HistoryText(Times times, boolean colour) {

    private static final String NONE = "-";

    /// A table of upgrades.
    String table(List<UpgradeEntry> entries) {
        Table table = new Table("NUMBER", "PROGRAM", "FROM", "TO", "BEGUN", "TOOK", "RESULT");
        for (UpgradeEntry entry : entries) {
            table.row(
                    List.of(
                            Cell.of(String.valueOf(entry.upgradeId())),
                            Cell.of(entry.program()),
                            Cell.of(Objects.requireNonNullElse(entry.from(), NONE)),
                            Cell.of(entry.to()),
                            Cell.of(times.at(entry.openedAt())),
                            Cell.of(took(entry)),
                            Cell.of(result(entry) + why(entry))));
        }
        return table.text(colour);
    }

    /// A table of copies of data.
    String backups(List<BackupEntry> entries) {
        Table table = new Table("PROGRAM", "OF", "BEFORE", "MADE", "SIZE", "DIRECTORY", "WHILE");
        for (BackupEntry entry : entries) {
            table.row(
                    List.of(
                            Cell.of(entry.program()),
                            Cell.of(entry.from()),
                            Cell.of(entry.to()),
                            Cell.of(times.at(entry.madeAt())),
                            Cell.of(Sizes.format(entry.bytes())),
                            Cell.of(entry.directory()),
                            Cell.of(entry.when())));
        }
        return table.text(colour);
    }

    private static String took(UpgradeEntry entry) {
        Instant ended = entry.endedAt();
        return ended == null
                ? NONE
                : Durations.format(nonNegative(Duration.between(entry.openedAt(), ended)));
    }

    /// A clock may have been set back meanwhile.
    private static Duration nonNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static String result(UpgradeEntry entry) {
        String outcome = entry.outcome();
        if (outcome != null) {
            return word(outcome);
        }
        return entry.transitions().isEmpty()
                ? "going on"
                : "going on, " + word(entry.transitions().getLast().state());
    }

    private static String word(String state) {
        return state.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String why(UpgradeEntry entry) {
        return lastError(entry).map(error -> ": " + error).orElse("");
    }

    private static Optional<String> lastError(UpgradeEntry entry) {
        return "COMMITTED".equals(entry.outcome())
                ? Optional.empty()
                : entry.transitions().reversed().stream()
                        .flatMap(transition -> Optional.ofNullable(transition.error()).stream())
                        .findFirst();
    }

    /// All that is kept of one upgrade, a point a line.
    String one(UpgradeEntry entry) {
        StringBuilder text = new StringBuilder();
        text.append("upgrade ").append(entry.upgradeId()).append(" of ").append(entry.program());
        text.append(": ").append(entry.from() == null ? "" : entry.from() + " -> ");
        text.append(entry.to()).append(", ").append(entry.urgency()).append(", ");
        text.append(result(entry));
        text.append(entry.attempt() > 1 ? " (attempt " + entry.attempt() + ")" : "").append('\n');
        for (Transition transition : entry.transitions()) {
            text.append(transition(transition));
        }
        return text.toString();
    }

    private String transition(Transition transition) {
        boolean failed = transition.status().equals(Transition.FAILED);
        String state = String.format("%-11s", transition.state());
        StringBuilder text = new StringBuilder("  ");
        text.append(times.exactly(transition.at())).append("  ");
        text.append(failed && colour ? Colour.RED.paint(state) : state);
        text.append(failed ? " failed" : "");
        text.append(transition.error() == null ? "" : ": " + clean(transition.error()));
        String facts = facts(transition.extra());
        text.append(facts.isEmpty() ? "" : " " + facts).append('\n');
        lines(transition.extra())
                .forEach(line -> text.append("      ").append(clean(line)).append('\n'));
        return text.toString().replaceAll(" +\n", "\n");
    }

    /// What fits on the line.
    private static String facts(Json.@Nullable Obj extra) {
        return extra == null
                ? ""
                : extra.members().entrySet().stream()
                        .filter(fact -> !isLong(fact.getValue()))
                        .map(HistoryText::fact)
                        .collect(Collectors.joining(", "));
    }

    private static String fact(Map.Entry<String, Json> fact) {
        String value =
                fact.getValue() instanceof Json.Str(String text) ? text : fact.getValue().write();
        return clean(fact.getKey() + " " + value);
    }

    private static boolean isLong(Json value) {
        return value instanceof Json.Arr
                || value instanceof Json.Str(String text) && text.indexOf('\n') >= 0;
    }

    /// What takes lines of its own.
    private static List<String> lines(Json.@Nullable Obj extra) {
        return extra == null
                ? List.of()
                : extra.members().values().stream()
                        .filter(HistoryText::isLong)
                        .flatMap(value ->
                                value instanceof Json.Str(String text)
                                        ? text.lines()
                                        : value.write().lines())
                        .toList();
    }

    /// Nothing that a process has printed reaches the terminal as a control.
    private static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
