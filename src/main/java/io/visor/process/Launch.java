package io.visor.process;

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
/// @param service the name that its log's lines begin with
/// @param tailBytes how much of the end of its output is kept ([Child#tail]), at least 1
public record Launch(
        List<String> command,
        Map<String, String> environment,
        Path workingDirectory,
        Output output,
        String service,
        int tailBytes) {

    /// Enough for the lines that tell why a child has ended.
    public static final int TAIL_BYTES = 4 << 10;

    /// Enough to look for what a policy looks for.
    public static final int SEARCHED_TAIL_BYTES = 64 << 10;

    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
