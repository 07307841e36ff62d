package io.visor.process;

import io.visor.os.OsException;
import io.visor.time.Scheduler;

/// Chooses how children are started on this machine.
public final class Launchers {

    private Launchers() {}

    /// What was chosen.
    ///
    /// @param launcher starts children
    /// @param how in words, for the log
    /// @param whyNotNative why the fast way is not taken; empty if it is
    public record Choice(ProcessLauncher launcher, String how, String whyNotNative) {}

    /// The fast way where this machine has all that it needs, else the JDK's.
    ///
    /// @param logs told when a child's log suffers
    public static Choice choose(Scheduler scheduler, ChildTable table, LogListener logs) {
        try {
            NativeLauncher launcher = new NativeLauncher(scheduler, table, logs);
            launcher.adoptOrphans();
            return new Choice(launcher, "posix_spawn and pidfd", "");
        } catch (OsException | UnsupportedOperationException | LinkageError e) {
            return new Choice(
                    new ProcessBuilderLauncher(scheduler, logs),
                    "the JDK's ProcessBuilder",
                    String.valueOf(e.getMessage()));
        }
    }
}
