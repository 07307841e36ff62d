package io.visor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The words that the Cosmos SDK and LavaVisor have for the log and the output.
final class CosmosFlagsTest {

    private static CommandLine.ParseResult parse(String line) {
        Console console =
                new Console(
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        false,
                        Map.of(),
                        Path.of("/"));
        CommandTree tree = new CommandTree(console);
        return tree.line(new VisorCommand(console, tree)).parseArgs(line.split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "start --log_format plain",
                "start --log_level panic",
                "start -o json",
                "wrap --cmd lavap --output text",
                "pod --cmd lavap -o json"
            })
    void areAccepted(String line) {
        assertThat(parse(line).errors()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"trace,debug", "debug,debug", "warn,warn", "fatal,error", "panic,error"})
    void levelsAreThoseOfVisorsLog(String theirs, String own) {
        assertThat(LogOptions.Level.valueOf(theirs).own()).isEqualTo(own);
    }
}
