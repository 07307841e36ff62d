package io.visor.process;

import io.visor.model.FileFailures;
import io.visor.model.LogSpec;
import io.visor.os.Descriptor;
import io.visor.os.OsException;
import io.visor.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A log that is set aside when it has grown to its size: `x.log` becomes `x.log.1`, what was
/// `x.log.1` becomes `x.log.2`, and so on; always by renaming. It never fails: what cannot be
/// written is dropped and told, and writing is tried again. For one thread at a time.
final class LogFile {

    /// How often it is looked whether the file is still where it was: an operator, or logrotate,
    /// may move it, remove it or empty it.
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// How long it is not tried again after a failure.
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// As many files as a configuration may ask for; those beyond are not looked for.
    private static final int MOST_FILES = 10_000;

    private static final Set<StandardOpenOption> APPEND =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    private static final FileAttribute<?> PERMISSIONS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final Path path;
    private final Clock clock;
    private final LogListener listener;
    private LogSpec spec;
    private @Nullable Opened opened;
    private @Nullable Failing failing;
    private @Nullable Duration unrotated;

    /// Whether this file system does not let the kernel write by itself, or has failed to.
    private boolean directRefused;

    /// The file as it is open.
    private static final class Opened {
        private final FileChannel channel;
        private final @Nullable Object key;
        private long size;
        private boolean atLineStart;
        private Duration lookedAt;

        /// For what the kernel writes, which it does not do to the end of a file by itself.
        private @Nullable Descriptor direct;

        Opened(FileChannel channel, BasicFileAttributes attributes, Duration now) {
            this.channel = channel;
            this.key = attributes.fileKey();
            this.size = attributes.size();
            this.atLineStart = size == 0;
            this.lookedAt = now;
        }
    }

    /// What is known while nothing can be written.
    private static final class Failing {
        private long lost;
        private Duration since;

        Failing(Duration since) {
            this.since = since;
        }
    }

    /// Makes a log whose file is opened with the first write.
    LogFile(Path path, LogSpec spec, Clock clock, LogListener listener) {
        this.path = path;
        this.spec = spec;
        this.clock = clock;
        this.listener = listener;
    }

    /// What holds from the next write on.
    void setSpec(LogSpec newSpec) {
        spec = newSpec;
    }

    /// Writes bytes as they are. The file is set aside at the end of a line, or within a line that
    /// does not fit.
    void write(ByteBuffer bytes) {
        write(bytes, false);
    }

    /// Writes whole lines, none of which is spread over two files; one that is longer than a file
    /// may be gets a file of its own.
    void writeLines(ByteBuffer lines) {
        write(lines, true);
    }

    /// Has the kernel write bytes as they are, which spares copying them. Nothing is written where
    /// that cannot be done, or where the file may have to be set aside: those bytes are for
    /// [#write].
    ///
    /// @param from a pipe
    /// @param count how many bytes it holds
    /// @return how many were written
    int move(Descriptor from, int count) {
        if (failing != null) {
            return 0;
        }
        int done = 0;
        try {
            Opened file = current(clock.monotonic());
            Descriptor direct = direct(file);
            if (direct == null) {
                return 0;
            }
            // It may have been emptied.
            file.size = file.channel.size();
            while (done < count && count - done <= spec.maxBytes() - file.size) {
                int moved = from.moveTo(direct, file.size, count - done);
                if (moved == 0) {
                    break;
                }
                file.atLineStart = false;
                file.size += moved;
                done += moved;
            }
        } catch (IOException | OsException e) {
            // Writing the rest the other way finds out why, and tells.
            directRefused = true;
        }
        return done;
    }

    /// The file as the kernel writes it; null where that is not possible.
    private @Nullable Descriptor direct(Opened file) throws IOException {
        if (file.direct == null && !directRefused) {
            Descriptor made = Descriptor.writing(path);
            Object key = Files.readAttributes(made.shown(), BasicFileAttributes.class).fileKey();
            if (!Objects.equals(key, file.key)) {
                // It was replaced just now, which is noticed soon.
                made.close();
                return null;
            }
            file.direct = made;
        }
        return directRefused ? null : file.direct;
    }

    private void write(ByteBuffer bytes, boolean whole) {
        Duration now = clock.monotonic();
        if (failing != null && now.minus(failing.since).compareTo(PAUSE) < 0) {
            failing.lost += bytes.remaining();
            return;
        }
        try {
            Opened file = current(now);
            if (whole && !file.atLineStart) {
                // Something was lost in the middle of a line, or was written in another form.
                append(file, ByteBuffer.wrap(new byte[] {'\n'}));
            }
            put(file, bytes, whole, now);
        } catch (IOException e) {
            fail(e, bytes.remaining(), now);
            return;
        }
        if (failing != null) {
            listener.onRecovered(path, failing.lost);
            failing = null;
            directRefused = false;
        }
    }

