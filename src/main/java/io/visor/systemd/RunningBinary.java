package io.visor.systemd;

import io.visor.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Whether a unit's process runs the binary that it is to run.
final class RunningBinary {

    /// How long a process that systemd has just forked may take until it runs what it is for: with
    /// `Type=simple` a unit counts as started before that (systemd.service(5)).
    private static final Duration EXEC_LIMIT = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(5);

    private RunningBinary() {}

    /// Looks at a process that was started just now.
    ///
    /// @return what it runs instead; nothing if it runs the binary, or that cannot be told
    static Optional<String> otherThan(Path binary, long pid, Clock clock)
            throws InterruptedException {
        Duration begun = clock.monotonic();
        while (isSystemd(pid) && clock.since(begun).compareTo(EXEC_LIMIT) < 0) {
            clock.sleep(LOOK);
        }
        return otherThan(binary, pid);
    }

    /// Looks at a process.
    ///
    /// @return what it runs instead; nothing if it runs the binary, or that cannot be told, as of a
    ///   script, which is run by another program
    static Optional<String> otherThan(Path binary, long pid) {
        Optional<Path> main = executable(pid);
        if (main.isEmpty() || isScript(binary) || isSame(main.get(), binary)) {
            return Optional.empty();
        }
        // A script of the operator's may have started it.
        boolean isBelow =
                ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::descendants)
                        .flatMap(process -> executable(process.pid()).stream())
                        .anyMatch(file -> isSame(file, binary));
        return isBelow ? Optional.empty() : Optional.of(main.get().toString());
    }

    private static boolean isSystemd(long pid) {
        return executable(pid)
                .map(file -> String.valueOf(file.getFileName()).startsWith("systemd"))
                .orElse(false);
    }

    /// The file of a process; nothing if it is gone or another user's.
    private static Optional<Path> executable(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")));
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    /// Whether two paths lead to one file.
    static boolean isSame(Path a, Path b) {
        try {
            return Files.isSameFile(a, b);
        } catch (IOException e) {
            // It was deleted while it runs.
            return false;
        }
    }

    /// Whether it is run by the interpreter that its first line names (execve(2)).
    static boolean isScript(Path binary) {
        try (InputStream in = Files.newInputStream(binary)) {
            return in.read() == '#' && in.read() == '!';
        } catch (IOException e) {
            return false;
        }
    }
}
