package io.visor.sim.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Copies and moves, in the steps of the JDK on Linux: only a move that is asked to be atomic is
/// one rename, and a process may die between the steps of all others.
final class Relocation {

    private static final int BUFFER_BYTES = 8192;

    private final SystemCalls calls;
    private final SimPath source;
    private final SimPath target;
    private final List<CopyOption> options;

    Relocation(SystemCalls calls, SimPath source, SimPath target, CopyOption... options) {
        this.calls = calls;
        this.source = source;
        this.target = target;
        this.options = Arrays.asList(options);
    }

    void move() throws IOException {
        requireOptions(
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
        boolean atomic = options.contains(StandardCopyOption.ATOMIC_MOVE);
        if (atomic || makeWay(calls.attributes(source, false))) {
            calls.rename(source, target);
        }
    }

    void copy() throws IOException {
        requireOptions(
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES,
                LinkOption.NOFOLLOW_LINKS);
        boolean follow = !options.contains(LinkOption.NOFOLLOW_LINKS);
        SimAttributes attributes = calls.attributes(source, follow);
        if (!makeWay(attributes)) {
            return;
        }
        int permissions = attributes.metadata().permissions() & ~calls.fileSystem().umask();
        if (attributes.isSymbolicLink()) {
            SimPath leadsTo = calls.readLink(source);
            calls.symlink(target, leadsTo);
            return;
        }
        if (attributes.isDirectory()) {
            calls.createDirectory(target, permissions);
        } else {
            copyContent(permissions);
        }
        if (options.contains(StandardCopyOption.COPY_ATTRIBUTES)) {
            SimAttributeView view = new SimAttributeView(calls, target, "posix", true);
            view.setPermissions(attributes.permissions());
            view.setTimes(
                    FileTime.from(attributes.metadata().modified()),
                    FileTime.from(attributes.metadata().accessed()),
                    null);
        }
    }

    private void requireOptions(CopyOption... known) {
        for (CopyOption option : options) {
            if (!Arrays.asList(known).contains(option)) {
                throw new UnsupportedOperationException("a simulated disk does not know " + option);
            }
        }
    }

    /// Removes what is in the way.
    ///
    /// @return whether there is anything to do
    private boolean makeWay(SimAttributes moved) throws IOException {
        SimAttributes there = attributesOfTarget();
        if (there == null) {
            return true;
        }
        if (there.inode() == moved.inode()) {
            return false;
        }
        if (!options.contains(StandardCopyOption.REPLACE_EXISTING)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        deleteTarget();
        return true;
    }

    private @Nullable SimAttributes attributesOfTarget() {
        try {
            return calls.attributes(target, false);
        } catch (IOException e) {
            // Whatever is wrong with it is told when it is made.
            return null;
        }
    }

    private void deleteTarget() throws IOException {
        try {
            calls.delete(target);
        } catch (NoSuchFileException e) {
            // It is gone, as it is to be.
            return;
        }
    }

    private void copyContent(int permissions) throws IOException {
        OpenFlags reading = OpenFlags.of(Set.of(StandardOpenOption.READ));
        OpenFlags making =
                OpenFlags.of(Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        try (FileChannel from = calls.open(source, reading, 0);
                FileChannel to = calls.open(target, making, permissions)) {
            boolean done = false;
            try {
                ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
                while (from.read(buffer) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        to.write(buffer);
                    }
                    buffer.clear();
                }
                done = true;
            } finally {
                if (!done) {
                    deleteTarget();
                }
            }
        }
    }
}
