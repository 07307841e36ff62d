package io.visor.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What relative paths in a file, and those that begin with `~`, stand for.
///
/// @param base the file's directory
/// @param userHome what `~` stands for
record Paths(Path base, Path userHome) {

    /// What a text stands for.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    Path resolve(String text) {
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                return userHome.resolve(text.length() < 2 ? "" : text.substring(2)).normalize();
            }
            return base.resolve(text).normalize();
        } catch (InvalidPathException e) {
            // Zero bytes were refused when the text was read.
            throw new IllegalArgumentException(
                    "\""
                            + text
                            + "\" has characters that the locale cannot name; set LC_ALL=C.UTF-8",
                    e);
        }
    }

    /// A command whose program is a relative path or begins with `~` starts from the file's
    /// directory.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    List<String> resolveProgram(List<String> command) {
        if (!command.getFirst().contains("/")) {
            return command;
        }
        List<String> words = new ArrayList<>(command);
        words.set(0, resolve(words.getFirst()).toString());
        return words;
    }
}
