package io.visor.daemon.logs;

import io.visor.daemon.logs.NumberedFiles.OpenLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads a log across the files that it was set aside in, the oldest first, also while it is being
/// written and set aside: first what there is when it begins, no more and no less, and then, if it
/// follows, what comes.
final class LogWalk implements AutoCloseable {

    private static final int CHUNK_BYTES = 64 << 10;

    /// How many files are held open; a log may have more. Those that are not are still there when
    /// their turn comes, unless that takes very long: they are the newer ones.
    private static final int MAX_HELD = 200;

    private final NumberedFiles files;
    private final boolean follows;

    /// What there is when it begins, the oldest first.
    private final Deque<Piece> pieces = new ArrayDeque<>();

    /// Where it follows.
    private @Nullable OpenLog reading;

    private boolean begun;

    /// A part of a file.
    private static final class Piece {
        private final Object key;
        private final Instant written;
        private final long end;
        private long from;
        private @Nullable OpenLog opened;

        Piece(OpenLog opened) throws IOException {
            this.opened = opened;
            this.key = opened.key();
            this.written = opened.written();
            this.end = opened.channel().size();
        }

        /// Opens it if it is not open.
        ///
        /// @return null if it is not there any more
        @Nullable OpenLog open(NumberedFiles files) throws IOException {
            if (opened == null) {
                opened = files.open(key);
            }
            return opened;
        }

        void close() throws IOException {
            if (opened != null) {
                opened.close();
                opened = null;
            }
        }
    }

    /// Says whether older files are of interest, or where in this one that begins which is.
    private interface Choice {
        boolean isEnough(Piece piece, FileChannel channel) throws IOException;
    }

    /// Begins at the oldest file.
    ///
    /// @param follows whether it goes on with what comes
    LogWalk(Path log, boolean follows) {
        this.files = new NumberedFiles(log);
        this.follows = follows;
    }

    /// Whether there is anything to read.
    boolean exists() {
        return files.exist();
    }

    /// Leaves out the files to which nothing was written since a time.
    void skipBefore(Instant since) throws IOException {
        begin(() ->
                (piece, _) -> {
                    boolean isBefore = piece.written.isBefore(since);
                    piece.from = isBefore ? piece.end : 0;
                    return isBefore;
                });
    }

    /// Leaves out all but the last lines, which are looked for from the end.
    ///
    /// @param count how many, at least 0
    void skipToLast(long count) throws IOException {
        begin(() -> new LastLines(count));
    }

    private static final class LastLines implements Choice {

        private long left;
        private boolean atEnd = true;

        LastLines(long count) {
            this.left = count;
        }

        @Override
        public boolean isEnough(Piece piece, FileChannel channel) throws IOException {
            if (left == 0) {
                piece.from = piece.end;
                return true;
            }
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
            for (long end = piece.end; end > 0; ) {
                long from = Math.max(0, end - CHUNK_BYTES);
                fill(channel, chunk.clear().limit((int) (end - from)), from);
                for (int i = chunk.limit() - 1; i >= 0; i--) {
                    // The last newline of all ends the last line.
                    boolean counts = !atEnd || from + i < piece.end - 1;
                    if (counts && chunk.get(i) == '\n' && --left == 0) {
                        piece.from = from + i + 1;
                        return true;
                    }
                }
                end = from;
            }
            atEnd = atEnd && piece.end == 0;
            return false;
        }

        private static void fill(FileChannel channel, ByteBuffer chunk, long from)
                throws IOException {
            while (chunk.hasRemaining()) {
                if (channel.read(chunk, from + chunk.position()) < 0) {
                    // It was emptied meanwhile.
                    chunk.limit(chunk.position());
                }
            }
        }
    }

    private void begin(Supplier<Choice> choices) throws IOException {
        begun = true;
        boolean isWhole = false;
        // If files are deleted faster than it goes each time, what is left has to do.
        for (int i = 0; i < NumberedFiles.ATTEMPTS && !isWhole; i++) {
            closePieces();
            isWhole = gather(choices.get());
        }
    }

