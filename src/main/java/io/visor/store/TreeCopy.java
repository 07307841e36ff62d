package io.visor.store;

import com.sun.nio.file.ExtendedCopyOption;
import io.visor.os.FileSystemCalls;
import io.visor.os.OsException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A copy of a directory with all that is in it: files and directories with owner, mode, times and
/// extended attributes, links as links. Sockets, pipes and devices are left out, and what has two
/// names becomes two files. Where the file system can share blocks between files it does
/// (copy_file_range(2), which the JDK uses), so that a copy takes neither time nor room.
public final class TreeCopy {

    private static final CopyOption[] OPTIONS = {
        StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS
    };

    /// Larger files can be given up in the middle. That costs a thread, so small ones cannot.
    private static final long LARGE_BYTES = 64 << 20;

    private static final CopyOption[] OPTIONS_OF_LARGE = {
        StandardCopyOption.COPY_ATTRIBUTES,
        LinkOption.NOFOLLOW_LINKS,
        ExtendedCopyOption.INTERRUPTIBLE
    };

    private final boolean live;
    private final LongConsumer progress;
    private long files;
    private long bytes;

    private TreeCopy(boolean live, LongConsumer progress) {
        this.live = live;
        this.progress = progress;
    }

    /// How much there is to copy.
    ///
    /// @param files how many files
    /// @param bytes how much is in them
    public record Size(long files, long bytes) {

        /// Both together.
        public Size plus(Size other) {
            return new Size(files + other.files, bytes + other.bytes);
        }
    }

    /// How much is in a directory.
    ///
    /// @throws IOException if something cannot be looked at, or could not be read to be copied;
    ///   what vanishes meanwhile is passed over
    public static Size measure(Path root) throws IOException {
        long[] sum = new long[2];
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (attributes.isRegularFile()) {
                            if (!Files.isReadable(file) && Files.exists(file)) {
                                throw new AccessDeniedException(file.toString());
                            }
                            sum[0]++;
                            sum[1] += attributes.size();
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException && !file.equals(root)) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }
                });
        return new Size(sum[0], sum[1]);
    }

    /// Whether copies of what is in a directory share its blocks.
    ///
    /// @param scratch a directory where they are to be
    /// @throws IOException if that cannot be tried
    public static boolean isShared(Path root, Path scratch) throws IOException {
        Optional<Path> sample = sample(root);
        if (sample.isEmpty()) {
            return false;
        }
        Path trial = Files.createTempFile(scratch, ".share-", "");
        try {
            return FileSystemCalls.share(sample.get(), trial);
        } catch (OsException e) {
            return false;
        } finally {
            Files.delete(trial);
        }
    }

    private static Optional<Path> sample(Path root) throws IOException {
        Path[] found = new Path[1];
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (!attributes.isRegularFile() || attributes.size() == 0) {
                            return FileVisitResult.CONTINUE;
                        }
                        found[0] = file;
                        return FileVisitResult.TERMINATE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        return Optional.ofNullable(found[0]);
    }

    /// Copies a directory; when this returns, the copy survives a power cut, but for its name.
    ///
    /// @param to does not exist yet
    /// @param live whether what vanishes while it is copied is passed over, as something still
    ///   works with it
    /// @param progress told how many bytes are copied after each file
    /// @return what was copied
    /// @throws IOException if something cannot be read or written; a part of the copy is left
    public static Size copy(Path from, Path to, boolean live, LongConsumer progress)
            throws IOException, InterruptedException {
        TreeCopy copy = new TreeCopy(live, progress);
        try {
            copy.directory(from, to);
            FileSystemCalls.sync(to);
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (OsException e) {
            throw new IOException(e.why(), e);
        }
        return new Size(copy.files, copy.bytes);
    }

    private void directory(Path from, Path to) throws IOException, InterruptedException {
        Files.copy(from, to, OPTIONS);
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(to);
        Set<PosixFilePermission> writable = EnumSet.of(PosixFilePermission.OWNER_READ);
        writable.add(PosixFilePermission.OWNER_WRITE);
        writable.add(PosixFilePermission.OWNER_EXECUTE);
        Files.setPosixFilePermissions(to, writable);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
            for (Path entry : entries) {
                entry(entry, to.resolve(String.valueOf(entry.getFileName())));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Files.setPosixFilePermissions(to, permissions);
        BasicFileAttributes times = Files.readAttributes(from, BasicFileAttributes.class);
        Files.getFileAttributeView(to, BasicFileAttributeView.class)
                .setTimes(times.lastModifiedTime(), times.lastAccessTime(), null);
    }

    private void entry(Path from, Path to) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the copy was given up");
        }
        BasicFileAttributes attributes = attributes(from);
        if (attributes == null) {
            return;
        }
        try {
            if (attributes.isDirectory()) {
                directory(from, to);
            } else if (attributes.isSymbolicLink()) {
                Files.copy(from, to, OPTIONS);
            } else if (attributes.isRegularFile()) {
                Files.copy(from, to, attributes.size() > LARGE_BYTES ? OPTIONS_OF_LARGE : OPTIONS);
                files++;
                bytes += attributes.size();
                progress.accept(bytes);
            }
        } catch (NoSuchFileException e) {
            if (!live) {
                throw e;
            }
        }
    }

    private @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            if (live) {
                return null;
            }
            throw e;
        }
    }
}
