package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// Memory outside the heap that descriptors are read into. For one thread at a time.
public final class IoBuffer {

    private final MemorySegment memory;
    private final ByteBuffer bytes;

    /// Makes a buffer that lives until nobody refers to it.
    public IoBuffer(int bytes) {
        memory = Arena.ofAuto().allocate(bytes);
        this.bytes = memory.asByteBuffer();
    }

    MemorySegment memory() {
        return memory;
    }

    public int size() {
        return (int) memory.byteSize();
    }

    /// The first bytes. It is the same object each time, and holds until the buffer is read into
    /// again.
    public ByteBuffer first(int count) {
        return bytes.clear().limit(count);
    }

    /// Copies bytes into the buffer, to its start.
    public void put(byte[] from) {
        MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_BYTE, 0, from.length);
    }
}
