package io.visor.os;

/// Error numbers of Linux (errno(3); the same on x86-64 and aarch64).
final class Errno {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int ENOSYS = 38;

    private Errno() {}

    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case ESRCH -> "no such process";
            case EINTR -> "interrupted";
            case EAGAIN -> "try again";
            case EACCES -> "permission denied";
            case ENOSPC -> "no space left on the device";
            case EROFS -> "read-only file system";
            case ENOSYS -> "not implemented by this kernel";
            default -> "see errno(3)";
        };
    }
}
