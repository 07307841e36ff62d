package io.visor.model;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is copied before a version is switched.
///
/// @param paths directories, absolute
/// @param when when it is copied
/// @param directory where the copies go, absolute; null: into the home
/// @param keep how many backups are kept, at least 1
public record BackupPolicy(List<Path> paths, @Nullable Path directory, When when, int keep) {

    public BackupPolicy {
        paths = List.copyOf(paths);
    }

    /// When a backup is made.
    public enum When {
        /// While the services are stopped: what is copied is consistent, and the copying is time
        /// without a process.
        STOPPED("stopped"),
        /// While the old version still runs.
        RUNNING("running");

        private final String word;

        When(String word) {
            this.word = word;
        }

        /// The word of the configuration file.
        public String word() {
            return word;
        }
    }
}
