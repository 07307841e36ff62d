package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Memory outside the heap that descriptors are read into and written from. For one thread at a
/// time.
public final class IoBuffer {

    private final MemorySegment memory;

    /// Makes a buffer that lives until nobody refers to it.
    public IoBuffer(int bytes) {
        memory = Arena.ofAuto().allocate(bytes);
    }

    MemorySegment memory() {
        return memory;
    }

    public int size() {
        return (int) memory.byteSize();
    }

    /// Copies bytes out of the buffer.
    public void get(int offset, byte[] to, int toOffset, int count) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, to, toOffset, count);
    }

    /// Copies bytes into the buffer, to its start.
    public void put(byte[] from, int offset, int count) {
        MemorySegment.copy(from, offset, memory, ValueLayout.JAVA_BYTE, 0, count);
    }
}
