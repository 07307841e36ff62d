package io.visor.daemon.logs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The files of a log: number 0 is the one that is being written, and the higher the number, the
/// older is what was set aside in it. They are renamed while they are looked at, so that a file is
/// known by its key, which stays, and not by the number that it has just now.
///
/// @param log the file that is being written
record NumberedFiles(Path log) {

    /// How often something is looked for anew when files are renamed meanwhile.
    static final int ATTEMPTS = 100;

    /// How often in a row something must not be there before it counts as missing: a file may get
    /// its next number between two looks, and another one between the next two.
    private static final int LOOKS = 10;

    /// A file that is being read.
    ///
    /// @param channel to read it by
    /// @param key what it is known by
    /// @param written when it was last written to, as far as is known
    record OpenLog(FileChannel channel, Object key, Instant written) implements AutoCloseable {

        OpenLog writtenAt(Instant time) {
            return new OpenLog(channel, key, time);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private Path file(int number) {
        return number == 0 ? log : log.resolveSibling(log.getFileName() + "." + number);
    }

    /// What the file of a number is just now; null if there is none.
    @Nullable BasicFileAttributes attributes(int number) throws IOException {
        try {
            return Files.readAttributes(file(number), BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private @Nullable Object key(int number) throws IOException {
        BasicFileAttributes attributes = attributes(number);
        return attributes == null ? null : attributes.fileKey();
    }

    /// Whether there is anything to read.
    boolean exist() {
        for (int look = 0; look < LOOKS; look++) {
            if (Files.exists(file(look % 3))) {
                return true;
            }
        }
        return false;
    }

    /// The highest number that a file has; 0 if there is none that was set aside. While files are
    /// being renamed, one number is missing.
    int highest() {
        int highest = 0;
        for (int number = 1; number <= highest + 2; number++) {
            if (Files.exists(file(number))) {
                highest = number;
            }
        }
        return highest;
    }

    /// The number that a file has just now; -1 if it is not there any more.
    int number(Object key) throws IOException {
        // A file may get its next number while it is looked for, and the last one may be the next.
        int last = highest() + 1;
        for (int number = 0; number <= last; number++) {
            if (key.equals(key(number))) {
                return number;
            }
        }
        return -1;
    }

    /// Opens the file of a number.
    ///
    /// @return null if there is none, or if it is being renamed
    @Nullable OpenLog open(int number) throws IOException {
        BasicFileAttributes before = attributes(number);
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
            return new OpenLog(channel, before.fileKey(), before.lastModifiedTime().toInstant());
        }
        channel.close();
        return null;
    }

    /// Opens a file that is known.
    ///
    /// @return null if it is not there any more
    @Nullable OpenLog open(Object key) throws IOException {
        for (int i = 0; i < LOOKS; i++) {
            int number = number(key);
            OpenLog opened = number < 0 ? null : open(number);
            if (opened != null && opened.key.equals(key)) {
                return opened;
            }
            discard(opened);
        }
        return null;
    }

    /// Opens the newest file.
    ///
    /// @return null if there is none at all
    @Nullable OpenLog openNewest() throws IOException {
        OpenLog opened = null;
        for (int i = 0; i < ATTEMPTS && opened == null && exist(); i++) {
            opened = open(0);
            if (opened == null) {
                // There is none of number 0 after it was set aside, until something is written.
                opened = open(1);
            }
        }
        return opened;
    }

    /// Opens the file that was set aside before another one.
    ///
    /// @return null if there is none
    @Nullable OpenLog openBefore(OpenLog newer) throws IOException {
        int misses = 0;
        for (int i = 0; i < ATTEMPTS && misses < LOOKS; i++) {
            int number = number(newer.key);
            if (number < 0 || number >= highest()) {
                misses++;
                continue;
            }
            OpenLog opened = open(number + 1);
            if (opened == null) {
                opened = openBehindGap(number + 1);
            }
            boolean stayed = newer.key.equals(key(number));
            if (opened != null && stayed) {
                return opened;
            }
            discard(opened);
        }
        return null;
    }

    /// Opens the file behind the one number that is missing while files are renamed, however long
    /// whoever renames them is kept from going on.
    ///
    /// @return null if the number is not missing
    private @Nullable OpenLog openBehindGap(int missing) throws IOException {
        OpenLog opened = open(missing + 1);
        if (opened != null && key(missing) != null) {
            opened.close();
            return null;
        }
        return opened;
    }

    private static void discard(@Nullable OpenLog opened) throws IOException {
        if (opened != null) {
            opened.close();
        }
    }
}
