package io.visor.process;

import io.visor.model.ProcessSpec;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that is needed to start a child.
///
/// @param command the program, a path or a name that is looked up on the child's PATH, and its
///   arguments
/// @param environment the child's whole environment
/// @param workingDirectory an absolute path
/// @param input what its standard input holds, at most 4096 bytes (a pipe takes them at once,
///   pipe(7)); null: nothing
/// @param output where standard output and standard error go
/// @param process what the kernel is told of it
public record Launch(
        List<String> command,
        Map<String, String> environment,
        Path workingDirectory,
        @Nullable Secret input,
        Output output,
        ProcessSpec process) {

    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
