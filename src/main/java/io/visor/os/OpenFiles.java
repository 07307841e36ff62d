package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How many files this process may have open (getrlimit(2), `RLIMIT_NOFILE`).
public final class OpenFiles {

    private OpenFiles() {}

    /// A limit.
    ///
    /// @param soft what holds
    /// @param hard as far as the process itself may raise it
    public record Limit(long soft, long hard) {}

    /// The limit that holds now.
    ///
    /// @throws OsException if the kernel does not tell
    public static Limit limit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment got = arena.allocate(16, 8);
            Linux.prlimit(Linux.RLIMIT_NOFILE, MemorySegment.NULL, got).orThrow("prlimit");
            return new Limit(
                    positive(got.get(ValueLayout.JAVA_LONG, 0)),
                    positive(got.get(ValueLayout.JAVA_LONG, 8)));
        }
    }

    /// Sets the limit.
    ///
    /// @throws OsException if it may not be raised so far
    public static void set(Limit limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(16, 8);
            set.set(ValueLayout.JAVA_LONG, 0, limit.soft);
            set.set(ValueLayout.JAVA_LONG, 8, limit.hard);
            Linux.prlimit(Linux.RLIMIT_NOFILE, set, MemorySegment.NULL).orThrow("prlimit");
        }
    }

    /// "No limit" is the highest unsigned number.
    private static long positive(long value) {
        return value < 0 ? Long.MAX_VALUE : value;
    }
}
