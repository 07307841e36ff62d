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

/// Calls of the C library. All of them go through one method handle of the shape (function, six
/// longs) → long, because each further shape costs 5 to 24 ms when it is linked; on x86-64 and
/// aarch64 a callee ignores the argument registers that it does not use. This class is linked when
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

    private static final MemorySegment KILL = find("kill");
    private static final MemorySegment OPEN = find("open");
    private static final MemorySegment FLOCK = find("flock");
    private static final MemorySegment CLOSE = find("close");

    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x80000;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;

    private Linux() {}

    private static MemorySegment find(String function) {
        return LINKER.defaultLookup()
                .find(function)
                .orElseThrow(() -> new OsException("the C library has no " + function, null));
    }

    /// What a call gave.
    ///
    /// @param value the return value, as an int: all functions here return one
    /// @param errno the error number, which says something only if the value is -1
    record Result(int value, int errno) {}

    private static Result call(Arena arena, MemorySegment function, long a, long b, long c) {
        MemorySegment state = arena.allocate(CAPTURE);
        try {
            long value = (long) CALL.invokeExact(function, state, a, b, c, 0L, 0L, 0L);
            return new Result((int) value, (int) ERRNO.get(state, 0L));
        } catch (Throwable e) {
            throw new OsException("a native call failed", e);
        }
    }

    private static Result call(MemorySegment function, long a, long b, long c) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, function, a, b, c);
        }
    }

    /// kill(2).
    static Result kill(long pid, int signal) {
        return call(KILL, pid, signal, 0);
    }

    /// open(2).
    static Result open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, OPEN, arena.allocateFrom(path).address(), flags, mode);
        }
    }

    /// flock(2).
    static Result flock(int descriptor, int operation) {
        return call(FLOCK, descriptor, operation, 0);
    }

    /// close(2).
    static Result close(int descriptor) {
        return call(CLOSE, descriptor, 0, 0);
    }
}
