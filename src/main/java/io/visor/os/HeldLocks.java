package io.visor.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Tells whether somebody holds a lock, without trying to take it.
public final class HeldLocks {

    /// proc_locks(5): number, kind, mode, access, pid, and device and inode of the file.
    private static final Path LOCKS = Path.of("/proc/locks");

    private HeldLocks() {}

    /// Whether a process holds the lock on a file (flock(2)). One that cannot be seen from here, as
    /// in another container, may not be listed.
    public static boolean isHeld(Path file) {
        try (Stream<String> lines = Files.lines(LOCKS)) {
            Object inode = Files.getAttribute(file, "unix:ino");
            Pattern held = Pattern.compile("\\d+: FLOCK .* [0-9a-f:]+:" + inode + " .*");
            return lines.anyMatch(line -> held.matcher(line).matches());
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            // Nobody can tell: a visor that runs mostly answers.
            return false;
        }
    }
}
