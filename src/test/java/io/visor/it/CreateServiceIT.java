package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.visor.json.Json;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Units, made by the command.
final class CreateServiceIT extends OnHome {

    private static final String[] ALICE = {
        "--from", "alice", "--geolocation", "1", "--chain-id", "lava", "--keyring-backend", "test"
    };

    private Path units;

    @BeforeEach
    void makeFiles() throws IOException {
        units = Files.createDirectories(directory.resolve("units"));
        for (String name : List.of("consumer-ETH1.yml", "provider-LAV1.yml")) {
            Files.copy(Path.of("examples/systemd").resolve(name), directory.resolve(name));
        }
    }

    private Visor.Result create(String role, String config, String... more) {
        List<String> words = new ArrayList<>(List.of("create-service", role, config));
        words.addAll(List.of(ALICE));
        words.addAll(List.of("--directory", home.toString(), "--unit-dir", units.toString()));
        words.addAll(List.of(more));
        return place.run(words.toArray(String[]::new));
    }

    private Path unit(String name) {
        return home.resolve(".lavavisor/services").resolve(name);
    }

    private UnitFile read(String name) throws IOException {
        return UnitFile.parse(Files.readString(unit(name)));
    }

    /// The line of the README, which is LavaVisor's.
    @Test
    void theCommandOfTheReadmeMakesAUnit() throws IOException {
        Matcher line =
                Pattern.compile("(?m)^visor (create-service consumer cfg\\.yml .*)$")
                        .matcher(Files.readString(Path.of("README.md")));
        assertThat(line.find()).isTrue();
        Files.copy(directory.resolve("consumer-ETH1.yml"), directory.resolve("cfg.yml"));
        Visor.Result result =
                place.run(
                        Visor.words(
                                new String[] {
                                    "--directory", home.toString(), "--unit-dir", units.toString()
                                },
                                line.group(1).split(" ")));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("alice-ETH1.service is made").contains("visor start");
        assertThat(units.resolve("alice-ETH1.service").toRealPath())
                .isEqualTo(unit("alice-ETH1.service").toRealPath());
        assertThat(read("alice-ETH1.service").flag("--log_level")).contains("debug");
        assertThat(read("alice-ETH1.service").flag("--node")).contains("tcp://localhost:26657");
        assertThat(place.run(onHome("config", "check")).out()).contains("is good: 1 service");
    }

    @Test
    void theLogLevelIsLavapsAndEitherSpellingIsTaken() throws IOException {
        assertThat(create("provider", "provider-LAV1.yml", "--log-level", "warn").code()).isZero();
        assertThat(read("alice-LAV1.service").flag("--log_level")).contains("warn");
        assertThat(create("provider", "provider-LAV1.yml", "--log_level=info").code()).isZero();
        assertThat(read("alice-LAV1.service").flag("--log_level")).contains("info");
        Visor.Result quiet =
                place.with("VISOR_LOG_LEVEL", "error")
                        .run(
                                Visor.words(
                                        ALICE,
                                        onHome("create-service", "provider", "provider-LAV1.yml")));
        assertThat(quiet.code()).isZero();
        assertThat(read("alice-LAV1.service").flag("--log_level"))
                .as("the variable is visor's own")
                .contains("debug");
    }

    @Test
    void aNodeWithoutASchemeIsGivenOne() throws IOException {
        assertThat(create("consumer", "consumer-ETH1.yml", "--node", "10.0.0.1:26657").code())
                .isZero();
        assertThat(read("alice-ETH1.service").flag("--node")).contains("tcp://10.0.0.1:26657");
        assertThat(create("consumer", "consumer-ETH1.yml", "--node", "http://u:p@x:1/y").code())
                .isZero();
        assertThat(read("alice-ETH1.service").flag("--node")).contains("http://u:p@x:1/y");
    }

    @Test
    void saysEverythingThatIsMissingAtOnce() {
        Visor.Result result = place.run("create-service", "consumer", "consumer-ETH1.yml");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("--from KEY")
                .contains("--geolocation N")
                .contains("--chain-id ID")
                .contains("--keyring-backend BACKEND");
    }

    @Test
    void printsTheUnitAndWritesNothing() {
        Visor.Result result = create("consumer", "consumer-ETH1.yml", "--print", "--create-link");
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("# ").contains("\n[Service]\n");
        assertThat(home.resolve(".lavavisor/services")).doesNotExist();
        assertThat(home.resolve(".lavavisor/config.yml")).doesNotExist();
        assertThat(units).isEmptyDirectory();
    }

    @Test
    void answersInJson() {
        Json answer = Json.parse(create("provider", "provider-LAV1.yml", "-o", "json").out());
        assertThat(answer.string("unit")).isEqualTo("alice-LAV1.service");
        assertThat(answer.string("kind")).isEqualTo("provider");
        assertThat(answer.string("file")).isEqualTo(unit("alice-LAV1.service").toString());
        assertThat(answer.bool("changed")).isTrue();
        assertThat(answer.bool("written")).isTrue();
        assertThat(
                        Json.parse(create("provider", "provider-LAV1.yml", "-o", "json").out())
                                .bool("changed"))
                .isFalse();
    }

