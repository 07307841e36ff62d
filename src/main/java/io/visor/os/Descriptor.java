package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// An open file descriptor of visor's own; children do not inherit it. For one thread at a time.
public final class Descriptor implements AutoCloseable {

    /// What [#read] gives when there is nothing to read now.
    public static final int NOTHING_NOW = -1;

    private final int number;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Descriptor(int number) {
        this.number = number;
    }

    /// Both ends of a pipe.
    ///
    /// @param reading the end that is read; reading never blocks
    /// @param writing the end that is written; writing blocks
    public record Pipe(Descriptor reading, Descriptor writing) {}

    /// Makes a pipe.
    ///
    /// @param bytes how much it may hold; taken as a wish, as the kernel limits how much a user's
    ///   pipes may hold together
    /// @throws OsException if there are too many open files
    public static Pipe pipe(int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 4);
            Linux.pipe(ends, Linux.O_CLOEXEC).orThrow("making a pipe");
            Descriptor reading = new Descriptor(ends.get(ValueLayout.JAVA_INT, 0));
            Descriptor writing = new Descriptor(ends.get(ValueLayout.JAVA_INT, 4));
            Linux.fcntl(reading.number, Linux.F_SETFL, Linux.O_NONBLOCK)
                    .orThrow("setting a pipe up");
            Linux.Result unused = Linux.fcntl(reading.number, Linux.F_SETPIPE_SZ, bytes);
            return new Pipe(reading, writing);
        }
    }

    /// The reading end of a pipe that holds some bytes and then ends; reading it blocks.
    ///
    /// @param bytes at most 4096
    /// @throws OsException if there are too many open files
    public static Descriptor holding(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 4);
            Linux.pipe(ends, Linux.O_CLOEXEC).orThrow("making a pipe");
            try (Descriptor writing = new Descriptor(ends.get(ValueLayout.JAVA_INT, 4))) {
                IoBuffer buffer = new IoBuffer(bytes.length);
                buffer.put(bytes);
                writing.write(buffer.first(bytes.length));
                buffer.memory().fill((byte) 0);
            }
            return new Descriptor(ends.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /// Opens a file that is there, to write at any place.
    ///
    /// @throws OsException if it cannot be opened
    public static Descriptor writing(Path file) {
        int flags = Linux.O_WRONLY | Linux.O_NONBLOCK | Linux.O_CLOEXEC;
        return new Descriptor(Linux.open(file.toString(), flags, 0).orThrow("opening " + file));
    }

    /// Opens a file or directory that is there, to read.
    ///
    /// @throws OsException if it cannot be opened
    static Descriptor reading(Path file) {
        int flags = Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_CLOEXEC;
        return new Descriptor(Linux.open(file.toString(), flags, 0).orThrow("opening " + file));
    }

    /// Where the kernel shows what is open here, whatever its name is by now (proc_pid_fd(5)).
    public Path shown() {
        return Path.of("/proc/self/fd/" + number);
    }

    /// A descriptor that this process was started with: 1 is standard output, 2 is standard error.
    public static Descriptor inherited(int number) {
        return new Descriptor(number);
    }

    int number() {
        return number;
    }

    /// Reads what is there.
    ///
    /// @return how many bytes; 0 at the end; [#NOTHING_NOW] if nothing is there yet
    /// @throws OsException if reading fails
    public int read(IoBuffer buffer) {
        while (true) {
            Linux.Result result = Linux.read(number, buffer.memory(), buffer.size());
            if (!result.failed()) {
                return result.value();
            }
            if (result.errno() == Errno.EAGAIN) {
                return NOTHING_NOW;
            }
            if (result.errno() != Errno.EINTR) {
                throw new OsException("reading", result.errno());
            }
        }
    }

    /// How many bytes a pipe holds; 0 if that cannot be told.
    public int available() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            Linux.Result result = Linux.ioctl(number, Linux.FIONREAD, count);
            return result.failed() ? 0 : count.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /// Moves bytes from this pipe into another one without copying them.
    ///
    /// @return how many, at most `count`; fewer if the other one has no room for more
    /// @throws OsException if the kernel cannot
    public int moveTo(Pipe other, int count) {
        Linux.Result result =
                Linux.splice(
                        number,
                        other.writing.number,
                        MemorySegment.NULL,
                        count,
                        Linux.SPLICE_F_MOVE | Linux.SPLICE_F_NONBLOCK);
        return result.errno() == Errno.EAGAIN && result.failed() ? 0 : result.orThrow("splicing");
    }

    /// Writes bytes from this pipe to a file without bringing them to this process.
    ///
    /// @param offset where in the file
    /// @return how many, at most `count`
    /// @throws OsException if the kernel cannot for this file, or writing fails
    public int moveTo(Descriptor file, long offset, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment at = arena.allocateFrom(ValueLayout.JAVA_LONG, offset);
            return Linux.splice(number, file.number, at, count, Linux.SPLICE_F_MOVE)
                    .orThrow("splicing");
        }
    }

    /// Writes all that a buffer has left; may block, also where the descriptor itself would not.
    ///
    /// @param bytes outside the heap, such as an [IoBuffer]'s
    /// @throws OsException if writing fails; some of the bytes may have been written
    public void write(ByteBuffer bytes) {
        MemorySegment memory = MemorySegment.ofBuffer(bytes);
        long done = 0;
        while (done < memory.byteSize()) {
            Linux.Result result =
                    Linux.write(number, memory.asSlice(done), memory.byteSize() - done);
            if (!result.failed()) {
                done += result.value();
            } else if (result.errno() == Errno.EAGAIN) {
                // Whoever shares it with this process has made it non-blocking.
                awaitWritable();
            } else if (result.errno() != Errno.EINTR) {
                throw new OsException("writing", result.errno());
            }
        }
    }

    private void awaitWritable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(8, 4);
            entry.set(ValueLayout.JAVA_INT, 0, number);
            entry.set(ValueLayout.JAVA_SHORT, 4, Linux.POLLOUT);
            Linux.Result unused = Linux.poll(entry, 1, -1);
        }
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            Linux.close(number);
        }
    }
}
