package io.visor.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Says in words why the file system refused.
public final class StoreFailures {

    private StoreFailures() {}

    /// The reason without the file's name.
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it is not there";
            case FileAlreadyExistsException _ -> "something else is in its place";
            case NotDirectoryException _ -> "it is no directory";
            case FileSystemException f when isFull(f) -> "the disk is full";
            case FileSystemException f -> String.valueOf(f.getReason());
            default -> isFull(e) ? "the disk is full" : String.valueOf(e.getMessage());
        };
    }

    /// Whether there is no room for more.
    public static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left on device")
                || message.contains("Disk quota exceeded");
    }
}
