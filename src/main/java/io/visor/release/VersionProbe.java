package io.visor.release;

import io.visor.model.ExitStatus;
import io.visor.model.Version;
import io.visor.process.CommandRunner;
import io.visor.process.ProcessException;
import io.visor.release.ReleaseException.Kind;
import io.visor.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Runs a binary to learn its version.
public final class VersionProbe {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_OUTPUT_BYTES = 64 << 10;

    /// What a binary needs to find its way; Cosmos programs panic without HOME.
    private static final List<String> PASSED_ON =
            List.of("HOME", "PATH", "LANG", "TMPDIR", "LD_LIBRARY_PATH");

    private static final int BUSY_ATTEMPTS = 20;
    private static final Duration BUSY_PAUSE = Duration.ofMillis(100);

    private final Map<String, String> environment;
    private final CommandRunner commands;
    private final Clock clock;

    /// Makes a probe.
    ///
    /// @param environment visor's own; little of it is passed on
    public VersionProbe(Map<String, String> environment, CommandRunner commands, Clock clock) {
        this.commands = commands;
        this.clock = clock;
        this.environment = new TreeMap<>(environment);
        this.environment.keySet().retainAll(PASSED_ON);
    }

    /// Asks a binary for its version.
    ///
    /// @param arguments what makes it print its version
    /// @param expected what it must print
    /// @throws ReleaseException if it does not run, does not end with 0 within 10 s, or prints
    ///   another version
    public void check(Path binary, List<String> arguments, Version expected)
            throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(arguments);
        CommandRunner.Result result;
        try {
            Path directory = Optional.ofNullable(binary.toAbsolutePath().getParent()).orElseThrow();
            result = run(command, directory);
        } catch (ProcessException e) {
            throw new ReleaseException(Kind.WRONG_BINARY, e.why(), e);
        }
        String shown = binary.getFileName() + " " + String.join(" ", arguments);
        if (!result.status().equals(new ExitStatus.Exited(0))) {
            throw new ReleaseException(
                    Kind.WRONG_BINARY,
                    "\"" + shown + "\" exits with " + result.status() + said(result));
        }
        Version version =
                find(result.output())
                        .or(() -> find(result.errors()))
                        .orElseThrow(() ->
                                new ReleaseException(
                                        Kind.WRONG_BINARY,
                                        "\"" + shown + "\" prints no version" + said(result)));
        if (!version.equals(expected)) {
            throw new ReleaseException(
                    Kind.WRONG_BINARY, "\"" + shown + "\" prints " + version + ", not " + expected);
        }
    }

    /// Runs the command; again if the binary is "busy": while it was written, another thread
    /// forked, and that child holds the file open for writing until it executes something else
    /// (JDK-8068370).
    private CommandRunner.Result run(List<String> command, Path directory)
            throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return commands.run(command, environment, directory, LIMIT, MAX_OUTPUT_BYTES);
            } catch (ProcessException e) {
                if (!e.isBusy() || attempt == BUSY_ATTEMPTS) {
                    throw e;
                }
                clock.sleep(BUSY_PAUSE);
            }
        }
    }

    private static String said(CommandRunner.Result result) {
        return (result.errors() + "\n" + result.output())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .map(line ->
                        ": \"" + (line.length() > 120 ? line.substring(0, 120) + "…" : line) + "\"")
                .orElse("");
    }

    /// The first word that is a version of at least two numbers.
    static Optional<Version> find(String output) {
        for (String word : output.split("[\\s,;()]+")) {
            Optional<Version> version = Version.parse(word);
            if (version.isPresent() && version.get().numbers().size() > 1) {
                return version;
            }
        }
        return Optional.empty();
    }
}
