package io.visor.sim.disk.medium;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// An operation that the kernel refuses.
public final class ErrnoException extends Exception {

    private static final long serialVersionUID = 1;

    private final Errno errno;

    public ErrnoException(Errno errno) {
        super(errno.text(), null, false, false);
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }

    /// What the JDK makes of it for an operation on a path.
    ///
    /// @param other the second path of a rename or link
    public IOException about(String file, @Nullable String other) {
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(file, other, null);
            case EEXIST -> new FileAlreadyExistsException(file, other, null);
            case EACCES -> new AccessDeniedException(file, other, null);
            case ELOOP ->
                    new FileSystemException(
                            file,
                            other,
                            errno.text() + " or unable to access attributes of symbolic link");
            case EPERM,
                    EIO,
                    EBUSY,
                    ENOTDIR,
                    EISDIR,
                    EINVAL,
                    EMFILE,
                    EFBIG,
                    ENOSPC,
                    EROFS,
                    ENAMETOOLONG,
                    ENOTEMPTY ->
                    new FileSystemException(file, other, errno.text());
        };
    }

    /// What the JDK makes of it for an operation on an open file.
    public IOException bare() {
        return new IOException(errno.text());
    }
}
