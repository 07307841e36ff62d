package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/// The kernel's clock that never goes back (clock_gettime(2), `CLOCK_MONOTONIC`), whose readings
/// other processes tell of their own doings.
public final class MonotonicTime {

    private static final int CLOCK_MONOTONIC = 1;
    private static final MemorySegment CLOCK_GETTIME = Linux.find("clock_gettime");

    private MonotonicTime() {}

    /// A reading.
    public static Duration now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(2 * ValueLayout.JAVA_LONG.byteSize(), 8);
            int unused =
                    Linux.call(CLOCK_GETTIME, CLOCK_MONOTONIC, time.address(), 0)
                            .orThrow("reading the clock");
            return Duration.ofSeconds(
                    time.getAtIndex(ValueLayout.JAVA_LONG, 0),
                    time.getAtIndex(ValueLayout.JAVA_LONG, 1));
        }
    }
}
