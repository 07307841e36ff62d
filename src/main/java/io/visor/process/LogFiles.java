package io.visor.process;

import io.visor.model.LogSpec;
import io.visor.time.Clock;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The logs that are being written, one for each file however many children write to it. For one
/// thread at a time.
final class LogFiles {

    private final Clock clock;
    private final LogListener listener;
    private final LogLines.Bytes lines = new LogLines.Bytes();
    private final Map<Path, Shared> files = new HashMap<>();

    private static final class Shared {
        private final LogFile file;
        private int users;

        Shared(LogFile file) {
            this.file = file;
        }
    }

    LogFiles(Clock clock, LogListener listener) {
        this.clock = clock;
        this.listener = listener;
    }

    Clock clock() {
        return clock;
    }

    LogLines.Bytes lines() {
        return lines;
    }

    /// The log of a file, to be given back with [#release].
    LogFile use(Path path, LogSpec spec) {
        Shared shared =
                files.computeIfAbsent(
                        path, _ -> new Shared(new LogFile(path, spec, clock, listener)));
        shared.users++;
        shared.file.setSpec(spec);
        return shared.file;
    }

    void release(Path path) {
        Shared shared = files.get(path);
        if (shared != null && --shared.users == 0) {
            files.remove(path);
            shared.file.close();
        }
    }
}
