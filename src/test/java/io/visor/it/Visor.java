package io.visor.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A `visor` process and what it prints.
public final class Visor implements AutoCloseable {

    public static final Path BIN = Path.of("target/visor/bin/visor").toAbsolutePath();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path out;
    private final Path err;

    /// A command line.
    ///
    /// @param more what stands behind the words
    public static String[] words(String[] more, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private Visor(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /// What a command is started in.
    public record Place(Path directory, Map<String, String> environment) {

        public static Place in(Path directory) {
            return new Place(directory, Map.of());
        }

        public Place with(String variable, String value) {
            Map<String, String> more = new HashMap<>(environment);
            more.put(variable, value);
            return new Place(directory, more);
        }

        /// Starts a command.
        public Visor start(String... arguments) {
            List<String> command = new ArrayList<>(List.of(BIN.toString()));
            command.addAll(List.of(arguments));
            return start(command);
        }

        /// Starts a command that is not visor itself, such as a tool that runs visor.
        public Visor start(List<String> command) {
            try {
                Path out = Files.createTempFile(directory, "visor-", ".out");
                Path err = Files.createTempFile(directory, "visor-", ".err");
                ProcessBuilder builder =
                        new ProcessBuilder(command)
                                .directory(directory.toFile())
                                .redirectInput(new java.io.File("/dev/null"))
                                .redirectOutput(out.toFile())
                                .redirectError(err.toFile());
                builder.environment()
                        .keySet()
                        .removeIf(name ->
                                name.startsWith("VISOR_") || name.equals("JAVA_TOOL_OPTIONS"));
                builder.environment().put("HOME", directory.toString());
                builder.environment().putAll(environment);
                return new Visor(builder.start(), out, err);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Runs a command to its end.
        public Result run(String... arguments) {
            try (Visor visor = start(arguments)) {
                return visor.end();
            }
        }
    }

    /// How a command ended.
    public record Result(int code, String out, String err) {}

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until standard error has a match, and gives its last one.
    public Matcher awaitErr(String regex) {
        return awaitErr(regex, PATIENCE);
    }

    /// Waits for longer than is usual.
    public Matcher awaitErr(String regex, Duration patience) {
        return awaitMatch(regex, err, patience);
    }

    /// Waits until standard output has a match, and gives its last one.
    public Matcher awaitOut(String regex) {
        return awaitMatch(regex, out, PATIENCE);
    }

    private Matcher awaitMatch(String regex, Path file, Duration patience) {
        Pattern pattern = Pattern.compile(regex);
        try {
            await().atMost(patience)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> pattern.matcher(read(file)).find() || !process.isAlive());
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("no \"" + regex + "\" in\n" + out() + err(), e);
        }
        Matcher last = null;
        Matcher matcher = pattern.matcher(read(file));
        while (matcher.find()) {
            last = pattern.matcher(matcher.group());
            last.find();
        }
        if (last == null) {
            throw new AssertionError("visor ended without \"" + regex + "\" in\n" + out() + err());
        }
        return last;
    }

    /// Sends a signal.
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Waits for the end.
    public Result end() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)) {
                throw new AssertionError("visor does not end:\n" + out() + err());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return new Result(process.exitValue(), out(), err());
    }

    /// Ends it, if it has not ended, and whatever it has started.
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        if (process.isAlive()) {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
