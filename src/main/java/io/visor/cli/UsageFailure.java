package io.visor.cli;

import io.visor.model.Typos;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Puts into words what is wrong with a command line.
///
/// @param environment where options may come from, too
/// @param arguments the command line
record UsageFailure(Map<String, String> environment, List<String> arguments) {

    private static final String THE_LINE = "the command line";

    /// What picocli says, when it says it of an option or a command that is not there at all. Its
    /// exception for that one is the one for an option without a value.
    private static final String MISSING_OPTION = "Missing required option";

    private static final String MISSING_COMMAND = "Missing required subcommand";

    /// What cannot be understood, why, and what to do next.
    String sentence(ParameterException failure) {
        ParameterException e = firstToTell(failure);
        CommandLine command = e.getCommandLine();
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String help = "; see " + name(command) + " --help";
        return switch (e) {
            case UnmatchedArgumentException unmatched when !unmatched.getUnmatched().isEmpty() ->
                    unknown(command, unmatched.getUnmatched().getFirst());
            case MissingParameterException missing when message.startsWith(MISSING_OPTION) ->
                    THE_LINE + ": " + missing(missing.getMissing()) + help;
            case MissingParameterException missing ->
                    given(missing.getMissing().getFirst()) + ": its value is missing" + help;
            case OverwrittenOptionException twice ->
                    given(twice.getOverwritten()) + ": it is given twice; give it once";
            case ParameterException bad when bad.getArgSpec() != null && bad.getValue() != null ->
                    given(bad.getArgSpec()) + ": " + badValue(bad.getArgSpec(), bad.getValue());
            case ParameterException bad when bad.getValue() != null ->
                    unknown(command, bad.getValue());
            default ->
                    THE_LINE
                            + ": "
                            + (message.startsWith(MISSING_COMMAND)
                                    ? name(command) + " needs a command: " + commands(command)
                                    : message)
                            + help;
        };
    }

    /// The name by which an option was given: as it was typed, or the variable that holds it.
    String given(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return argument.paramLabel();
        }
        Optional<String> typed =
                Arrays.stream(option.names())
                        .filter(name -> arguments.stream().anyMatch(word -> isGiven(name, word)))
                        .findFirst();
        return typed.or(() ->
                        CommandTree.variable(option)
                                .filter(name -> !environment.getOrDefault(name, "").isEmpty()))
                .orElse(longName(option));
    }

    private static boolean isGiven(String name, String word) {
        return word.equals(name) || word.startsWith(name + "=");
    }

    private static String longName(OptionSpec option) {
        return Arrays.stream(option.names())
                .filter(name -> name.startsWith("--"))
                .findFirst()
                .orElse(option.longestName());
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static String commands(CommandLine command) {
        return oneOf(List.copyOf(command.getSubcommands().keySet()));
    }

    private static String missing(List<ArgSpec> missing) {
        List<String> names =
                missing.stream()
                        .map(argument ->
                                argument instanceof OptionSpec option
                                        ? longName(option) + " " + option.paramLabel()
                                        : argument.paramLabel())
                        .toList();
        return String.join(" and ", names) + (names.size() == 1 ? " is missing" : " are missing");
    }

    /// A word that means nothing, and the one that was probably meant.
    private static String unknown(CommandLine command, String word) {
        List<String> known = new ArrayList<>(command.getSubcommands().keySet());
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                known.addAll(List.of(option.names()));
            }
        }
        String bare = word.replaceFirst("=.*", "");
        return THE_LINE
                + ": \""
                + word
                + "\" is not known to "
                + name(command)
                + Typos.nearest(bare, known)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; see " + name(command) + " --help");
    }

    private static String badValue(ArgSpec argument, String value) {
        Class<?> type = argument.type();
        String shown = "\"" + value + "\" ";
        if (type.isEnum()) {
            List<String> words =
                    Arrays.stream(type.getEnumConstants()).map(String::valueOf).toList();
            return shown + "is not known; use " + oneOf(words);
        }
        if (type == boolean.class) {
            return shown + "is neither true nor false";
        }
        return shown
                + (value.matches("[+-]?\\d+")
                        ? "is not between 0 and "
                                + (type == long.class ? Long.MAX_VALUE : Integer.MAX_VALUE)
                        : "is no whole number; write digits only");
    }

    /// `a`, `a or b`, `a, b or c`.
    private static String oneOf(List<String> words) {
        int last = words.size() - 1;
        return last == 0
                ? words.getFirst()
                : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    /// The failure to tell of: picocli looks for missing options before unknown ones, but an
    /// unknown one may be the missing one, mistyped.
    private ParameterException firstToTell(ParameterException failure) {
        if (!(failure instanceof MissingParameterException)) {
            return failure;
        }
        CommandLine root = failure.getCommandLine();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        collectErrors(root);
        List<Exception> errors = new ArrayList<>();
        for (ParseResult parsed = root.parseArgs(arguments.toArray(String[]::new)); ; ) {
            errors.addAll(parsed.errors());
            if (!parsed.hasSubcommand()) {
                break;
            }
            parsed = parsed.subcommand();
        }
        return errors.stream()
                .filter(UnmatchedArgumentException.class::isInstance)
                .map(UnmatchedArgumentException.class::cast)
                .findFirst()
                .map(ParameterException.class::cast)
                .orElse(failure);
    }

    private static void collectErrors(CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        line.getSubcommands().values().forEach(UsageFailure::collectErrors);
    }
}
