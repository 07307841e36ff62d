package io.visor.os;

import io.visor.model.ExitStatus;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Processes whose parent has ended and that the kernel has given to this one.
public final class Orphans {

    private Orphans() {}

    /// Has the kernel give every descendant whose parent ends to this process, as it does to the
    /// first process of a container (prctl(2), `PR_SET_CHILD_SUBREAPER`).
    ///
    /// @throws OsException if the kernel cannot
    public static void adopt() {
        Linux.prctl(Linux.PR_SET_CHILD_SUBREAPER, 1).orThrow("becoming a subreaper");
    }

    /// A child that has ended and is not reaped, of whatever kind. It stays as it is.
    public static OptionalLong peekEnded() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ChildWatch.INFO_BYTES, 8);
            Linux.Result result =
                    Linux.waitid(
                            Linux.P_ALL, 0, info, Linux.WEXITED | Linux.WNOHANG | Linux.WNOWAIT);
            int pid = info.get(ValueLayout.JAVA_INT, ChildWatch.INFO_PID);
            return result.failed() || pid == 0 ? OptionalLong.empty() : OptionalLong.of(pid);
        }
    }

    /// Reaps a child that has ended.
    public static Optional<ExitStatus> reap(long pid) {
        return ChildWatch.reap(pid);
    }

    /// The orphans that live. The kernel gives them to the first thread of a process that lives,
    /// which in a JVM is the one that it was started with (Linux, kernel/exit.c,
    /// `find_alive_thread`).
    ///
    /// @return their pids, among them children that the first thread has started itself
    public static List<Long> living() {
        long self = ProcessHandle.current().pid();
        try {
            String children =
                    Files.readString(Path.of("/proc/" + self + "/task/" + self + "/children"));
            List<Long> pids = new ArrayList<>();
            for (String pid : children.split(" ")) {
                if (!pid.isBlank()) {
                    pids.add(Long.parseLong(pid.strip()));
                }
            }
            return pids;
        } catch (IOException e) {
            // A kernel without this list (CONFIG_PROC_CHILDREN): the sweep by mark finds them all
            // the same.
            return List.of();
        }
    }
}
