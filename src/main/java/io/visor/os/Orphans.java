package io.visor.os;

import io.visor.model.ExitStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Processes whose parent has ended and that the kernel has given to this one.
public final class Orphans {

    /// More children than fit are not looked at: whoever has so many finds the others the next
    /// time.
    private static final int LIST_BYTES = 16 << 10;

    private Orphans() {}

    /// Has the kernel give every descendant whose parent ends to this process, as it does to the
    /// first process of a container (prctl(2), `PR_SET_CHILD_SUBREAPER`).
    ///
    /// @throws OsException if the kernel cannot
    public static void adopt() {
        Linux.prctl(Linux.PR_SET_CHILD_SUBREAPER, 1).orThrow("becoming a subreaper");
    }

    /// Waits until a child has ended that is not reaped, of whatever kind. It stays as it is.
    ///
    /// @return false if there is no child
    public static boolean awaitEnded() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ChildWatch.INFO_BYTES, 8);
            while (true) {
                Linux.Result result =
                        Linux.waitid(Linux.P_ALL, 0, info, Linux.WEXITED | Linux.WNOWAIT);
                if (!result.failed() || result.errno() != Errno.EINTR) {
                    return !result.failed();
                }
            }
        }
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
        Linux.Result opened = Linux.open(FirstThread.CHILDREN, Linux.O_RDONLY | Linux.O_CLOEXEC);
        if (opened.failed()) {
            // A kernel without this list (CONFIG_PROC_CHILDREN): the sweep by mark finds them all
            // the same.
            return List.of();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LIST_BYTES);
            int filled = 0;
            Linux.Result read;
            do {
                read = Linux.read(opened.value(), buffer.asSlice(filled), LIST_BYTES - filled);
                filled += Math.max(0, read.value());
            } while (read.value() > 0 && filled < LIST_BYTES);
            return filled == 0 ? List.of() : parse(buffer, filled);
        } finally {
            Linux.close(opened.value());
        }
    }

    /// Whether there may be an orphan that lives, or has ended and is not reaped. Takes one system
    /// call.
    public static boolean mayLive() {
        int list = FirstThread.OPEN;
        return list >= 0 && Linux.pread(list, FirstThread.BYTE, 1, 0).value() != 0;
    }

    private static List<Long> parse(MemorySegment text, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(text, ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
        List<Long> pids = new ArrayList<>();
        for (String pid : new String(bytes, StandardCharsets.US_ASCII).split(" ")) {
            if (!pid.isBlank()) {
                pids.add(Long.parseLong(pid.strip()));
            }
        }
        return pids;
    }

    /// The thread that the process was started with has the process's id.
    private static final class FirstThread {
        private static final MemorySegment CHILDREN =
                Arena.global()
                        .allocateFrom(
                                "/proc/self/task/" + ProcessHandle.current().pid() + "/children");

        /// The list, kept open; below 0 where the kernel has none.
        private static final int OPEN =
                Linux.open(CHILDREN, Linux.O_RDONLY | Linux.O_CLOEXEC).value();

        private static final MemorySegment BYTE = Arena.global().allocate(1);
    }
}
