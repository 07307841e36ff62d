package io.visor.os;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Has the kernel write a growing file to disk while it grows (sync_file_range(2)), so that little
/// is left for the flush at its end. It is a hint only: nothing is durable before that flush.
public final class EarlyFlush implements AutoCloseable {

    /// So much is gathered for one request.
    private static final long STEP_BYTES = 4 << 20;

    private final @Nullable Descriptor file;
    private long begun;

    private EarlyFlush(@Nullable Descriptor file) {
        this.file = file;
    }

    /// Cares for a file that is there. For one that is not of the machine's own file system nothing
    /// is done.
    ///
    /// @throws OsException if it cannot be opened
    public static EarlyFlush of(Path file) {
        boolean isOwn = file.getFileSystem().equals(FileSystems.getDefault());
        return new EarlyFlush(isOwn ? Descriptor.writing(file) : null);
    }

    /// The file is so long by now.
    public void written(long length) {
        if (file != null && length - begun >= STEP_BYTES) {
            // A file system that cannot has more to do at the end.
            Linux.Result unused = Linux.startFlush(file.number(), begun, length - begun);
            begun = length;
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
