package io.visor.model;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/// Says in words why the file system refused.
public final class FileFailures {

    /// What the JDK calls a user that the system has no name for, such as a container's.
    private static final String NAMELESS = "?";

    private FileFailures() {}

    /// The file that is to blame and the reason: `/srv/x: permission denied for user op`.
    ///
    /// @param about the file or directory to name where the failure names none
    public static String why(Path about, IOException e) {
        if (isFull(e)) {
            return "the disk of " + about + " is full";
        }
        if (!(e instanceof FileSystemException failure)) {
            return about + ": " + sentence(String.valueOf(e.getMessage()));
        }
        String file = failure.getFile() == null ? about.toString() : failure.getFile();
        return switch (failure) {
            case NoSuchFileException _ -> file + " is not there";
            case FileAlreadyExistsException _ -> file + " is there already";
            case NotDirectoryException _ -> file + " is no directory";
            default -> file + ": " + reason(failure);
        };
    }

    /// The reason alone, where the file has been named already.
    public static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return permissionDenied();
        }
        return sentence(String.valueOf(e.getReason()));
    }

    /// The system begins its words as a line of their own.
    private static String sentence(String words) {
        return words.isEmpty()
                ? words
                : words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
    }

    /// The words for a user who lacks a right.
    public static String permissionDenied() {
        String user = System.getProperty("user.name", NAMELESS);
        return user.equals(NAMELESS) ? "permission denied" : "permission denied for user " + user;
    }

    /// Whether there is no room for more.
    public static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left on device")
                || message.contains("Disk quota exceeded");
    }
}
