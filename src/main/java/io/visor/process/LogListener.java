package io.visor.process;

import java.nio.file.Path;

/// Told when the log of a child suffers. Called on a thread that carries output: it must not block.
public interface LogListener {

    /// What is lost meanwhile is lost; the child goes on. Told once, when it begins.
    ///
    /// @param why names the file
    void onFailed(Path log, String why);

    /// The log is written again.
    ///
    /// @param lost how many bytes were not written
    void onRecovered(Path log, long lost);

    /// The log has reached its size and cannot be set aside: it grows on. Told once, until it can.
    ///
    /// @param why names the file
    void onNotRotated(Path log, String why);

    /// A listener that does nothing.
    static LogListener none() {
        return new LogListener() {
            @Override
            public void onFailed(Path log, String why) {}

            @Override
            public void onRecovered(Path log, long lost) {}

            @Override
            public void onNotRotated(Path log, String why) {}
        };
    }
}
