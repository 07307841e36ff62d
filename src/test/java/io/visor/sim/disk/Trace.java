package io.visor.sim.disk;

import io.visor.sim.disk.medium.Errno;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The latest operations, and how they ended.
final class Trace {

    private static final int MOST = 1000;

    private final Deque<Entry> entries = new ArrayDeque<>();

    private record Entry(Operation operation, @Nullable Errno refused, boolean died) {
        @Override
        public String toString() {
            return operation
                    + (refused == null ? "" : ": " + refused)
                    + (died ? ": the process died" : "");
        }
    }

    void add(Operation operation, @Nullable Errno refused, boolean died) {
        if (entries.size() == MOST) {
            entries.removeFirst();
        }
        entries.addLast(new Entry(operation, refused, died));
    }

    List<String> lines() {
        return entries.stream().map(Entry::toString).toList();
    }
}
