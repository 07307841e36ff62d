package io.visor.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// Changes of files that are either whole or not there after a power cut: write beside, fsync,
/// rename, fsync the directory.
public final class DurableFiles {

    private DurableFiles() {}

    /// Does something to a file before it gets its name, such as giving it to somebody.
    @FunctionalInterface
    public interface Finish {
        void on(Path file) throws IOException;
    }

    /// Replaces a file's content. A reader sees the old content or the new one, never a part; when
    /// this returns, the new content survives a power cut. Directories on the way are made.
    public static void write(Path file, byte[] content) throws IOException {
        write(file, content, _ -> {});
    }

    /// Replaces a file's content.
    ///
    /// @param finish what else the new file needs; nobody sees it without
    public static void write(Path file, byte[] content, Finish finish) throws IOException {
        Path directory = parent(file);
        createDirectories(directory);
        // No two writers share a thread, so no two share this name; what a crash left under it is
        // overwritten.
        String writer = ProcessHandle.current().pid() + "-" + Thread.currentThread().threadId();
        Path temporary = directory.resolve("." + file.getFileName() + "." + writer + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                finish.on(temporary);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncDirectory(directory);
    }

    /// Makes a directory and those above it; each new one survives a power cut.
    ///
    /// @throws NotDirectoryException if something else has its name
    public static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = parent(directory);
        createDirectories(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw (IOException) new NotDirectoryException(directory.toString()).initCause(e);
            }
        }
        syncDirectory(parent);
    }

    /// Renames a file or directory within one file system; when this returns, the new name survives
    /// a power cut.
    ///
    /// @throws java.nio.file.FileSystemException if a directory that is not empty has the new name
    public static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(parent(to));
        if (!parent(from).equals(parent(to))) {
            syncDirectory(parent(from));
        }
    }

    /// Flushes a file's content and length. It is opened for reading, which is enough (fsync(2))
    /// and possible while it is executed.
    public static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Flushes a directory's entries. That a directory can be opened for reading and forced is how
    /// Linux and the JDK behave; the JDK does not promise it (Lucene's IOUtils relies on it too).
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Deletes a file, or a directory with all that is in it; links are not followed. Nothing
    /// happens if there is none.
    public static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) throws IOException {
                        if (!Files.isWritable(directory)) {
                            Files.setPosixFilePermissions(
                                    directory, PosixFilePermissions.fromString("rwx------"));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    /// Somebody else deleted it meanwhile, but not what is beside it.
                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("the root has no parent");
        }
        return parent;
    }
}
