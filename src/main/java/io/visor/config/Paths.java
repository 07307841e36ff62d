package io.visor.config;

import java.nio.file.Path;

/// What relative paths in a file, and those that begin with `~`, stand for.
///
/// @param base the file's directory
/// @param userHome what `~` stands for
record Paths(Path base, Path userHome) {

    Path resolve(String text) {
        if (text.equals("~") || text.startsWith("~/")) {
            return userHome.resolve(text.length() < 2 ? "" : text.substring(2)).normalize();
        }
        return base.resolve(text).normalize();
    }
}
