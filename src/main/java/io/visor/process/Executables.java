package io.visor.process;

import io.visor.os.OsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the program that a command's first word means, as a POSIX shell does (XCU 2.9.1.1).
public final class Executables {

    private static final Pattern ERRNO = Pattern.compile("error(?:=|: )(\\d{1,9})");

    private Executables() {}

    /// The path of a program.
    ///
    /// @param word a path if it has a slash, else a name that is looked up on the PATH of the
    ///   environment
    /// @param environment the child's environment
    /// @param workingDirectory what a relative path starts from
    /// @throws ProcessException if there is no such program, or it may not be executed
    public static String find(String word, Map<String, String> environment, Path workingDirectory) {
        try {
            return found(word, environment, workingDirectory);
        } catch (InvalidPathException e) {
            throw new ProcessException(
                    word + " has characters that the locale cannot name; set LC_ALL=C.UTF-8", e);
        }
    }

    private static String found(
            String word, Map<String, String> environment, Path workingDirectory) {
        if (word.contains("/")) {
            Path path = workingDirectory.resolve(word);
            if (Files.isDirectory(path)) {
                throw new ProcessException(word + " is a directory", null);
            }
            if (!Files.exists(path)) {
                throw new ProcessException(word + " is not there", null);
            }
            if (!Files.isExecutable(path)) {
                throw new ProcessException(word + " may not be executed", null);
            }
            return path.toString();
        }
        return onPath(word, environment, workingDirectory)
                .orElseThrow(() -> new ProcessException("no " + word + " on PATH", null))
                .toString();
    }

    /// Why a program that was found could not be started.
    ///
    /// @param errno the kernel's error number; 0 if it is not known
    /// @param otherwise what to say if the number says nothing to a person
    static String reason(String program, Path workingDirectory, int errno, String otherwise) {
        if (!Files.isDirectory(workingDirectory)) {
            return "its working directory " + workingDirectory + " is not there";
        }
        return switch (errno) {
            case OsException.ENOENT -> program + " needs an interpreter that is not there";
            case OsException.EACCES ->
                    program + " may not be executed, or not in " + workingDirectory;
            case OsException.ENOEXEC -> program + " is no program for this machine";
            default -> program + ": " + otherwise;
        };
    }

    /// The kernel's error number behind a failure of the JDK's to start a process, which is found
    /// in its text only: `Exec failed, error: 2 (No such file or directory)`.
    ///
    /// @return 0 if there is none
    static int errno(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher matcher = ERRNO.matcher(String.valueOf(cause.getMessage()));
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        return 0;
    }

    /// The first executable file of a name on the PATH of an environment.
    public static Optional<Path> onPath(
            String name, Map<String, String> environment, Path workingDirectory) {
        for (String entry :
                environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":", -1)) {
            Path candidate = workingDirectory.resolve(entry).resolve(name);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
