package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.visor.json.Json;
import io.visor.model.AdmissionPolicy;
import io.visor.model.Assurance;
import io.visor.model.Backoff;
import io.visor.model.BackupPolicy;
import io.visor.model.ChainSpec;
import io.visor.model.EndpointAddress;
import io.visor.model.Environment;
import io.visor.model.HealthSpec;
import io.visor.model.Home;
import io.visor.model.Hook;
import io.visor.model.Lavap;
import io.visor.model.LogSpec;
import io.visor.model.MaintenanceWindow;
import io.visor.model.ProcessSpec;
import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ReleaseSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.Role;
import io.visor.model.RollbackPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.model.UnitName;
import io.visor.model.UpgradePolicy;
import io.visor.model.VisorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigWriterTest {

    private static final Home HOME = Home.in(Path.of("/home/alice"));
    private static final ProgramName LILY = new ProgramName("lily");

    private static VisorConfig readBack(VisorConfig config) throws IOException {
        Path file = Files.createTempFile("visor-config", ".yml");
        try {
            Files.writeString(file, ConfigWriter.writeYaml(config));
            return ConfigReader.read(file, HOME, Path.of("/home/alice"), Map.of());
        } finally {
            Files.delete(file);
        }
    }

    private static VisorConfig with(ServiceSpec service) {
        return new VisorConfig(
                ConfigReader.defaults().chain(),
                ConfigReader.defaults().programs(),
                List.of(service));
    }

    private static ServiceSpec service(List<String> command, Map<String, String> environment) {
        return service(command, Environment.of(environment));
    }

    private static ServiceSpec service(List<String> command, Environment environment) {
        return new ServiceSpec(
                new ServiceName("a"),
                null,
                command,
                Path.of("/srv"),
                environment,
                RestartPolicy.DEFAULT,
                StopPolicy.DEFAULT,
                new ServiceSpec.ToFile(HOME.logs().resolve("a.log"), LogSpec.DEFAULT));
    }

    @Test
    void theDefaultsAreReadBack() throws IOException {
        assertThat(readBack(ConfigReader.defaults())).isEqualTo(ConfigReader.defaults());
    }

    @Test
    void showsEveryDefault() {
        assertThat(ConfigWriter.writeYaml(ConfigReader.defaults()))
                .isEqualTo(
                        """
                        chain:
                          network: lava
                          chain-id: lava
                          endpoints:
                          - tcp://localhost:26657
                        programs:
                          lavap:
                            binary: lavap
                            version:
                              authority: chain
                            release:
                              github: lavanet/lava
                              asset: lavap-v{version}-{os}-{arch}
                              checksums: sha256sum.txt
                              github-url: https://github.com
                              github-api-url: https://api.github.com
                              assurance: L1
                              version-command: version
                            upgrade:
                              auto: false
                              health-window: 1m
                              start-timeout: 5m
                              rollback: auto
                              window-binds: recommended
                              delay: '0'
                              spread: '0'
                              min-free: 16MB
                        services: []
                        """);
    }

    /// Once they were `!!float '3'`, and a factor of 10 was `1E+1`, which was not read back.
    @Test
    void numbersAreWrittenAsAPersonWritesThem(@TempDir Path directory) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("config.yml"),
                        """
                        services:
                          - name: a
                            command: sleep 1
                            nice: 10
                            restart: {factor: 10, jitter: 0, success-codes: [3], never-on: [78]}
                            health: {tcp: "127.0.0.1:80", failures: 6}
                        """);
        VisorConfig config = ConfigReader.read(file, HOME, Path.of("/home/alice"), Map.of());

        String text = ConfigWriter.writeYaml(config);

        assertThat(text)
                .contains(
                        "factor: 10\n",
                        "jitter: 0\n",
                        "- 3\n",
                        "- 78\n",
                        "nice: 10\n",
                        "failures: 6\n",
                        "keep: 5\n")
                .doesNotContain("!!");
        assertThat(readBack(config)).isEqualTo(config);
    }

    @Property(tries = 200)
    void whatIsWrittenIsReadBack(@ForAll("configs") VisorConfig config) throws IOException {
        assertThat(readBack(config)).isEqualTo(config);
    }

    @Test
    void aControlCharacterIsReadBack() throws IOException {
        VisorConfig config = with(service(List.of("a", "\u0007\u001b"), Map.of("A", "x\u0001y")));
        assertThat(readBack(config)).isEqualTo(config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PASSWORD",
                "DB_PASSWORD",
                "db_passwd",
                "KEYRING_PASSPHRASE",
                "CLIENT_SECRET",
                "API_TOKEN",
                "PRIVATE_KEY",
                "AWS_CREDENTIALS",
                "MNEMONIC",
                "SENTRY_DSN",
                "DB_PASS",
                "JWT",
                "AUTHORIZATION",
                "SEED_WORDS",
                "FULLNODE_API_INFO",
                "LOTUS_API_INFO"
            })
    void aVariableThatSoundsSecretIsMasked(String name) {
        VisorConfig config = with(service(List.of("a"), Map.of(name, "hunter2")));
        assertThat(ConfigWriter.writeYaml(config))
                .doesNotContain("hunter2")
                .contains(name + ": '***'");
        assertThat(ConfigWriter.write(config).write()).doesNotContain("hunter2");
    }

    @Test
    void aVariableThatDoesNotIsShown() {
        VisorConfig config = with(service(List.of("a"), Map.of("GOMAXPROCS", "2")));
        assertThat(ConfigWriter.writeYaml(config)).contains("GOMAXPROCS: '2'");
    }

    @Test
    void noAddressShowsAPassword() {
        Map<ProgramName, ProgramSpec> programs = new LinkedHashMap<>();
        programs.put(
                Lavap.NAME,
                Lavap.SPEC.withRelease(
                        new ReleaseSpec(
                                new ReleaseSpec.Github(
                                        "a/b",
                                        "c",
                                        "d",
                                        "https://u:hunter2@mirror",
                                        "https://u:hun/ter2@mirror"),
                                Assurance.L1,
                                List.of("version"))));
        programs.put(
                LILY,
                new ProgramSpec(
                        LILY,
                        "lily",
                        null,
                        new ReleaseSpec(
                                new ReleaseSpec.UrlTemplate(
                                        "https://u:hunter2@x/{version}",
                                        "https://u:hun@ter2@x/{version}"),
                                Assurance.L1,
                                List.of("version")),
                        UpgradePolicy.DEFAULT,
                        StopPolicy.DEFAULT));
        ServiceSpec service =
                service(
                        List.of("a", "--db", "postgres://u:hunter2@db/x", "--u=http://u:hunter2@x"),
                        Map.of("DATABASE_URL", "postgres://u:hunter2@db/x"));
        VisorConfig config =
                new VisorConfig(
                        new ChainSpec(
                                "lava",
                                List.of(EndpointAddress.parse("https://u:hunter2@node")),
                                0),
                        programs,
                        List.of(service));
        assertThat(ConfigWriter.writeYaml(config)).doesNotContain("hunter2", "ter2");
        Json json = ConfigWriter.write(config);
        assertThat(json.items("services").getFirst().string("command"))
                .isEqualTo("a --db 'postgres://***@db/x' '--u=http://***@x'");
        assertThat(json.string("programs", "lily", "release", "url"))
                .isEqualTo("https://***@x/{version}");
    }

    @Provide
    Arbitrary<VisorConfig> configs() {
        Arbitrary<VisorConfig> configs =
                Combinators.combine(chains(), lavaps(), lilies(), services().list().ofMaxSize(3))
                        .as((chain, lavap, lily, services) ->
                                new VisorConfig(
                                        chain,
                                        Map.of(Lavap.NAME, lavap, LILY, lily),
                                        numbered(services)));
        Arbitrary<List<ServiceSpec>> units =
                Arbitraries.of(
                                unit("x", Lavap.NAME, "x.service"),
                                unit("yes-1", Lavap.NAME, "yes-1.service"),
                                unit("0", Lavap.NAME, "0.service"),
                                unit("lily", LILY, "lily@main.service"),
                                unit("renamed", Lavap.NAME, "a-b.service"),
                                unit("sidecar", null, "sidecar\\x2d1.service"))
                        .list()
                        .uniqueElements();
        return Combinators.combine(configs, units)
                .as((config, list) ->
                        new VisorConfig(
                                config.chain(),
                                config.programs(),
                                Stream.concat(list.stream(), config.services().stream()).toList()));
    }

    private static ServiceSpec unit(String name, @Nullable ProgramName program, String unit) {
        return ServiceSpec.ofUnit(
                new ServiceName(name),
                program,
                new UnitName(unit),
                HOME.root(),
                List.of(),
                HealthSpec.NONE);
    }

    private static List<ServiceSpec> numbered(List<ServiceSpec> services) {
        return IntStream.range(0, services.size())
                .mapToObj(i -> {
                    ServiceSpec spec = services.get(i);
                    ServiceName name = new ServiceName("s" + i);
                    return new ServiceSpec(
                            name,
                            spec.program(),
                            spec.command(),
                            spec.workingDirectory(),
                            spec.environment(),
                            spec.after(),
                            spec.restart(),
                            spec.stop(),
                            spec.health(),
                            spec.process(),
                            new ServiceSpec.ToFile(
                                    HOME.logs().resolve(name + ".log"),
                                    ((ServiceSpec.ToFile) spec.output()).log()));
                })
                .toList();
    }

    private static Arbitrary<ChainSpec> chains() {
        Arbitrary<List<EndpointAddress>> endpoints =
                Arbitraries.of(
                                "tcp://a:1",
                                "http://a/x",
                                "https://a.b/x",
                                "grpc://[::1]:9",
                                "grpcs://a",
                                "rest+http://a",
                                "rest+https://a/y")
                        .map(EndpointAddress::parse)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(3);
        return Combinators.combine(texts().filter(text -> !text.isBlank()), endpoints)
                .as((id, list) -> new ChainSpec(id, list, 0));
    }

    private static Arbitrary<ProgramSpec> lavaps() {
        Arbitrary<ReleaseSpec.Source> sources =
                texts().filter(text -> !text.isEmpty())
                        .map(asset ->
                                new ReleaseSpec.Github(
                                        "a.b/c-d", asset, "sums", "https://m/x", "http://m:1"));
        return programs(Lavap.NAME, sources, Lavap.STOP);
    }

    private static Arbitrary<ProgramSpec> lilies() {
        Arbitrary<ReleaseSpec.Source> sources =
                Arbitraries.of("https://x/{version}/{os}", "http://x:1/{arch}?v={version}")
                        .flatMap(url ->
                                Arbitraries.of("https://x/sums", "https://x/{version}")
                                        .injectNull(0.3)
                                        .map(sums -> new ReleaseSpec.UrlTemplate(url, sums)));
        return programs(LILY, sources, StopPolicy.DEFAULT);
    }

    /// What goes back to a backup has one.
    private static UpgradePolicy upgrade(
            UpgradePolicy.Auto auto,
            Duration window,
            Duration timeout,
            RollbackPolicy rollback,
            AdmissionPolicy admission,
            Map<Hook.Point, Hook> hooks,
            @Nullable Hook check,
            @Nullable BackupPolicy backup) {
        RollbackPolicy possible =
                rollback == RollbackPolicy.RESTORE_BACKUP && backup == null
                        ? RollbackPolicy.AUTO
                        : rollback;
        return new UpgradePolicy(auto, window, timeout, possible, admission, hooks, check, backup);
    }

    private static Arbitrary<AdmissionPolicy> admissions() {
        return Combinators.combine(
                        Arbitraries.of(
                                        "Mon-Fri 08:00-18:00 UTC",
                                        "Sat,Sun 00:00-24:00 Europe/Berlin",
                                        "22:30-04:00 America/New_York",
                                        "Fri-Mon 01:00-02:00 +05:30")
                                .map(MaintenanceWindow::parse)
                                .list()
                                .ofMaxSize(3),
                        Arbitraries.of(true, false),
                        durations(0),
                        durations(0),
                        Arbitraries.longs().between(0, 10_000_000),
                        durations(0).injectNull(0.5),
                        Arbitraries.longs().between(0, 1L << 40))
                .as(AdmissionPolicy::new);
    }

    private static Arbitrary<Hook> hooks() {
        return Combinators.combine(
                        texts().list().ofMaxSize(2),
                        Arbitraries.longs().between(1000, 86_400_000).map(Duration::ofMillis),
                        Arbitraries.integers().between(0, 100))
                .as((words, timeout, retries) -> {
                    List<String> command = new ArrayList<>(List.of("/opt/hook.sh"));
                    command.addAll(words);
                    return new Hook(command, Path.of("/srv/work"), timeout, retries);
                });
    }

    private static Arbitrary<BackupPolicy> backups() {
        return Combinators.combine(
                        Arbitraries.of(Path.of("/srv/data"), Path.of("/var/lib/x y"))
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(2),
                        Arbitraries.of(Path.of("/srv/backups")).injectNull(0.5),
                        Arbitraries.of(BackupPolicy.When.class),
                        Arbitraries.integers().between(1, 100))
                .as(BackupPolicy::new);
    }

    private static Arbitrary<ProgramSpec> programs(
            ProgramName name, Arbitrary<ReleaseSpec.Source> sources, StopPolicy stop) {
        Arbitrary<ReleaseSpec> releases =
                Combinators.combine(
                                sources,
                                Arbitraries.of(Assurance.L0, Assurance.L1),
                                texts().list().ofMaxSize(2))
                        .as(ReleaseSpec::new);
        Arbitrary<UpgradePolicy> upgrades =
                Combinators.combine(
                                Arbitraries.of(UpgradePolicy.Auto.class),
                                durations(0),
                                durations(1000),
                                Arbitraries.of(RollbackPolicy.class),
                                admissions(),
                                Arbitraries.maps(Arbitraries.of(Hook.Point.class), hooks())
                                        .ofMaxSize(3),
                                hooks().injectNull(0.5),
                                backups().injectNull(1))
                        .as(ConfigWriterTest::upgrade);
        return Combinators.combine(
                        Arbitraries.of("lavap", "null", "yes", "1.5"),
                        Arbitraries.of(Role.class).injectNull(0.2),
                        releases,
                        upgrades)
                .as((binary, role, release, upgrade) ->
                        new ProgramSpec(name, binary, role, release, upgrade, stop));
    }

    private static Arbitrary<ProcessSpec> processes() {
        Arbitrary<LimitValue> values =
                Combinators.combine(
                                Arbitraries.longs().between(16, 1 << 20),
                                Arbitraries.longs().between(0, 1L << 50))
                        .as((soft, more) -> new LimitValue(soft, soft + more));
        Arbitrary<LimitValue> free =
                Arbitraries.oneOf(
                        values,
                        Arbitraries.of(
                                new LimitValue(LimitValue.UNLIMITED, LimitValue.UNLIMITED),
                                new LimitValue(0, LimitValue.UNLIMITED)));
        Arbitrary<Map<Limit, LimitValue>> limits =
                Combinators.combine(
                                values.injectNull(0.5), free.injectNull(0.5), free.injectNull(0.5))
                        .as((files, processes, core) -> {
                            Map<Limit, LimitValue> map = new EnumMap<>(Limit.class);
                            map.put(Limit.NOFILE, files);
                            map.put(Limit.NPROC, processes);
                            map.put(Limit.CORE, core);
                            map.values().removeIf(Objects::isNull);
                            return map;
                        });
        return Combinators.combine(
                        Arbitraries.integers().between(0, 0777).injectNull(0.3),
                        Arbitraries.integers().between(-20, 19).injectNull(0.3),
                        Arbitraries.integers().between(-1000, 1000).injectNull(0.3),
                        limits)
                .as((umask, nice, score, limit) ->
                        new ProcessSpec(umask, null, nice, score, limit));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user: root", "user: 0", "group: root", "{user: root, group: 0}"})
    void whomAProcessBelongsToIsReadBack(String keys, @TempDir Path directory) throws IOException {
        Path file = directory.resolve("config.yml");
        Files.writeString(
                file, "services: [{name: a, command: x, " + keys.replaceAll("[{}]", "") + "}]");
        assumeTrue(
                System.getProperty("user.name").equals("root"),
                "root only: the configuration names another user");
        VisorConfig config = ConfigReader.read(file, HOME, Path.of("/home/alice"), Map.of());
        assertThat(config.services().getFirst().process().owner()).isNotNull();
        assertThat(readBack(config)).isEqualTo(config);
    }

    @Test
    void namesTheFilesOfAnEnvironmentAndShowsNothingOfThem(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("a.env");
        Path other = directory.resolve("b.env");
        Files.writeString(file, "PLAIN=hunter2\nPASSWORD=hunter2\n");
        Files.writeString(other, "OTHER=hunter2\n");
        for (List<Path> files : List.of(List.of(file), List.of(file, other))) {
            Map<String, String> filed = new LinkedHashMap<>();
            filed.put("PLAIN", "hunter2");
            filed.put("PASSWORD", "hunter2");
            if (files.size() > 1) {
                filed.put("OTHER", "hunter2");
            }
            VisorConfig config =
                    with(service(List.of("a"), new Environment(Map.of("A", "1"), files, filed)));
            assertThat(readBack(config)).isEqualTo(config);
            assertThat(ConfigWriter.writeYaml(config))
                    .doesNotContain("hunter2", "PLAIN", "OTHER")
                    .contains(file.toString());
            assertThat(config.toString()).doesNotContain("hunter2");
        }
    }

    private static Arbitrary<ServiceSpec> services() {
        Arbitrary<RestartPolicy.Limit> limits =
                Combinators.combine(Arbitraries.integers().between(1, 999_999), durations(1))
                        .as(RestartPolicy.Limit::new);
        Arbitrary<RestartPolicy> restarts =
                Combinators.combine(
                                Arbitraries.of(RestartPolicy.Mode.class),
                                durations(0),
                                durations(0),
                                durations(1000),
                                limits.injectNull(0.3))
                        .as((mode, a, b, reset, limit) ->
                                new RestartPolicy(
                                        mode,
                                        new Backoff(
                                                a.compareTo(b) < 0 ? a : b,
                                                2,
                                                a.compareTo(b) < 0 ? b : a),
                                        reset,
                                        limit));
        Arbitrary<StopPolicy> stops =
                Combinators.combine(Arbitraries.of(Signal.class), durations(1))
                        .as(StopPolicy.Step::new)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(3)
                        .map(steps -> new StopPolicy(steps, Set.of()));
        Arbitrary<List<String>> commands =
                Combinators.combine(
                                Arbitraries.of("lavap", "/bin/x y", "no", "~", "{a}"),
                                texts().list().ofMaxSize(3))
                        .as((program, arguments) -> {
                            List<String> words = new ArrayList<>(List.of(program));
                            words.addAll(arguments);
                            return words;
                        });
        Arbitrary<Map<String, String>> environments =
                Arbitraries.maps(Arbitraries.of("A", "NO", "y", "_1", "null"), texts())
                        .ofMaxSize(3);
        return Combinators.combine(
                        Arbitraries.of(Lavap.NAME, LILY).injectNull(0.5),
                        commands,
                        Arbitraries.of("/", "/a b", "/ü/'").map(Path::of),
                        environments,
                        restarts,
                        stops,
                        processes(),
                        logs())
                .as((program, command, directory, environment, restart, stop, process, log) ->
                        new ServiceSpec(
                                new ServiceName("s"),
                                program,
                                command,
                                directory,
                                Environment.of(environment),
                                List.of(),
                                restart,
                                stop,
                                HealthSpec.NONE,
                                process,
                                new ServiceSpec.ToFile(Path.of("/s.log"), log)));
    }

    private static Arbitrary<LogSpec> logs() {
        return Combinators.combine(
                        Arbitraries.of(LogSpec.Format.class),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(4096, 1L << 40),
                        Arbitraries.integers().between(0, 1000))
                .as(LogSpec::new);
    }

    private static Arbitrary<Duration> durations(long minMillis) {
        return Arbitraries.longs()
                .between(minMillis, Duration.ofDays(30).toMillis())
                .map(Duration::ofMillis);
    }

    /// Texts that YAML could take for something else, and any others that have neither a zero byte
    /// nor an address with a password in them.
    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        " ",
                        "no",
                        "null",
                        "~",
                        "1e3",
                        "0x1f",
                        "- a",
                        "a: b",
                        "#",
                        "!!int",
                        "&a",
                        "*a",
                        "'",
                        "\"",
                        "\n",
                        "a\n\n b ",
                        "\t",
                        "x".repeat(300),
                        "word ".repeat(80),
                        "💥",
                        "\u0085\u2028\uFEFF",
                        "\u007f"),
                Arbitraries.strings()
                        .ofMaxLength(12)
                        .filter(text ->
                                text.indexOf('\0') < 0
                                        && !text.contains("@")
                                        && text.chars()
                                                .noneMatch(c -> Character.isSurrogate((char) c))));
    }
}
