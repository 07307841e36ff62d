package io.visor.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// All commands, and how the command line is put together from them.
final class CommandTree {

    /// A command.
    ///
    /// @param name what is typed
    /// @param group what an operator does with it
    /// @param logs whether it has a log; the others print a result and load no logging
    /// @param factory makes it
    private record Entry(String name, String group, boolean logs, Supplier<Object> factory) {}

    /// The commands that speak of the others.
    private static final Set<String> NEED_ALL = Set.of("completion", "help");

    /// The options that do something by themselves: a container that says `VISOR_VERSION` of the
    /// image that it runs does not ask for it to be printed.
    private static final Set<String> INSTEAD = Set.of("--help", "--version");

    private final Console console;
    private final List<Entry> entries;

    CommandTree(Console console) {
        this.console = console;
        Instances instances = new Instances(console);
        this.entries =
                List.of(
                        new Entry(
                                "init", "Set up", true, () -> new InitCommand(console, instances)),
                        new Entry(
                                "create-service",
                                "Set up",
                                false,
                                () -> new CreateServiceCommand(console, this)),
                        new Entry("start", "Run", true, () -> new StartCommand(console, instances)),
                        new Entry("wrap", "Run", true, () -> new WrapCommand(console, instances)),
                        new Entry("pod", "Run", true, () -> new PodCommand(console, instances)),
                        new Entry("service", "Run", false, () -> new ServiceCommand(console)),
                        new Entry("upgrade", "Upgrade", false, () -> new UpgradeCommand(console)),
                        new Entry(
                                "status", "Look and fix", false, () -> new StatusCommand(console)),
                        new Entry("logs", "Look and fix", false, () -> new LogsCommand(console)),
                        new Entry(
                                "config", "Look and fix", false, () -> new ConfigCommand(console)),
                        new Entry(
                                "doctor", "Look and fix", false, () -> new DoctorCommand(console)),
                        new Entry(
                                "version",
                                "Look and fix",
                                false,
                                () -> new VersionCommand(console)),
                        new Entry(
                                "completion",
                                "Look and fix",
                                false,
                                () -> new CompletionCommand(console)),
                        new Entry("help", "Look and fix", false, CommandLine.HelpCommand::new),
                        new Entry("devnet", "Try", true, () -> new DevnetCommand(console)));
    }

    /// The command line for some arguments. If they begin with a command, only that one is part of
    /// it: looking through the annotations of all of them would take longer than most of them run.
    CommandLine lineFor(VisorCommand root, String[] arguments) {
        Optional<Entry> named = arguments.length == 0 ? Optional.empty() : entry(arguments[0]);
        return line(root, named.filter(entry -> !NEED_ALL.contains(entry.name)).orElse(null));
    }

    /// The command line with all commands.
    CommandLine line(VisorCommand root) {
        return line(root, null);
    }

    /// Reads a command line that somebody else is to run.
    ///
    /// @throws CommandLine.ParameterException if the command does not understand it
    void check(String command, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(arguments);
        line(new VisorCommand(console, this)).parseArgs(words.toArray(String[]::new));
    }

    boolean hasLog(String name) {
        return entry(name).map(Entry::logs).orElse(false);
    }

    private Optional<Entry> entry(String name) {
        return entries.stream().filter(entry -> entry.name.equals(name)).findFirst();
    }

    private CommandLine line(VisorCommand root, @Nullable Entry only) {
        CommandLine line = new CommandLine(root);
        for (Entry entry : only == null ? entries : List.of(only)) {
            line.addSubcommand(entry.factory.get());
        }
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setUsageHelpWidth(80);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setDefaultValueProvider(new EnvironmentDefaults(console.environment()));
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, this::commandList);
        addHelp(line);
        return line;
    }

    /// Gives every command a `--help`.
    private static void addHelp(CommandLine line) {
        if (line.getCommandSpec().findOption("--help") == null) {
            line.getCommandSpec()
                    .addOption(
                            OptionSpec.builder("-h", "--help")
                                    .usageHelp(true)
                                    .description("Show this help.")
                                    .build());
        }
        line.getSubcommands().values().forEach(CommandTree::addHelp);
    }

    private String commandList(Help help) {
        Map<String, CommandLine> commands = help.commandSpec().subcommands();
        StringBuilder text = new StringBuilder();
        if (help.commandSpec().parent() != null) {
            commands.forEach((name, command) -> text.append(line(name, command)));
            return commands.isEmpty() ? "" : "\nCommands:\n" + text;
        }
        String group = "";
        for (Entry entry : entries) {
            if (!entry.group.equals(group)) {
                group = entry.group;
                text.append('\n').append(group).append(":\n");
            }
            CommandLine command = commands.get(entry.name);
            if (command != null) {
                text.append(line(entry.name, command));
            }
        }
        return text.toString();
    }

    private static String line(String name, CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        String[] lines = usage.header().length > 0 ? usage.header() : usage.description();
        return String.format("  %-14s %s%n", name, lines.length == 0 ? "" : lines[0]);
    }

    /// Takes the defaults of options from the environment: `VISOR_CHAIN_ID` for `--chain-id`.
    private record EnvironmentDefaults(Map<String, String> environment)
            implements IDefaultValueProvider {

        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            if (!(argument instanceof OptionSpec option)) {
                return argument.defaultValue();
            }
            String value =
                    variable(option)
                            .flatMap(name -> Optional.ofNullable(environment.get(name)))
                            .orElse("");
            return value.isEmpty() ? argument.defaultValue() : value;
        }
    }

    /// The variable that gives an option's value where the command line does not; none for options
    /// that take the place of a command.
    static Optional<String> variable(OptionSpec option) {
        return Arrays.stream(option.names())
                .filter(name -> name.startsWith("--"))
                .findFirst()
                .filter(name -> !INSTEAD.contains(name))
                .map(name ->
                        "VISOR_" + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
