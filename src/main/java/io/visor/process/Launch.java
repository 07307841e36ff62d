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
/// @param service the name that its log's lines begin with
/// @param tailBytes how much of the end of its output is kept ([Child#tail]), at least 1
public record Launch(
        List<String> command,
        Map<String, String> environment,
        Path workingDirectory,
        @Nullable Secret input,
        Output output,
        ProcessSpec process,
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
