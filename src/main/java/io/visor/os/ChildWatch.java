package io.visor.os;

import io.visor.model.ExitStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// The end of a child: noticed through a pidfd (pidfd_open(2)), reaped by its pid (waitid(2)), so
/// that no other child's status is ever taken.
public final class ChildWatch implements AutoCloseable {

    // siginfo_t on 64-bit Linux: si_code 8, si_pid 16, si_status 24
    static final int INFO_BYTES = 128;
    static final int INFO_CODE = 8;
    static final int INFO_PID = 16;
    static final int INFO_STATUS = 24;

    private final long pid;
    private final Descriptor descriptor;

    private ChildWatch(long pid, Descriptor descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /// Watches a child that is not reaped yet.
    ///
    /// @throws OsException if the kernel has no pidfds, or there are too many open files
    public static ChildWatch open(long pid) {
        return new ChildWatch(pid, new Descriptor(Linux.pidfdOpen(pid).orThrow("pidfd_open")));
    }

    /// Readable when the child has ended.
    public Descriptor descriptor() {
        return descriptor;
    }

    /// Reaps the child if it has ended.
    ///
    /// @return how it ended; nothing if it has not
    /// @throws OsException if it is no child of this process
    public Optional<ExitStatus> reap() {
        return reap(pid);
    }

    static Optional<ExitStatus> reap(long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            while (true) {
                Linux.Result result =
                        Linux.waitid(Linux.P_PID, pid, info, Linux.WEXITED | Linux.WNOHANG);
                if (!result.failed()) {
                    return info.get(ValueLayout.JAVA_INT, INFO_PID) == 0
                            ? Optional.empty()
                            : Optional.of(status(info));
                }
                if (result.errno() != Errno.EINTR) {
                    throw new OsException("waiting for pid " + pid, result.errno());
                }
            }
        }
    }

    static ExitStatus status(MemorySegment info) {
        int status = info.get(ValueLayout.JAVA_INT, INFO_STATUS);
        return info.get(ValueLayout.JAVA_INT, INFO_CODE) == Linux.CLD_EXITED
                ? new ExitStatus.Exited(status)
                : new ExitStatus.Signaled(status);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
