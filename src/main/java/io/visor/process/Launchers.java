package io.visor.process;

import io.visor.os.OsException;
import io.visor.time.Loop;
import io.visor.time.Scheduler;

/// Chooses how children are started on this machine.
public final class Launchers {

    private Launchers() {}

    /// What was chosen.
    ///
    /// @param launcher starts children
    /// @param how in words, for the log
    /// @param whyNotNative why the fast way is not taken; empty if it is
    /// @param files to be told how many children there will be; only the fast way needs it
    public record Choice(
            ProcessLauncher launcher, String how, String whyNotNative, FileBudget files) {}

    /// The fast way where this machine has all that it needs, else the JDK's.
    ///
    /// @param loop where the ends of children are told
    /// @param logs told when a child's log suffers
    public static Choice choose(
            Scheduler scheduler, Loop loop, ChildTable table, LogListener logs) {
        FileBudget files = new FileBudget();
        ExecChain chain = new ExecChain(files);
        try {
            NativeLauncher launcher = new NativeLauncher(scheduler, loop, table, chain, logs);
            launcher.adoptOrphans();
            return new Choice(launcher, "posix_spawn and pidfd", "", files);
        } catch (OsException | UnsupportedOperationException | LinkageError e) {
            return new Choice(
                    fallback(scheduler, loop, table, chain, logs),
                    "the JDK's ProcessBuilder",
                    String.valueOf(e.getMessage()),
                    files);
        }
    }

    private static ProcessLauncher fallback(
            Scheduler scheduler, Loop loop, ChildTable table, ExecChain chain, LogListener logs) {
        ProcessBuilderLauncher launcher =
                new ProcessBuilderLauncher(scheduler, loop, table, chain, logs);
        try {
            launcher.adoptOrphans();
        } catch (OsException | UnsupportedOperationException | LinkageError e) {
            // They stay whose they are.
            return launcher;
        }
        return launcher;
    }
}
