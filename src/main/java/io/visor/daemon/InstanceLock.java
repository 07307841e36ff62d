package io.visor.daemon;

import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.Home;
import io.visor.os.FileLock;
import io.visor.os.OsException;
import io.visor.store.DurableFiles;
import io.visor.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Keeps a second instance of the same name off a home, and tells it who is there.
final class InstanceLock implements AutoCloseable {

    private final FileLock lock;

    private InstanceLock(FileLock lock) {
        this.lock = lock;
    }

    /// Takes the lock.
    ///
    /// @param command what the holder is, for the message that a second one gets
    /// @throws CannotException if somebody has it, or the home cannot be written
    static InstanceLock acquire(Home home, Home.Instance instance, String command, Clock clock) {
        Path file = instance.lock();
        try {
            DurableFiles.createDirectories(instance.root());
            Optional<FileLock> lock = FileLock.tryAcquire(file);
            if (lock.isEmpty()) {
                throw CannotException.now(
                        "start",
                        home
                                + " is in use by "
                                + holder(file, clock)
                                + "; stop it or use --directory");
            }
            Files.writeString(
                    file,
                    ProcessHandle.current().pid() + "\n" + command + "\n" + clock.now() + "\n");
            return new InstanceLock(lock.get());
        } catch (OsException e) {
            throw HomeFailures.unwritable("start", file + ": " + e.reason());
        } catch (IOException e) {
            throw HomeFailures.unwritable("start", home, e);
        }
    }

    private static String holder(Path file, Clock clock) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() >= 3) {
                Duration age = Duration.between(Instant.parse(lines.get(2)), clock.now());
                return "pid "
                        + lines.get(0)
                        + " ("
                        + lines.get(1)
                        + ", since "
                        + Durations.format(age)
                        + " ago)";
            }
        } catch (IOException | DateTimeException e) {
            // The holder is just about to write it.
            return "another visor";
        }
        return "another visor";
    }

    @Override
    public void close() {
        lock.close();
    }
}
