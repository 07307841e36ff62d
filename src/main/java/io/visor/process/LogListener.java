package io.visor.process;

import java.nio.file.Path;
import java.time.Duration;

/// Told when the log of a child suffers, or what it has left behind. Called on a thread that
/// carries output, or that waits for the rest of a child: it must not block.
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

    /// What an ended child has left behind does not end by `SIGKILL`; it is waited for, and the
    /// exit told when it is gone. Told every 10 s.
    ///
    /// @param leader the pid of the child, which is the id of its process group
    /// @param since how long it has been killed again and again already
    default void onStuck(String service, long leader, Duration since) {}

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
