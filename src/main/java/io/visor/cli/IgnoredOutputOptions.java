package io.visor.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `-o` where LavaVisor takes it, as every Cosmos command does, and nothing comes of it.
final class IgnoredOutputOptions {

    @Option(
            names = {"-o", "--output"},
            hidden = true,
            paramLabel = "FORM",
            description = "Accepted as LavaVisor has it; it does nothing.")
    private @Nullable String form;
}
