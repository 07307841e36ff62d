package io.visor.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads a log across the files that it was set aside in, the oldest first, also while it is being
/// written and set aside: each file is known by what it is, not by the number that it has just now.
final class LogWalk implements AutoCloseable {

    private static final int CHUNK_BYTES = 64 << 10;

    /// How often it is begun anew when files are renamed meanwhile.
    private static final int ATTEMPTS = 100;

    private final Path log;
    private @Nullable Reading reading;

    /// A file that is being read.
    private static final class Reading {
        private final FileChannel channel;
        private final Object key;

        /// Not before it was last written to, as far as is known.
        private Instant written;

        Reading(FileChannel channel, Object key, Instant written) {
            this.channel = channel;
            this.key = key;
            this.written = written;
        }
    }

    /// Where reading begins.
    ///
    /// @param number of the file; 0: the one that is being written
    private record Start(int number, long offset, @Nullable Object key) {}

    /// Begins at the oldest file.
    LogWalk(Path log) {
        this.log = log;
    }

    /// The file of a number; 0 is the one that is being written.
    private Path file(int number) {
        return number == 0 ? log : log.resolveSibling(log.getFileName() + "." + number);
    }

    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private @Nullable Object key(int number) throws IOException {
        BasicFileAttributes attributes = attributes(file(number));
        return attributes == null ? null : attributes.fileKey();
    }

    /// The highest number that a file has; 0 if there is none that was set aside. While files are
    /// being renamed, one number is missing.
    private int highest() {
        int highest = 0;
        for (int number = 1; number <= highest + 2; number++) {
            if (Files.exists(file(number))) {
                highest = number;
            }
        }
        return highest;
    }

    /// Whether there is anything to read.
    boolean exists() {
        return Files.exists(log) || Files.exists(file(1));
    }

    /// Leaves out the files to which nothing was written since a time.
    void skipBefore(Instant since) throws IOException {
        begin(() -> {
            int number = highest();
            while (number > 0 && isBefore(attributes(file(number)), since)) {
                number--;
            }
            BasicFileAttributes first = attributes(file(number));
            return new Start(
                    number,
                    first != null && isBefore(first, since) ? first.size() : 0,
                    key(number));
        });
    }

    private static boolean isBefore(@Nullable BasicFileAttributes attributes, Instant since) {
        return attributes == null || attributes.lastModifiedTime().toInstant().isBefore(since);
    }

    /// Leaves out all but the last lines, which are looked for from the end.
    ///
    /// @param count how many, at least 0
    void skipToLast(long count) throws IOException {
        begin(() -> {
            int last = highest();
            long left = count;
            boolean newest = true;
            for (int number = 0; number <= last; number++) {
                Object key = key(number);
                if (key == null) {
                    continue;
                }
                try (FileChannel channel =
                        FileChannel.open(file(number), StandardOpenOption.READ)) {
                    long size = channel.size();
                    if (count == 0) {
                        return new Start(number, size, key);
                    }
                    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
                    for (long end = size; end > 0; ) {
                        long from = Math.max(0, end - CHUNK_BYTES);
                        fill(channel, chunk.clear().limit((int) (end - from)), from);
                        for (int i = chunk.limit() - 1; i >= 0; i--) {
                            // The last newline of all ends the last line.
                            boolean counts = !newest || from + i < size - 1;
                            if (counts && chunk.get(i) == '\n' && --left == 0) {
                                return new Start(number, from + i + 1, key);
                            }
                        }
                        end = from;
                    }
                    newest = newest && size == 0;
                }
            }
            return new Start(last, 0, key(last));
        });
    }

    private static void fill(FileChannel channel, ByteBuffer chunk, long from) throws IOException {
        while (chunk.hasRemaining()) {
            if (channel.read(chunk, from + chunk.position()) < 0) {
                // It was emptied meanwhile.
                chunk.limit(chunk.position());
            }
        }
    }

    private interface Choice {
        Start choose() throws IOException;
    }

    private void begin(Choice choice) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Start start;
            try {
                start = choice.choose();
            } catch (NoSuchFileException e) {
                continue;
            }
            if (start.key == null) {
                return;
            }
            Reading opened = open(start.number);
            if (opened == null || !opened.key.equals(start.key)) {
                discard(opened);
                continue;
            }
            opened.channel.position(start.offset);
            reading = opened;
            return;
        }
    }

    /// Opens a file whatever it is by now.
    private @Nullable Reading open(int number) throws IOException {
        BasicFileAttributes before = attributes(file(number));
        if (before == null) {
            return null;
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(file(number), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (before.fileKey().equals(key(number))) {
            return new Reading(channel, before.fileKey(), before.lastModifiedTime().toInstant());
        }
        channel.close();
        return null;
    }

    private @Nullable Reading openOldest() throws IOException {
        int oldest = highest();
        Reading opened = open(oldest);
        if (highest() == oldest) {
            return opened;
        }
        discard(opened);
        return null;
    }

    private static void discard(@Nullable Reading opened) throws IOException {
        if (opened != null) {
            opened.channel.close();
        }
    }

    /// Reads on.
    ///
    /// @return how many bytes; 0 if there are no more now
    int read(ByteBuffer into) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Reading current = reading;
            if (current == null) {
                if (!exists()) {
                    return 0;
                }
                reading = openOldest();
                continue;
            }
            int count = current.channel.read(into);
            if (count > 0) {
                return count;
            }
            BasicFileAttributes newest = attributes(log);
            if (newest == null) {
                return 0;
            }
            if (Objects.equals(newest.fileKey(), current.key)) {
                current.written = newest.lastModifiedTime().toInstant();
                if (newest.size() >= current.channel.position()) {
                    return 0;
                }
                // It was emptied in place.
                current.channel.position(0);
                continue;
            }
            // It was set aside; what was written to it before that comes first.
            count = current.channel.read(into);
            if (count > 0) {
                return count;
            }
            advance(current);
        }
        return 0;
    }

    /// Goes on to the file that follows.
    private void advance(Reading current) throws IOException {
        int own = number(current.key);
        Reading next = open(own > 0 ? own - 1 : successor(current));
        if (next == null) {
            return;
        }
        boolean moved = own > 0 && !Objects.equals(key(own), current.key);
        if (moved || next.key.equals(current.key)) {
            next.channel.close();
            return;
        }
        current.channel.close();
        reading = next;
    }

    /// The number of a file that was set aside; 0 if it is not there any more.
    private int number(Object key) throws IOException {
        // A file may get its next number while it is looked for, and the last one may be the next.
        int last = highest() + 1;
        for (int number = 1; number <= last; number++) {
            if (key.equals(key(number))) {
                return number;
            }
        }
        return 0;
    }

    /// The number of the file that follows one which is gone: the oldest one that was written to
    /// later.
    private int successor(Reading gone) throws IOException {
        for (int number = highest(); number > 0; number--) {
            BasicFileAttributes attributes = attributes(file(number));
            if (attributes != null
                    && attributes.lastModifiedTime().toInstant().isAfter(gone.written)) {
                return number;
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        discard(reading);
        reading = null;
    }
}
