package io.visor.os;

/// Error numbers of Linux (errno(3); the same on x86-64 and aarch64).
final class Errno {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int ECHILD = 10;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ETXTBSY = 26;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EPIPE = 32;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;

    private Errno() {}

    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case ESRCH -> "no such process";
            case EINTR -> "interrupted";
            case EIO -> "input/output error";
            case E2BIG -> "the arguments and the environment are too long";
            case ENOEXEC -> "not in a format that can be executed";
            case ECHILD -> "no such child";
            case EAGAIN -> "no more resources; try again";
            case ENOMEM -> "out of memory";
            case EACCES -> "permission denied";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "it is a directory";
            case EMFILE, ENFILE -> "too many open files";
            case ETXTBSY -> "the file is being written";
            case ENOSPC -> "no space left on the device";
            case EROFS -> "read-only file system";
            case EPIPE -> "nobody reads it";
            case ENOSYS -> "not implemented by this kernel";
            case ENAMETOOLONG -> "the name is too long";
            case ELOOP -> "too many symbolic links";
            default -> "see errno(3)";
        };
    }
}
