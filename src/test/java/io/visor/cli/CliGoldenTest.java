package io.visor.cli;

import io.visor.Golden;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Holds the reference of the command line to what `--help` says.
final class CliGoldenTest {

    @Test
    void theReferenceIsWhatHelpSays() {
        StringBuilder page = new StringBuilder();
        page.append("# Command line\n\n");
        page.append(
                "What `--help` says of every command. Made from the code; not edited by hand.\n");
        Console console =
                new Console(
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        false,
                        Map.of(),
                        Path.of("/"));
        CommandTree tree = new CommandTree(console);
        append(page, tree.line(new VisorCommand(console, tree)));
        Golden.check(Path.of("docs/reference/cli.md"), page.toString());
    }

    private static void append(StringBuilder page, CommandLine command) {
        page.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```\n");
        page.append(command.getUsageMessage(CommandLine.Help.Ansi.OFF).stripTrailing());
        page.append("\n```\n");
        command.getSubcommands().values().stream().distinct().forEach(sub -> append(page, sub));
    }
}
