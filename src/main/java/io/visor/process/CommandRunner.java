package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.model.ProcessSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Runs commands that are over soon: version probes, hooks, health checks, `systemctl`. Not for
/// services.
public interface CommandRunner {

    /// How a command ended.
    ///
    /// @param status its exit
    /// @param output the first part of what it wrote to standard output
    /// @param errors the first part of what it wrote to standard error
    record Result(ExitStatus status, String output, String errors) {}

    /// Runs a command with an empty standard input and waits for its end.
    ///
    /// @param environment its whole environment
    /// @param limit how long it may take; then it is killed
    /// @param maxOutput how many bytes of each stream are kept; the rest is read and dropped
    /// @throws ProcessException if it cannot be started or does not end in time
    /// @throws InterruptedException if the calling task is cancelled; the command is killed
    Result run(
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            Duration limit,
            int maxOutput)
            throws InterruptedException;

    /// Runs a command as a service's process is run: as its user, with its limits and the rest.
    ///
    /// @param process what the kernel is told of the command's process
    /// @throws ProcessException if it cannot be started so, or does not end in time
    /// @throws InterruptedException if the calling task is cancelled; the command is killed
    Result run(
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            ProcessSpec process,
            Duration limit,
            int maxOutput)
            throws InterruptedException;
}
