package io.visor.model;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One managed process: visor's own child, which has a command, or a unit of systemd's, which has
/// the unit's name instead and of whose policies systemd keeps those of restarts, stops,
/// environment and the process.
///
/// @param name its name
/// @param program the program whose upgrades it follows; none: it is unversioned and no upgrade
///   stops it
/// @param command the words of its command line, at least one; none for a unit
/// @param workingDirectory an absolute path
/// @param environment what is added to visor's own environment
/// @param after what it waits for before it is started
/// @param restart when it is started again
/// @param stop how it is asked to end
/// @param health how it is found out whether it works
/// @param process what the kernel is told of its process
/// @param output where its output goes; that of a unit is systemd's
/// @param unit the unit that runs it; null: visor does
public record ServiceSpec(
        ServiceName name,
        @Nullable ProgramName program,
        List<String> command,
        Path workingDirectory,
        Environment environment,
        List<Dependency> after,
        RestartPolicy restart,
        StopPolicy stop,
        HealthSpec health,
        ProcessSpec process,
        Output output,
        @Nullable UnitName unit) {

    /// Where output goes.
    public sealed interface Output {}

    /// Standard output and standard error are visor's own.
    public record PassThrough() implements Output {}

    /// Both are written to a file.
    ///
    /// @param file an absolute path
    /// @param log how
    public record ToFile(Path file, LogSpec log) implements Output {}

    public ServiceSpec {
        command = List.copyOf(command);
        after = List.copyOf(after);
        if (command.isEmpty() == (unit == null)) {
            throw new IllegalArgumentException("a service has a command, or a unit");
        }
    }

    /// A service that visor runs itself.
    public ServiceSpec(
            ServiceName name,
            @Nullable ProgramName program,
            List<String> command,
            Path workingDirectory,
            Environment environment,
            List<Dependency> after,
            RestartPolicy restart,
            StopPolicy stop,
            HealthSpec health,
            ProcessSpec process,
            Output output) {
        this(
                name,
                program,
                command,
                workingDirectory,
                environment,
                after,
                restart,
                stop,
                health,
                process,
                output,
                null);
    }

    /// A unit that systemd runs.
    ///
    /// @param workingDirectory where commands that check its health are run
    public static ServiceSpec ofUnit(
            ServiceName name,
            @Nullable ProgramName program,
            UnitName unit,
            Path workingDirectory,
            List<Dependency> after,
            HealthSpec health) {
        return new ServiceSpec(
                name,
                program,
                List.of(),
                workingDirectory,
                Environment.EMPTY,
                after,
                RestartPolicy.DEFAULT,
                StopPolicy.DEFAULT,
                health,
                ProcessSpec.INHERITED,
                new PassThrough(),
                unit);
    }

    /// A service that waits for nothing, is not checked, and whose process is as visor's own.
    public ServiceSpec(
            ServiceName name,
            @Nullable ProgramName program,
            List<String> command,
            Path workingDirectory,
            Environment environment,
            RestartPolicy restart,
            StopPolicy stop,
            Output output) {
        this(
                name,
                program,
                command,
                workingDirectory,
                environment,
                List.of(),
                restart,
                stop,
                HealthSpec.NONE,
                ProcessSpec.INHERITED,
                output);
    }
}
