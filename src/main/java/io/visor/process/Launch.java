package io.visor.process;

import io.visor.model.ProcessSpec;
import io.visor.model.ServiceSpec.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// All that is needed to start a child.
///
/// @param command the program, a path or a name that is looked up on the child's PATH, and its
///   arguments
/// @param environment the child's whole environment
/// @param workingDirectory an absolute path
/// @param output where standard output and standard error go; standard input is empty
/// @param process what the kernel is told of it
public record Launch(
        List<String> command,
        Map<String, String> environment,
        Path workingDirectory,
        Output output,
        ProcessSpec process) {

    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