    /// Goes back from the newest file, each time to the one that was set aside before: whatever is
    /// renamed meanwhile, no file is met twice.
    ///
    /// @return false if files were deleted faster than it went
    private boolean gather(Choice choice) throws IOException {
        int setAside = files.highest();
        Deque<Piece> held = new ArrayDeque<>();
        OpenLog next = files.openNewest();
        while (next != null) {
            Piece piece = new Piece(next);
            boolean isNewest = pieces.isEmpty();
            pieces.addFirst(piece);
            if (choice.isEnough(piece, next.channel())) {
                return true;
            }
            next = files.openBefore(next);
            if (!isNewest) {
                held.addLast(piece);
            }
            if (held.size() > MAX_HELD) {
                held.removeFirst().close();
            }
        }
        // The last one may have become the oldest only meanwhile.
        return pieces.isEmpty()
                || pieces.size() >= setAside && files.number(pieces.getFirst().key) >= 0;
    }

    /// Reads on.
    ///
    /// @return how many bytes; 0 if there are no more now
    int read(ByteBuffer into) throws IOException {
        if (!begun) {
            begin(() -> (_, _) -> false);
        }
        while (!pieces.isEmpty()) {
            Piece piece = pieces.getFirst();
            int count = read(piece, into);
            if (count > 0) {
                return count;
            }
            pieces.removeFirst();
            if (pieces.isEmpty() && follows) {
                reading = goOn(piece);
            } else {
                piece.close();
            }
        }
        return follows ? readOn(into) : 0;
    }

    private int read(Piece piece, ByteBuffer into) throws IOException {
        long left = piece.end - piece.from;
        OpenLog opened = left == 0 ? null : piece.open(files);
        if (opened == null) {
            return 0;
        }
        ByteBuffer part = into.slice(into.position(), (int) Math.min(into.remaining(), left));
        int count = opened.channel().read(part, piece.from);
        if (count <= 0) {
            // It was emptied meanwhile.
            return 0;
        }
        piece.from += count;
        into.position(into.position() + count);
        return count;
    }

    private static @Nullable OpenLog goOn(Piece newest) throws IOException {
        OpenLog opened = newest.opened;
        if (opened != null) {
            opened.channel().position(newest.end);
        }
        return opened;
    }

    /// Reads what has come since.
    private int readOn(ByteBuffer into) throws IOException {
        for (int i = 0; i < NumberedFiles.ATTEMPTS; i++) {
            OpenLog current = reading;
            if (current == null) {
                if (!exists()) {
                    return 0;
                }
                reading = openOldest();
                continue;
            }
            int count = current.channel().read(into);
            if (count > 0) {
                return count;
            }
            BasicFileAttributes newest = files.attributes(0);
            if (newest == null) {
                return 0;
            }
            if (Objects.equals(newest.fileKey(), current.key())) {
                reading = current.writtenAt(newest.lastModifiedTime().toInstant());
                if (newest.size() >= current.channel().position()) {
                    return 0;
                }
                // It was emptied in place.
                current.channel().position(0);
                continue;
            }
            // It was set aside; what was written to it before that comes first.
            count = current.channel().read(into);
            if (count > 0) {
                return count;
            }
            advance(current);
        }
        return 0;
    }

    private @Nullable OpenLog openOldest() throws IOException {
        int oldest = files.highest();
        OpenLog opened = files.open(oldest);
        if (files.highest() == oldest) {
            return opened;
        }
        if (opened != null) {
            opened.close();
        }
        return null;
    }

    /// Goes on to the file that follows.
    private void advance(OpenLog current) throws IOException {
        int own = files.number(current.key());
        OpenLog next = files.open(own > 0 ? own - 1 : successor(current));
        if (next == null) {
            return;
        }
        boolean moved = own > 0 && files.number(current.key()) != own;
        if (moved || next.key().equals(current.key())) {
            next.close();
            return;
        }
        current.close();
        reading = next;
    }

    /// The number of the file that follows one which is gone: the oldest one that was written to
    /// later.
    private int successor(OpenLog gone) throws IOException {
        for (int number = files.highest(); number > 0; number--) {
            BasicFileAttributes attributes = files.attributes(number);
            if (attributes != null
                    && attributes.lastModifiedTime().toInstant().isAfter(gone.written())) {
                return number;
            }
        }
        return 0;
    }

    private void closePieces() throws IOException {
        for (Piece piece : pieces) {
            piece.close();
        }
        pieces.clear();
    }

    @Override
    public void close() throws IOException {
        closePieces();
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }
}
