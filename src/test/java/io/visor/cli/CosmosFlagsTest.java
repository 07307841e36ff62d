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

    private static final String CREATE =
            "create-service consumer c.yml --from a --geolocation 1 --chain-id l"
                    + " --keyring-backend test --node tcp://x:1 --log_level warn"
                    + " --parallel-connections 5 --create-link --directory /x ";

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
                "pod --cmd lavap -o json",
                CREATE,
                CREATE + "-a 1 --aux -b sync --dry-run",
                CREATE + "--fee-granter x --fee-payer x --fees 1ulava --gas auto",
                CREATE + "--gas-adjustment 1.5 --gas-prices 1ulava --generate-only --ledger",
                CREATE + "--keyring-dir /x --note hello --offline -s 1",
                CREATE + "--sign-mode direct --timeout-height 5 --tip 1ulava -y",
                CREATE + "--account-number=1 --broadcast-mode sync --sequence 1 --yes=false",
                CREATE + "-o json --log_format json --log_no_color --trace --home /x"
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
