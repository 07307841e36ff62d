package io.visor.cli;

import io.visor.config.ConfigException;
import io.visor.config.Problem;
import io.visor.model.CannotException;
import io.visor.model.VisorException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The one place where a failure becomes a sentence and an exit code.
final class Failures {

    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    /// Says why a command could not do its work.
    ///
    /// @param trace whether the stack trace is shown too
    /// @return the exit code
    int show(Exception failure, boolean trace) {
        PrintStream err = console.err();
        int code =
                switch (failure) {
                    case ConfigException e -> showConfig(e);
                    case CannotException e -> {
                        err.println("cannot " + e.what() + ": " + e.why());
                        yield e.retryHelps() ? ExitCodes.FAILED : ExitCodes.USAGE;
                    }
                    case VisorException e -> {
                        err.println("cannot go on: " + e.why());
                        yield ExitCodes.FAILED;
                    }
                    default -> {
                        err.println(
                                "cannot go on: "
                                        + failure
                                        + "; this is a fault in visor, please report it with"
                                        + " --debug");
                        yield ExitCodes.FAILED;
                    }
                };
        if (trace) {
            failure.printStackTrace(err);
        }
        return code;
    }

    private int showConfig(ConfigException e) {
        if (e.problems().isEmpty()) {
            console.err().println("cannot read " + e.file() + ": " + e.why());
        } else {
            console.err().println("cannot read " + e.file() + ": " + e.why());
            for (Problem problem : e.problems()) {
                console.err().println("  " + problem);
            }
        }
        return ExitCodes.USAGE;
    }

    /// Says why a command line was not understood.
    ///
    /// @return the exit code
    int showUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        List<String> suggestions = new ArrayList<>();
        if (e instanceof UnmatchedArgumentException unmatched) {
            suggestions.addAll(unmatched.getSuggestions());
            why =
                    unmatched.getUnmatched().isEmpty()
                            ? why
                            : "\""
                                    + unmatched.getUnmatched().getFirst()
                                    + "\" is not known to "
                                    + name;
        }
        String next =
                suggestions.isEmpty()
                        ? "see " + name + " --help"
                        : "did you mean "
                                + String.join(
                                        " or ",
                                        suggestions.subList(0, Math.min(2, suggestions.size())))
                                + "?";
        console.err().println("cannot understand the command line: " + why + "; " + next);
        return ExitCodes.USAGE;
    }
}
