package io.visor.systemd.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnitFileTest {

    /// As LavaVisor writes it.
    private static final String LAVAVISORS =
            """
            [Unit]
            Description=alice-ETH1 daemon
            After=network-online.target
            [Service]
            WorkingDirectory=/home/ubuntu/go/bin/
            ExecStart=/home/ubuntu/go/bin/lavap rpcconsumer .lavavisor/services/eth.yml \
            --from alice --parallel-connections 10
            User=ubuntu
            Restart=always
            RestartSec=180
            [Install]
            WantedBy=multi-user.target
            """;

    @Test
    void readsAUnitOfLavaVisors() {
        UnitFile unit = UnitFile.parse(LAVAVISORS);
        assertThat(unit.user()).contains("ubuntu");
        assertThat(unit.workingDirectory()).contains(Path.of("/home/ubuntu/go/bin"));
        assertThat(unit.role()).contains(Role.CONSUMER);
        assertThat(unit.config()).contains(".lavavisor/services/eth.yml");
        assertThat(unit.flag("--from")).contains("alice");
        assertThat(unit.hasFlag("--parallel-connections")).isTrue();
        assertThat(unit.hasFlag("--parallel")).isFalse();
        assertThat(unit.value("Service", "RestartSec")).contains("180");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "a b  c|a;b;c",
                "-/bin/x|/bin/x",
                "'a b' \"c d\"|a b;c d",
                "a\"b c\"d|ab cd",
                "a \\x41\\s\\tb|a;A \tb",
                "a $$b %%h|a;$b;%h",
                "a --from=x|a;--from=x",
            })
    void takesCommandsApart(String line, String words) {
        assertThat(UnitFile.words(line)).containsExactly(words.split(";"));
    }

    @Test
    void joinsLinesAndLeavesCommentsOut() {
        UnitFile unit =
                UnitFile.parse(
                        "[Service]\n# ExecStart=no\n; ExecStart=no\nExecStart=/a \\\n# in"
                                + " between\n  b \\\n c\n\nUser=x\nUser=y\n[X-Other]\nUser=z\n");
        assertThat(unit.command()).containsExactly("/a", "b", "c");
        assertThat(unit.user()).contains("y");
    }

    @ParameterizedTest
    @CsvSource({"~,", "'',", "-/srv,/srv", "/a%%b/,/a%b"})
    void readsWorkingDirectories(String value, String path) {
        UnitFile unit = UnitFile.parse("[Service]\nWorkingDirectory=" + value);
        assertThat(unit.workingDirectory().map(Path::toString).orElse(null)).isEqualTo(path);
    }

    @Test
    void readsWhatIsNoUnit() {
        UnitFile unit = UnitFile.parse("\u0000\nnothing\n[\n=\n\\");
        assertThat(unit.command()).isEmpty();
        assertThat(unit.role()).isEmpty();
    }
}
