package io.visor.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A command of the operator's that takes part in an upgrade.
///
/// @param command its words, at least one
/// @param workingDirectory an absolute path
/// @param timeout how long it may take; then it is killed
/// @param retries how often it is run again when it asks for that
public record Hook(List<String> command, Path workingDirectory, Duration timeout, int retries) {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

    public Hook {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a hook has a command");
        }
    }

    /// When a hook is run.
    public enum Point {
        /// Before a release is fetched.
        PRE_FETCH("pre-fetch"),
        /// Before the services are stopped; the new binary is at hand.
        PRE_UPGRADE("pre-upgrade"),
        /// When the services have ended, before the new version becomes active. Time without a
        /// process.
        POST_STOP("post-stop"),
        /// When the new version is committed.
        POST_UPGRADE("post-upgrade"),
        /// When the services of the version that failed have ended, before the old one becomes
        /// active again. Time without a process.
        ON_ROLLBACK("on-rollback"),
        /// When an upgrade has failed, whatever is done about it.
        ON_FAILURE("on-failure");

        private final String word;

        Point(String word) {
            this.word = word;
        }

        /// The key of the configuration file.
        public String word() {
            return word;
        }
    }
}
