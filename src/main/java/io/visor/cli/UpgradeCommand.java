package io.visor.cli;

import io.visor.api.ControlClient;
import io.visor.api.Listing;
import io.visor.api.ProgramStatus;
import io.visor.api.upgrade.BackupEntry;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.Order;
import io.visor.api.upgrade.Order.Verb;
import io.visor.api.upgrade.UpgradeClient;
import io.visor.api.upgrade.UpgradeEntry;
import io.visor.cli.ControlOptions.Answer;
import io.visor.cli.explain.ExplainText;
import io.visor.daemon.explain.StoppedInstance;
import io.visor.model.CannotException;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.VisorConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "upgrade",
        description = "See why a program is at its version and what comes next, and change that.",
        footer = {
            "",
            "Examples:",
            "  visor upgrade explain",
            "  visor upgrade hold lavap --reason holidays",
            "  visor upgrade rollback lavap 5.4.1",
            "",
            "explain, history and backups also tell what a visor that does not run knew last.",
            "Exit code 3: no visor runs there."
        })
final class UpgradeCommand {

    /// More of the history than anybody reads on a terminal.
    private static final int MAX_LINES = 10_000;

    private final Console console;

    UpgradeCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "explain",
            description =
                    "Say what runs and since when, what the chain wants, what visor does next and"
                            + " when, and what stands in the way.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade explain",
                "  visor upgrade explain lavap -o json"
            })
    int explain(
            @Parameters(
                            paramLabel = "PROGRAM",
                            arity = "0..1",
                            description = "Which (default: all).")
                    @Nullable String program,
            @Mixin ControlOptions control,
            @Mixin OutputOptions output)
            throws InterruptedException {
        Answer<List<Explanation>> answer =
                control.askOrRead(
                        console,
                        "explain " + (program == null ? "upgrades" : program),
                        client -> explanations(client, program),
                        (stopped, config) -> explanations(stopped, config, program));
        if (output.isJson()) {
            printJson(answer.value(), program != null);
            return ExitCodes.DONE;
        }
        if (answer.stopped() != null) {
            console.out().println(unasked(answer) + "This is what it knew last.");
            console.out().println();
        }
        ExplainText text = new ExplainText(console.times());
        console.out()
                .print(answer.value().stream().map(text::text).collect(Collectors.joining("\n")));
        return ExitCodes.DONE;
    }

    private static List<Explanation> explanations(ControlClient client, @Nullable String program)
            throws InterruptedException {
        UpgradeClient upgrades = new UpgradeClient(client);
        List<Explanation> all = new ArrayList<>();
        for (String name : names(client, program)) {
            all.add(upgrades.explanation(name));
        }
        return all;
    }

    private static List<Explanation> explanations(
            StoppedInstance stopped, VisorConfig config, @Nullable String program) {
        return specs(config, program).stream().map(stopped::explain).toList();
    }

    private static List<ProgramSpec> specs(VisorConfig config, @Nullable String program) {
        return program != null
                ? List.of(known(config, program))
                : config.programs().values().stream()
                        .sorted(Comparator.comparing(spec -> spec.name().text()))
                        .toList();
    }

    /// The program of that name in the configuration.
    private static ProgramSpec known(VisorConfig config, String program) {
        return config.programs().values().stream()
                .filter(spec -> spec.name().text().equals(program))
                .findFirst()
                .orElseThrow(() ->
                        CannotException.untilChanged(
                                "explain \"" + program + "\"",
                                "it is no program here; known: "
                                        + config.programs().keySet().stream()
                                                .map(ProgramName::text)
                                                .sorted()
                                                .collect(Collectors.joining(", "))));
    }

    private static String unasked(Answer<?> answer) {
        return "No visor runs on " + answer.stopped() + ". ";
    }

    private void printJson(List<Explanation> explanations, boolean one) {
        console.out()
                .println(
                        (one
                                        ? explanations.getFirst().json()
                                        : listing(explanations).json(Explanation::json))
                                .writePretty());
    }

    private static <T> Listing<T> listing(List<T> all) {
        return new Listing<>(all, all.size(), 1, Math.max(1, all.size()));
    }

    @Command(
            name = "history",
            description = "List the upgrades that were, newest first, or all that is kept of one.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade history lavap",
                "  visor upgrade history --number 12",
                "  visor upgrade history -n 100 -o json"
            })
    int history(
            @Parameters(
                            paramLabel = "PROGRAM",
                            arity = "0..1",
                            description = "Of which (default: all).")
                    @Nullable String program,
            @Option(
                            names = {"-n", "--lines"},
                            paramLabel = "LINES",
                            defaultValue = "10",
                            description = "How many (default: ${DEFAULT-VALUE}).")
                    int lines,
            @Option(
                            names = "--number",
                            paramLabel = "NUMBER",
                            description = "The one of this number, with every point on its way.")
                    @Nullable Long number,
            @Mixin ControlOptions control,
            @Mixin OutputOptions output)
            throws InterruptedException {
        if (lines < 1 || lines > MAX_LINES) {
            throw CannotException.untilChanged(
                    "understand --lines",
                    "\"" + lines + "\" is not between 1 and " + MAX_LINES + "; write how many");
        }
        return number == null
                ? list(program, lines, control, output)
                : one(number, control, output);
    }

    private int list(
            @Nullable String program, int lines, ControlOptions control, OutputOptions output)
            throws InterruptedException {
        Answer<Listing<UpgradeEntry>> answer =
                control.askOrRead(
                        console,
                        "list upgrades",
                        client -> new UpgradeClient(client).history(program, lines),
                        (stopped, config) ->
                                stopped.history(
                                        program == null ? null : known(config, program).name(),
                                        lines));
        warn(answer);
        Listing<UpgradeEntry> history = answer.value();
        if (output.isJson()) {
            console.out().println(history.json(UpgradeEntry::json).writePretty());
        } else if (history.items().isEmpty()) {
            console.out().println("no upgrade yet");
        } else {
            console.out().print(console.historyText().table(history.items()));
            int more = history.total() - history.items().size();
            if (more > 0) {
                console.out().println(more + " more; see them with -n " + history.total());
            }
        }
        return ExitCodes.DONE;
    }

    private int one(long number, ControlOptions control, OutputOptions output)
            throws InterruptedException {
        Answer<UpgradeEntry> answer =
                control.askOrRead(
                        console,
                        "show upgrade " + number,
                        client -> new UpgradeClient(client).upgrade(number),
                        (stopped, _) -> stopped.upgrade(number));
        warn(answer);
        if (output.isJson()) {
            console.out().println(answer.value().json().writePretty());
        } else {
            console.out().print(console.historyText().one(answer.value()));
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "backups",
            description = "List the copies of a program's data that can be put back, newest first.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade backups",
                "  visor upgrade backups lavap -o json",
                "",
                "visor upgrade rollback PROGRAM VERSION --restore puts the newest one back that"
                        + " the",
                "version had written."
            })
    int backups(
            @Parameters(
                            paramLabel = "PROGRAM",
                            arity = "0..1",
                            description = "Of which (default: all).")
                    @Nullable String program,
            @Mixin ControlOptions control,
            @Mixin OutputOptions output)
            throws InterruptedException {
        Answer<List<BackupEntry>> answer =
                control.askOrRead(
                        console,
                        "list backups",
                        client -> backups(client, program),
                        (stopped, config) ->
                                specs(config, program).stream()
                                        .flatMap(spec -> stopped.backups(spec).stream())
                                        .toList());
        if (output.isJson()) {
            console.out().println(listing(answer.value()).json(BackupEntry::json).writePretty());
        } else if (answer.value().isEmpty()) {
            console.out().println("no backup yet; upgrade.backup says what is copied");
        } else {
            console.out().print(console.historyText().backups(answer.value()));
        }
        return ExitCodes.DONE;
    }

    private static List<BackupEntry> backups(ControlClient client, @Nullable String program)
            throws InterruptedException {
        UpgradeClient upgrades = new UpgradeClient(client);
        List<BackupEntry> all = new ArrayList<>();
        for (String name : names(client, program)) {
            all.addAll(upgrades.backups(name));
        }
        return all;
    }

    private static List<String> names(ControlClient client, @Nullable String program)
            throws InterruptedException {
        return program != null
                ? List.of(program)
                : client.status().programs().stream().map(ProgramStatus::name).toList();
    }

    private void warn(Answer<?> answer) {
        if (answer.stopped() != null) {
            console.err().println(unasked(answer) + "This is what it has written down.");
        }
    }

    @Command(
            name = "prepare",
            description = "Fetch a version, verify it and try its check; stop nothing.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade prepare",
                "  visor upgrade prepare lavap 6.0.0 --timeout 10m"
            })
    int prepare(
            @Mixin UpgradeOrder order,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            defaultValue = "5m",
                            description =
                                    "How long it is waited for, up to 10m (default:"
                                            + " ${DEFAULT-VALUE}).")
                    String timeout)
            throws InterruptedException {
        return order.prepare(console, timeout);
    }

    @Command(
            name = "approve",
            description =
                    "Install the target without waiting for a window, a delay, a height or an"
                            + " approval.",
            footer = {"", "Example:", "  visor upgrade approve lavap"})
    int approve(@Mixin UpgradeOrder order) throws InterruptedException {
        return order.carryOut(console, version -> Order.of(Verb.APPROVE, version));
    }

    @Command(
            name = "rollback",
            description = "Go back to an older version, and hold the one that runs.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade rollback",
                "  visor upgrade rollback lavap 5.4.1"
            })
    int rollback(
            @Mixin UpgradeOrder order,
            @Option(
                            names = "--force",
                            description =
                                    "Install it also where the chain refuses it, or where it is"
                                            + " above the one that runs.")
                    boolean force,
            @Option(
                            names = "--restore",
                            description = "Put the data back too that it had written last.")
                    boolean restore)
            throws InterruptedException {
        return order.carryOut(
                console, version -> new Order(Verb.ROLLBACK, version, null, force, restore));
    }

    @Command(
            name = "hold",
            description = "Have no upgrade of a program begin, or none to a version.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade hold --reason holidays",
                "  visor upgrade hold lavap 6.0.0"
            })
    int hold(
            @Mixin UpgradeOrder order,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            description = "Why; it is shown to whoever asks.")
                    @Nullable String reason)
            throws InterruptedException {
        return order.carryOut(console, version -> Order.of(Verb.HOLD, version).because(reason));
    }

    @Command(
            name = "resume",
            description =
                    "Lift the holds of a program, or that of a version, also of a failed one.",
            footer = {
                "",
                "Examples:",
                "  visor upgrade resume",
                "  visor upgrade resume lavap 6.0.0"
            })
    int resume(@Mixin UpgradeOrder order) throws InterruptedException {
        return order.carryOut(console, version -> Order.of(Verb.RESUME, version));
    }
}
