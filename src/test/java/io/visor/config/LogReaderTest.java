package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.visor.model.Home;
import io.visor.model.LogSpec;
import io.visor.model.ServiceSpec;
import io.visor.model.VisorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogReaderTest {

    @TempDir private Path directory;

    private VisorConfig read(String log) throws IOException {
        Path file = directory.resolve("config.yml");
        Files.writeString(file, "services:\n  - name: a\n    command: x\n    log: " + log + "\n");
        return ConfigReader.read(file, Home.in(directory), directory, Map.of());
    }

    @Test
    void takesAllKeys() throws IOException {
        ServiceSpec service =
                read("{format: json, timestamps: true, max-size: 64KiB, keep: 0}")
                        .services()
                        .getFirst();
        assertThat(service.output())
                .isEqualTo(
                        new ServiceSpec.ToFile(
                                Home.in(directory).logs().resolve("a.log"),
                                new LogSpec(LogSpec.Format.JSON, true, 65_536, 0)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{format: xml} | log.format: \"xml\" is not known; use raw, prefix, json",
                "{max-size: 4kB} | log.max-size: 4kB is not between 4KiB and 1TiB",
                "{max-size: 2TB} | log.max-size: 2TB is not between 4KiB and 1TiB",
                "{max-size: big} | log.max-size: \"big\" is no size; write 64kB, 100MB, 1GiB",
                "{keep: -1} | log.keep: \"-1\" is no number from 0 to 1000",
                "{keep: 1001} | log.keep: \"1001\" is no number from 0 to 1000",
                "{timestamps: 3} | log.timestamps: \"3\" is neither true nor false",
                "{size: 3} | log.size: unknown key; known: format",
                "raw | log: \"raw\" is no mapping of keys to values"
            })
    void saysWhatIsWrong(String log, String problem) {
        ConfigException failure = catchThrowableOfType(ConfigException.class, () -> read(log));
        assertThat(failure.problems()).hasSize(1);
        assertThat(failure.problems().getFirst().toString()).contains(problem);
    }
}
