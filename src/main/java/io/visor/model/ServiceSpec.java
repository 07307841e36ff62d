package io.visor.model;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One managed process.
///
/// @param name its name
/// @param program the program whose upgrades it follows; none: it is unversioned and no upgrade
///   stops it
/// @param command the words of its command line, at least one
/// @param workingDirectory an absolute path
/// @param environment what is added to visor's own environment
/// @param after what it waits for before it is started
/// @param restart when it is started again
/// @param stop how it is asked to end
/// @param health how it is found out whether it works
/// @param process what the kernel is told of its process
/// @param output where its output goes
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
        Output output) {

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
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a service has a command");
        }
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
