package io.visor.sim.disk;

import io.visor.sim.disk.Operation.Kind;
import io.visor.sim.disk.medium.Errno;
import io.visor.sim.disk.medium.ErrnoException;
import io.visor.sim.disk.medium.FileNode;
import io.visor.sim.disk.medium.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/// An open file or directory. Unlike the JDK's, it does not care whether its thread is interrupted.
final class SimChannel extends FileChannel {

    private static final int TRANSFER_BYTES = 8192;

    private final SimFileSystem fileSystem;
    private final SimPath path;
    private final Node node;
    private final OpenFlags flags;
    private long position;

    /// An open file.
    ///
    /// @param path what it was opened with
    SimChannel(SimFileSystem fileSystem, SimPath path, Node node, OpenFlags flags) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.node = node;
        this.flags = flags;
        if (node instanceof FileNode file) {
            fileSystem.opened(file);
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireReadable() throws ClosedChannelException {
        requireOpen();
        if (!flags.read()) {
            throw new NonReadableChannelException();
        }
    }

    private void requireWritable() throws ClosedChannelException {
        requireOpen();
        if (!flags.write()) {
            throw new NonWritableChannelException();
        }
    }

    private static void requireNotNegative(long value, String what) {
        if (value < 0) {
            throw new IllegalArgumentException("Negative " + what);
        }
    }

    private <T> T run(Kind kind, SimDisk.Call<T> call) throws IOException {
        try {
            return fileSystem.run(kind, path, call);
        } catch (ErrnoException e) {
            throw e.bare();
        }
    }

    private FileNode file() throws ErrnoException {
        if (node instanceof FileNode file) {
            return file;
        }
        throw new ErrnoException(Errno.EISDIR);
    }

    private int readAt(long at, ByteBuffer into) throws IOException {
        return into.hasRemaining() ? run(Kind.READ, tree -> file().read(at, into)) : 0;
    }

    private int writeAt(long at, ByteBuffer from) throws IOException {
        if (!from.hasRemaining()) {
            return 0;
        }
        // Linux appends whatever the place that is asked for.
        return run(Kind.WRITE, tree -> tree.write(file(), flags.append() ? node.size() : at, from));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireReadable();
        int count = readAt(position, into);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
        requireNotNegative(at, "position");
        requireReadable();
        return readAt(at, into);
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        requireReadable();
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            int count = read(buffers[i]);
            if (count < 0) {
                return total == 0 ? -1 : total;
            }
            total += count;
            if (buffers[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        requireWritable();
        int count = writeAt(position, from);
        if (count > 0) {
            position = flags.append() ? node.size() : position + count;
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
        requireNotNegative(at, "position");
        requireWritable();
        return writeAt(at, from);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        requireWritable();
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            total += write(buffers[i]);
            if (buffers[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public long position() throws IOException {
        requireOpen();
        fileSystem.requireAlive();
        return flags.append() ? node.size() : position;
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        requireOpen();
        fileSystem.requireAlive();
        if (newPosition < 0) {
            throw new IllegalArgumentException();
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return run(Kind.LOOK, tree -> node.size());
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        requireOpen();
        requireNotNegative(size, "size");
        requireWritable();
        if (size < node.size()) {
            run(
                    Kind.TRUNCATE,
                    tree -> {
                        tree.truncate(file(), size);
                        return size;
                    });
        }
        position = Math.min(position, size);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        requireOpen();
        try {
            fileSystem.run(
                    Kind.SYNC,
                    path,
                    tree -> {
                        tree.sync(node, metadata);
                        return node;
                    });
        } catch (ErrnoException e) {
            fileSystem.disk().quietly(tree -> tree.syncFailed(node));
            throw e.bare();
        }
    }

    @Override
    public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
        requireOpen();
        if (!target.isOpen()) {
            throw new ClosedChannelException();
        }
        requireReadable();
        if (target instanceof SimChannel other) {
            other.requireWritable();
        }
        requireNotNegative(at, "position");
        requireNotNegative(count, "count");
        // What is added meanwhile, perhaps by this, is left out.
        long wanted = Math.min(count, size() - at);
        long total = 0;
        while (total < wanted) {
            ByteBuffer buffer = piece(wanted - total);
            if (readAt(at + total, buffer) <= 0) {
                break;
            }
            buffer.flip();
            int written = target.write(buffer);
            total += written;
            if (buffer.hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
        requireOpen();
        if (!source.isOpen()) {
            throw new ClosedChannelException();
        }
        if (source instanceof SimChannel other) {
            other.requireReadable();
        }
        requireWritable();
        requireNotNegative(at, "position");
        requireNotNegative(count, "count");
        // What is added meanwhile, perhaps by this, is left out.
        long wanted =
                source instanceof SimChannel other
                        ? Math.min(count, other.size() - other.position)
                        : count;
        long total = 0;
        while (total < wanted) {
            ByteBuffer buffer = piece(wanted - total);
            if (source.read(buffer) <= 0) {
                break;
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                total += writeAt(at + total, buffer);
            }
        }
        return total;
    }

    private static ByteBuffer piece(long rest) {
        return ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES, rest));
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) {
        throw new UnsupportedOperationException("a simulated disk maps no file into memory");
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException("a simulated disk locks no file");
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) {
        return lock(at, size, shared);
    }

    @Override
    protected void implCloseChannel() {
        if (node instanceof FileNode file) {
            fileSystem.closed(file);
        }
    }
}