    @Test
    void namesEveryProblemOfAConfigurationWithItsLine() throws IOException {
        Files.writeString(
                directory.resolve("bad.yml"),
                "endpoints:\n  - chain-id: ETH1\n    api-interface: soap\n"
                        + "    network-address: here\n");
        Visor.Result result = create("consumer", "bad.yml");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("cannot read " + directory.resolve("bad.yml") + ": 2 problems")
                .contains("line 3   endpoints[0].api-interface: \"soap\" is not known; use jsonrpc")
                .contains("line 4   endpoints[0].network-address: \"here\" is no address");
    }

    @Test
    void visorsUnitStartsThisVisorWithTheFlagsThatItIsGiven() throws IOException {
        Visor.Result result = place.run(visorsUnit("--auto-download"));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(read("visor.service").command())
                .containsExactly(
                        Visor.BIN.toRealPath().toString(),
                        "start",
                        "--directory",
                        home.toString(),
                        "--auto-download");
        Visor.Result mistyped = place.run(visorsUnit("--auto-downlod"));
        assertThat(mistyped.code()).isEqualTo(2);
        assertThat(mistyped.err()).contains("did you mean --auto-download?");
        assertThat(place.run(visorsUnit("--directory", "/x")).err())
                .contains("cannot understand --directory: it is given twice");
    }

    private String[] visorsUnit(String... flags) {
        return Visor.words(flags, "create-service", "visor", "--directory", home.toString(), "--");
    }

    /// Whatever a home is called, systemd reads the units that lie in it.
    @ParameterizedTest
    @ValueSource(strings = {"plain", "a b", "100%h", "$HOME ${X}", "it's \"q\"", "b\\x41", "ä;#"})
    void systemdReadsUnitsOfOddHomes(String name) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
                "no systemd-analyze on this machine");
        place = place.with("LC_ALL", "C.UTF-8");
        home = Files.createDirectories(directory.resolve(name));
        Path bin = Files.createDirectories(home.resolve(".lavavisor/bin"));
        script(bin.resolve("lavap"), "exec sleep 1000\n");
        Path tool = script(directory.resolve(name).resolve("tool"), "exec sleep 1000\n");
        assertThat(create("consumer", "consumer-ETH1.yml").code()).isZero();
        assertThat(create("provider", "provider-LAV1.yml").code()).isZero();
        for (List<String> words :
                List.of(
                        List.of("visor", "--", "--auto-download"),
                        List.of("program", "tool", "--", tool.toString(), "%h $X"))) {
            Visor.Result made =
                    place.run(
                            Visor.words(
                                    words.subList(1, words.size()).toArray(String[]::new),
                                    "create-service",
                                    words.getFirst(),
                                    "--directory",
                                    home.toString()));
            assertThat(made.code()).as(made.err()).isZero();
        }
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
        for (String unit :
                List.of(
                        "alice-ETH1.service",
                        "alice-LAV1.service",
                        "tool.service",
                        "visor.service")) {
            command.add(unit(unit).toString());
        }
        try (Visor analyze = place.start(command)) {
            Visor.Result result = analyze.end();
            assertThat(result.out() + result.err()).isEmpty();
            assertThat(result.code()).isZero();
        }
    }

    @Test
    void visorsUnitIsAsClosedAsItCanBe() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
                "no systemd-analyze on this machine");
        assertThat(place.run(onHome("create-service", "visor")).code()).isZero();
        try (Visor analyze =
                place.start(
                        List.of(
                                "systemd-analyze",
                                "security",
                                "--offline=true",
                                "--no-pager",
                                unit("visor.service").toString()))) {
            Visor.Result result = analyze.end();
            Matcher level =
                    Pattern.compile("Overall exposure level for visor.service: ([0-9.]+)")
                            .matcher(result.out());
            assertThat(level.find()).as(result.out() + result.err()).isTrue();
            assertThat(Double.parseDouble(level.group(1))).isLessThanOrEqualTo(4.0);
        }
    }

    @Test
    void doctorSaysWhatIsWrongAndHowToMendIt() throws IOException {
        Visor.Result empty = place.run(onHome("doctor"));
        assertThat(empty.code()).as(empty.out()).isZero();
        assertThat(empty.out()).contains("ok     config: ");
        Files.createDirectories(unit("x").getParent());
        Files.writeString(
                unit("bob-ETH1.service"),
                "[Service]\nExecStart=/nowhere/lavap rpcconsumer x.yml --from bob"
                        + " --parallel-connections 10\nRestartSec=180\n");
        config("services: [bob-ETH1.service]\n");
        Visor.Result broken = place.run(onHome("doctor", "-o", "json"));
        assertThat(broken.code()).isEqualTo(1);
        Json answer = Json.parse(broken.out());
        assertThat(answer.bool("ok")).isFalse();
        assertThat(broken.out())
                .contains("does not know --parallel-connections")
                .contains("RestartSec keeps it down for 3m")
                .contains("visor create-service consumer ");
    }
}