    private void fail(IOException e, long lost, Duration now) {
        close();
        if (failing == null) {
            failing = new Failing(now);
            listener.onFailed(path, FileFailures.why(path, e));
        }
        failing.since = now;
        failing.lost += lost;
    }

    /// The file, opened if it is not, or not any more the one that its name means.
    private Opened current(Duration now) throws IOException {
        Opened file = opened;
        if (file != null && now.minus(file.lookedAt).compareTo(LOOK) >= 0) {
            file.lookedAt = now;
            if (isReplaced(file)) {
                close();
                file = null;
            }
        }
        return file == null ? open(now) : file;
    }

    private boolean isReplaced(Opened file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            file.size = attributes.size();
            return !Objects.equals(attributes.fileKey(), file.key);
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private Opened open(Duration now) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // A pipe that nobody reads would keep everybody waiting.
            throw new FileSystemException(path.toString(), null, "It is no regular file");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(path, APPEND, PERMISSIONS);
        } catch (NoSuchFileException e) {
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            channel = FileChannel.open(path, APPEND, PERMISSIONS);
        }
        Opened made =
                new Opened(channel, Files.readAttributes(path, BasicFileAttributes.class), now);
        made.atLineStart = made.size == 0 || endsALine();
        opened = made;
        return made;
    }

    private boolean endsALine() throws IOException {
        try (FileChannel reading = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return reading.read(last, Math.max(0, reading.size() - 1)) == 1 && last.get(0) == '\n';
        }
    }

    private void put(Opened first, ByteBuffer bytes, boolean whole, Duration now)
            throws IOException {
        Opened file = first;
        int end = bytes.limit();
        while (bytes.hasRemaining()) {
            long room = spec.maxBytes() - file.size;
            boolean full = bytes.remaining() > room && mayRotate(now);
            if (full) {
                bytes.limit(bytes.position() + fitting(file, bytes, room, whole));
            }
            append(file, bytes);
            bytes.limit(end);
            if (full && bytes.hasRemaining()) {
                file = rotate(now);
            }
        }
    }

    private boolean mayRotate(Duration now) {
        return unrotated == null || now.minus(unrotated).compareTo(PAUSE) >= 0;
    }

    /// How many bytes still belong to this file; not all of them do.
    private static int fitting(Opened file, ByteBuffer bytes, long room, boolean whole) {
        int start = bytes.position();
        for (int i = start + (int) Math.max(0, room) - 1; i >= start; i--) {
            if (bytes.get(i) == '\n') {
                return i + 1 - start;
            }
        }
        if (file.size > 0 && (file.atLineStart || room <= 0)) {
            return 0;
        }
        if (!whole) {
            return (int) room;
        }
        int at = start;
        while (at < bytes.limit() && bytes.get(at) != '\n') {
            at++;
        }
        return Math.min(at + 1, bytes.limit()) - start;
    }

    private static void append(Opened file, ByteBuffer bytes) throws IOException {
        if (!bytes.hasRemaining()) {
            return;
        }
        boolean line = bytes.get(bytes.limit() - 1) == '\n';
        while (bytes.hasRemaining()) {
            file.atLineStart = false;
            file.size += file.channel.write(bytes);
        }
        file.atLineStart = line;
    }

    /// Sets the file aside and begins a new one; where that cannot be done, the old one grows on.
    private Opened rotate(Duration now) throws IOException {
        close();
        try {
            setAside();
            unrotated = null;
        } catch (IOException e) {
            if (unrotated == null) {
                listener.onNotRotated(path, FileFailures.why(path, e));
            }
            unrotated = now;
        }
        return open(now);
    }

    private void setAside() throws IOException {
        for (int i = spec.keep() + 1; i < MOST_FILES && Files.deleteIfExists(aside(i)); i++) {
            // More was kept before.
            continue;
        }
        int free = 1;
        while (free < spec.keep() && Files.exists(aside(free))) {
            free++;
        }
        for (int i = free; i > 1; i--) {
            move(aside(i - 1), aside(i));
        }
        if (spec.keep() == 0) {
            Files.deleteIfExists(path);
        } else {
            move(path, aside(1));
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // There are not as many yet.
            return;
        }
    }

    private Path aside(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /// Closes the file; the next write opens it again.
    void close() {
        Opened file = opened;
        opened = null;
        if (file != null) {
            if (file.direct != null) {
                file.direct.close();
            }
            try {
                file.channel.close();
            } catch (IOException e) {
                // What a network file system could not keep is told here, and belongs to no write.
                listener.onFailed(path, FileFailures.why(path, e));
            }
        }
    }
}
