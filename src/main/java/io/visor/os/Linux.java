package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Calls of the C library on Linux, x86-64 and aarch64. All of them go through one method handle of
/// the shape (function, six longs) → long, because each further shape costs 5 to 24 ms when it is
/// linked; a callee ignores the argument registers that it does not use. This class is linked when
/// it is first used: a command that makes no system call pays nothing.
final class Linux {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle CALL =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.captureCallState("errno"));

    /// Where each thread's error number is put.
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    static final boolean AARCH64 = System.getProperty("os.arch", "").equals("aarch64");

    // open(2), pipe(2)
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    // flock(2)
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;

    // fcntl(2)
    static final int F_SETFL = 4;
    static final int F_SETPIPE_SZ = 1031;

    // epoll(7)
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLLIN = 1;
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;

    // ioctl_pipe(2), splice(2)
    static final int FIONREAD = 0x541B;
    // ioctl_ficlone(2)
    static final int FICLONE = 0x40049409;
    static final int SPLICE_F_MOVE = 1;
    static final int SPLICE_F_NONBLOCK = 2;

    // sync_file_range(2)
    private static final int SYNC_WRITE = 2;

    // poll(2)
    static final short POLLOUT = 4;

    // waitid(2)
    static final int P_ALL = 0;
    static final int P_PID = 1;
    static final int WNOHANG = 1;
    static final int WEXITED = 4;
    static final int WNOWAIT = 0x1000000;
    static final int CLD_EXITED = 1;

    // getrlimit(2)
    static final int RLIMIT_NOFILE = 7;

    // prctl(2)
    static final int PR_SET_CHILD_SUBREAPER = 36;
    static final int PR_SET_NO_NEW_PRIVS = 38;

    private static final MemorySegment KILL = find("kill");
    private static final MemorySegment OPEN = find("open");
    private static final MemorySegment CLOSE = find("close");
    private static final MemorySegment READ = find("read");
    private static final MemorySegment WRITE = find("write");
    private static final MemorySegment FLOCK = find("flock");
    private static final MemorySegment SYSCALL = find("syscall");

    private static final int SYS_PIDFD_OPEN = 434;

    private Linux() {}

    /// A function of the C library.
    ///
    /// @throws OsException if this C library does not have it
    static MemorySegment find(String function) {
        return LINKER.defaultLookup()
                .find(function)
                .orElseThrow(() -> new OsException("the C library has no " + function, null));
    }

    /// What a call gave.
    ///
    /// @param value the return value, as an int: all functions here return one, or a count that
    ///   fits
    /// @param errno the error number, which says something only if the call failed
    record Result(int value, int errno) {

        boolean failed() {
            return value < 0;
        }

        /// The value.
        ///
        /// @throws OsException if the call failed
        int orThrow(String what) {
            if (failed()) {
                throw new OsException(what, errno);
            }
            return value;
        }
    }

    static Result call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            MemorySegment state = STATE.get();
            long value = (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
            return new Result((int) value, (int) ERRNO.get(state, 0L));
        } catch (Throwable e1) {
            throw new OsException("a native call failed", e1);
        }
    }

    static Result call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    /// kill(2).
    static Result kill(long pid, int signal) {
        return call(KILL, pid, signal, 0);
    }

    /// open(2).
    static Result open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return call(OPEN, arena.allocateFrom(path).address(), flags, mode);
        }
    }

    /// open(2) of a path that is in native memory already.
    static Result open(MemorySegment path, int flags) {
        return call(OPEN, path.address(), flags, 0);
    }

    /// close(2).
    static void close(int descriptor) {
        Result unused = call(CLOSE, descriptor, 0, 0);
    }

    /// read(2).
    static Result read(int descriptor, MemorySegment buffer, long count) {
        return call(READ, descriptor, buffer.address(), count);
    }

    /// pread(2).
    static Result pread(int descriptor, MemorySegment buffer, long count, long offset) {
        return call(Functions.PREAD, descriptor, buffer.address(), count, offset, 0, 0);
    }

    /// write(2).
    static Result write(int descriptor, MemorySegment buffer, long count) {
        return call(WRITE, descriptor, buffer.address(), count);
    }

    /// flock(2).
    static Result flock(int descriptor, int operation) {
        return call(FLOCK, descriptor, operation, 0);
    }

    /// pidfd_open(2).
    static Result pidfdOpen(long pid) {
        return call(SYSCALL, SYS_PIDFD_OPEN, pid, 0);
    }

    /// prctl(2) with one argument.
    static Result prctl(int option, long argument) {
        return call(Functions.PRCTL, option, argument, 0, 0, 0, 0);
    }

    /// pipe2(2).
    ///
    /// @param ends room for two ints: the end that is read, the end that is written
    static Result pipe(MemorySegment ends, int flags) {
        return call(Functions.PIPE2, ends.address(), flags, 0);
    }

    /// fcntl(2).
    static Result fcntl(int descriptor, int command, long argument) {
        return call(Functions.FCNTL, descriptor, command, argument);
    }

    /// waitid(2).
    static Result waitid(int idType, long id, MemorySegment info, int options) {
        return call(Functions.WAITID, idType, id, info.address(), options, 0, 0);
    }

    /// epoll_create1(2).
    static Result epollCreate() {
        return call(Functions.EPOLL_CREATE, EPOLL_CLOEXEC, 0, 0);
    }

    /// epoll_ctl(2).
    static Result epollControl(int epoll, int operation, int descriptor, MemorySegment event) {
        return call(Functions.EPOLL_CTL, epoll, operation, descriptor, event.address(), 0, 0);
    }

    /// epoll_wait(2).
    static Result epollWait(int epoll, MemorySegment events, int max, int timeoutMillis) {
        return call(Functions.EPOLL_WAIT, epoll, events.address(), max, timeoutMillis, 0, 0);
    }

    /// prlimit(2) of this process.
    ///
    /// @param set two longs, the soft and the hard limit; [MemorySegment#NULL]: they stay
    /// @param got room for two longs
    static Result prlimit(int resource, MemorySegment set, MemorySegment got) {
        return call(Functions.PRLIMIT, 0, resource, set.address(), got.address(), 0, 0);
    }

    /// poll(2).
    ///
    /// @param entries an array of `struct pollfd`
    static Result poll(MemorySegment entries, int count, int timeoutMillis) {
        return call(Functions.POLL, entries.address(), count, timeoutMillis);
    }

    /// ioctl(2).
    static Result ioctl(int descriptor, int request, MemorySegment argument) {
        return call(Functions.IOCTL, descriptor, request, argument.address());
    }

    /// ioctl(2) whose argument is a descriptor.
    static Result ioctl(int descriptor, int request, int other) {
        return call(Functions.IOCTL, descriptor, request, other);
    }

    /// syncfs(2).
    static Result syncfs(int descriptor) {
        return call(Functions.SYNCFS, descriptor, 0, 0);
    }

    /// splice(2) from a pipe.
    ///
    /// @param offset where to write, a long that is moved on; NULL where a pipe is written
    static Result splice(int from, int to, MemorySegment offset, int count, int flags) {
        return call(Functions.SPLICE, from, 0, to, offset.address(), count, flags);
    }

    /// sched_yield(2).
    static void yieldProcessor() {
        Result unused = call(Functions.SCHED_YIELD, 0, 0, 0);
    }

    /// sync_file_range(2): writing begins and is not waited for.
    static Result startFlush(int descriptor, long offset, long count) {
        return call(Functions.SYNC_FILE_RANGE, descriptor, offset, count, SYNC_WRITE, 0, 0);
    }

    /// eventfd(2).
    static Result eventfd() {
        return call(Functions.EVENTFD, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0);
    }

    /// What only the supervision of children needs, found when it is first needed.
    private static final class Functions {
        private static final MemorySegment PRCTL = find("prctl");
        private static final MemorySegment PREAD = find("pread");
        private static final MemorySegment PIPE2 = find("pipe2");
        private static final MemorySegment FCNTL = find("fcntl");
        private static final MemorySegment WAITID = find("waitid");
        private static final MemorySegment EPOLL_CREATE = find("epoll_create1");
        private static final MemorySegment EPOLL_CTL = find("epoll_ctl");
        private static final MemorySegment EPOLL_WAIT = find("epoll_wait");
        private static final MemorySegment IOCTL = find("ioctl");
        private static final MemorySegment SPLICE = find("splice");
        private static final MemorySegment POLL = find("poll");
        private static final MemorySegment EVENTFD = find("eventfd");
        private static final MemorySegment SCHED_YIELD = find("sched_yield");
        private static final MemorySegment SYNC_FILE_RANGE = find("sync_file_range");
        private static final MemorySegment PRLIMIT = find("prlimit");
        private static final MemorySegment SYNCFS = find("syncfs");
    }
}
