package io.visor.cli;

import io.visor.config.ConfigException;
import io.visor.config.Problem;
import io.visor.model.CannotException;
import io.visor.model.VisorException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// The one place where a failure becomes a sentence and an exit code.
final class Failures {

    /// What a failure that is about an option says it cannot do, in front of the option's name.
    private static final String UNDERSTAND = "understand ";

    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    /// Says why a command could not do its work.
    ///
    /// @param command the command
    /// @param arguments the command line
    /// @param trace whether the stack trace is shown too
    /// @return the exit code
    int show(Exception failure, CommandLine command, List<String> arguments, boolean trace) {
        PrintStream err = console.err();
        int code =
                switch (failure) {
                    case ConfigException e -> showConfig(e);
                    case CannotException e -> {
                        String what = asGiven(e.what(), command, arguments);
                        err.println("cannot " + what + ": " + e.why());
                        yield e.retryHelps() ? ExitCodes.FAILED : ExitCodes.USAGE;
                    }
                    case NobodyException e -> {
                        err.println("cannot " + e.what() + ": " + e.why());
                        yield ExitCodes.NOBODY;
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

    /// Says so if not all that a command has printed has arrived.
    ///
    /// @return the exit code
    int finish() {
        Optional<String> lost = console.lost();
        lost.ifPresent(why -> console.err().println("cannot print the result: " + why));
        return lost.isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    /// What cannot be done; a value that came from the environment is called by its variable.
    private String asGiven(String what, CommandLine command, List<String> arguments) {
        return Optional.of(what)
                .filter(text -> text.startsWith(UNDERSTAND + "--"))
                .map(text -> text.substring(UNDERSTAND.length()))
                .map(name -> command.getCommandSpec().findOption(name))
                .map(option -> UNDERSTAND + usage(arguments).given(option))
                .orElse(what);
    }

    private UsageFailure usage(List<String> arguments) {
        return new UsageFailure(console.environment(), arguments);
    }

    private int showConfig(ConfigException e) {
        console.err().println("cannot read " + e.file() + ": " + e.why());
        for (Problem problem : e.problems()) {
            console.err().println("  " + problem);
        }
        return ExitCodes.USAGE;
    }

    /// Says why a command line was not understood.
    ///
    /// @param arguments the command line
    /// @return the exit code
    int showUsage(ParameterException e, List<String> arguments) {
        console.err().println("cannot " + UNDERSTAND + usage(arguments).sentence(e));
        return ExitCodes.USAGE;
    }
}
