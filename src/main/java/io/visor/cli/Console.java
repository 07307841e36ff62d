package io.visor.cli;

import io.visor.cli.explain.Times;
import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// What a command has to do with the world around it.
///
/// @param out where results go
/// @param err where everything else goes
/// @param errIsTerminal whether a person looks at `err`
/// @param environment the environment's variables
/// @param workingDirectory what relative paths start from
record Console(
        PrintStream out,
        PrintStream err,
        boolean errIsTerminal,
        Map<String, String> environment,
        Path workingDirectory) {

    /// The console of this process.
    static Console system() {
        return new Console(
                Results.standard(),
                System.err,
                isTerminal(2),
                System.getenv(),
                Path.of("").toAbsolutePath());
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return file.startsWith("/dev/pts/")
                    || file.startsWith("/dev/tty")
                    || file.equals("/dev/console");
        } catch (IOException e) {
            // No /proc: plain lines are right everywhere.
            return false;
        }
    }

    /// Whether output may be coloured (no-color.org).
    boolean colour() {
        return errIsTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /// Why not all that a command has printed has arrived, and what to do; nothing if it has.
    Optional<String> lost() {
        Optional<IOException> failure =
                out instanceof Results results ? results.failure() : Optional.empty();
        return failure.map(e ->
                FileFailures.why(Path.of("standard output"), e)
                        + (FileFailures.isFull(e)
                                ? "; make room, or send it elsewhere"
                                : "; send it elsewhere"));
    }

    /// Whether results may be coloured.
    private boolean colourOut() {
        return out instanceof Results
                && isTerminal(1)
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /// Puts what an instance says into words.
    StatusText statusText() {
        return new StatusText(ControlOptions.clock().now(), ZoneId.systemDefault(), colourOut());
    }

    /// Puts upgrades of the past into words.
    HistoryText historyText() {
        return new HistoryText(times(), colourOut());
    }

    /// Tells times as this machine's people read them.
    Times times() {
        return new Times(ControlOptions.clock().now(), ZoneId.systemDefault());
    }

    /// What `~` stands for.
    Path userHome() {
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.isEmpty() ? System.getProperty("user.home", "/") : home);
    }

    /// A path from the command line: `~` and `~/x` start from the user's home, as does `~x`, which
    /// LavaVisor reads so; relative ones start from the working directory.
    ///
    /// @param option where it was given, for messages
    Path path(String option, String text) {
        if (text.isBlank()) {
            throw CannotException.untilChanged(
                    "understand " + option, "it is empty; name a directory");
        }
        try {
            if (text.startsWith("~")) {
                String rest = text.substring(1);
                return userHome()
                        .resolve(rest.startsWith("/") ? rest.substring(1) : rest)
                        .normalize();
            }
            return workingDirectory.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw CannotException.untilChanged(
                    "understand " + option,
                    "\""
                            + text
                            + "\" has characters that the locale cannot name; set LC_ALL=C.UTF-8");
        }
    }
}
