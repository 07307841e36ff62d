package io.visor.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One managed process.
///
/// @param name its name
/// @param program the program whose upgrades it follows; none: it is unversioned and no upgrade
///   stops it
/// @param command the words of its command line, at least one
/// @param workingDirectory an absolute path
/// @param environment what is added to visor's own environment
/// @param restart when it is started again
/// @param stop how it is asked to end
/// @param output where its output goes
public record ServiceSpec(
        ServiceName name,
        @Nullable ProgramName program,
        List<String> command,
        Path workingDirectory,
        Map<String, String> environment,
        RestartPolicy restart,
        StopPolicy stop,
        Output output) {

    /// Where output goes.
    public sealed interface Output {}

    /// Standard output and standard error are visor's own.
    public record PassThrough() implements Output {}

    /// Both are appended to a file.
    ///
    /// @param file an absolute path
    public record ToFile(Path file) implements Output {}

    public ServiceSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a service has a command");
        }
    }
}
