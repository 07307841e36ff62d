package io.visor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// One process of this machine, told apart from every other one that has, had or will have its pid.
///
/// @param pid its pid
/// @param started when it started, in clock ticks since the machine did (proc_pid_stat(5), field
///   22)
/// @param boot which start of the machine that counts from (random(4), `boot_id`)
record ProcessId(long pid, long started, String boot) {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /// What the kernel tells of a process.
    ///
    /// @param state the letter of its state (proc_pid_stat(5), field 3)
    /// @param session the pid of its session's leader
    /// @param started when it started, in clock ticks
    record Stat(char state, long session, long started) {

        boolean isGone() {
            return state == 'Z' || state == 'X';
        }
    }

    /// A living process.
    ///
    /// @return nothing if it has ended
    static Optional<ProcessId> of(long pid) {
        return stat(pid).map(stat -> new ProcessId(pid, stat.started, bootId()));
    }

    /// What the kernel tells of a process; nothing if there is none.
    static Optional<Stat> stat(long pid) {
        try {
            String text =
                    Files.readString(
                            Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The name stands in brackets and may hold anything, brackets included.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Optional.of(
                    new Stat(
                            fields[0].charAt(0),
                            Long.parseLong(fields[3]),
                            Long.parseLong(fields[19])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Whether the process lives.
    boolean isAlive() {
        return boot.equals(bootId())
                && stat(pid).filter(stat -> stat.started == started && !stat.isGone()).isPresent();
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new ProcessException(BOOT_ID + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// The form of a record: three words.
    String encode() {
        return pid + " " + started + " " + boot + "\n";
    }

    /// Reads a record.
    ///
    /// @return nothing if it is none; a crash can leave half of one
    static Optional<ProcessId> decode(String text) {
        String[] words = text.strip().split(" ");
        if (words.length != 3 || !words[0].matches("\\d{1,10}") || !words[1].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(
                new ProcessId(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]));
    }
}
