package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.visor.model.Environment;
import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Exec;
import io.visor.model.HealthSpec.Grpc;
import io.visor.model.HealthSpec.Http;
import io.visor.model.HealthSpec.Log;
import io.visor.model.HealthSpec.Probe;
import io.visor.model.HealthSpec.Purpose;
import io.visor.model.HealthSpec.Tcp;
import io.visor.model.Home;
import io.visor.model.LogSpec;
import io.visor.model.OutputPattern;
import io.visor.model.ProcessSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.StopPolicy;
import io.visor.model.VisorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HealthReaderTest {

    private static final Home HOME = Home.in(Path.of("/home/alice"));

    private static VisorConfig readText(String text) {
        try {
            Path file = Files.createTempFile("visor-health", ".yml");
            try {
                Files.writeString(file, text);
                return ConfigReader.read(file, HOME, Path.of("/home/alice"), Map.of());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String file(String health) {
        return "services:\n- name: a\n  command: /bin/true\n  health: " + health;
    }

    private static HealthSpec read(String health) {
        return readText(file(health)).services().getFirst().health();
    }

    private static @Nullable Probe probe(String check) {
        Check readiness = read("{" + check + "}").readiness();
        return readiness == null ? null : readiness.probe();
    }

    private static List<String> problems(String health) {
        ConfigException failure =
                catchThrowableOfType(ConfigException.class, () -> readText(file(health)));
        assertThat(failure).as("it should be refused").isNotNull();
        return failure.problems().stream()
                .map(problem -> problem.line() + " " + problem.key() + ": " + problem.text())
                .toList();
    }

    @Test
    void withoutChecksThereAreNone() {
        assertThat(read("")).isEqualTo(HealthSpec.NONE);
        assertThat(read("{startup: , readiness: }")).isEqualTo(HealthSpec.NONE);
    }

    @Test
    void theShortFormIsThatOfReadiness() {
        assertThat(
                        read(
                                "{http: \"http://127.0.0.1:3002/health\", every: 10s, timeout: 5s,"
                                        + " failures: 3}"))
                .isEqualTo(
                        new HealthSpec(
                                null,
                                new Check(
                                        new Http(
                                                URI.create("http://127.0.0.1:3002/health"),
                                                null,
                                                null),
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(5),
                                        3,
                                        1,
                                        Duration.ZERO),
                                null));
    }

    @Test
    void theFullFormHasACheckForEachPurpose() {
        assertThat(
                        read(
                                """

                                    startup: {log: "ready", failures: 30, every: 1s}
                                    readiness: {tcp: "localhost:80", successes: 2}
                                    liveness: {exec: "./check.sh 'a b'", start-period: 1m}
                                """))
                .isEqualTo(
                        new HealthSpec(
                                new Check(
                                        new Log(new OutputPattern("ready")),
                                        Duration.ofSeconds(1),
                                        Check.TIMEOUT,
                                        30,
                                        1,
                                        Duration.ZERO),
                                new Check(
                                        new Tcp("localhost", 80),
                                        Check.EVERY,
                                        Check.TIMEOUT,
                                        3,
                                        2,
                                        Duration.ZERO),
                                new Check(
                                        new Exec(List.of(temporary("check.sh"), "a b")),
                                        Check.EVERY,
                                        Check.TIMEOUT,
                                        3,
                                        1,
                                        Duration.ofMinutes(1))));
    }

    private static String temporary(String name) {
        return Path.of(System.getProperty("java.io.tmpdir")).resolve(name).toString();
    }

    @Test
    void theDefaultsAreThoseOfKubernetes() {
        assertThat(new Check(new Tcp("a", 1)))
                .isEqualTo(
                        new Check(
                                new Tcp("a", 1),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(1),
                                3,
                                1,
                                Duration.ZERO));
        assertThat(read("{tcp: \"a:1\"}").readiness()).isEqualTo(new Check(new Tcp("a", 1)));
    }

    @Test
    void everyWayToAskHasItsForms() {
        assertThat(probe("http: {url: \"https://a/b?c\", status: 204, body: \"^ok$\"}"))
                .isEqualTo(new Http(URI.create("https://a/b?c"), 204, new OutputPattern("^ok$")));
        assertThat(probe("tcp: \"[::1]:8\"")).isEqualTo(new Tcp("::1", 8));
        assertThat(probe("grpc: a.b:9090")).isEqualTo(new Grpc(false, "a.b", 9090, ""));
        assertThat(probe("grpc: {address: \"[::1]:9\", service: lava.Relayer, tls: yes}"))
                .isEqualTo(new Grpc(true, "::1", 9, "lava.Relayer"));
        assertThat(probe("exec: pg_isready -q")).isEqualTo(new Exec(List.of("pg_isready", "-q")));
        assertThat(probe("exec: ~/check")).isEqualTo(new Exec(List.of("/home/alice/check")));
        assertThat(probe("log: \"server (started|up)\""))
                .isEqualTo(new Log(new OutputPattern("server (started|up)")));
    }

    @Test
    void reportsAllProblemsTogether() {
        assertThat(
                        problems(
                                """

                                    startup:
                                      tcp: a
                                      every: 1ms
                                      failures: 0
                                    readiness:
                                      http: {url: ftp://u:hunter2@a/, status: 99, body: "(", bdy: x}
                                      exec: ""
                                    liveness: {timeout: 2h, log: "", succeses: 1}
                                    every: 1s
                                """))
                .containsExactly(
                        "6 services[0].health.startup.tcp: \"a\" is no address; write host:port,"
                                + " such as 127.0.0.1:9090",
                        "7 services[0].health.startup.every: 1ms is not between 100ms and 1d",
                        "8 services[0].health.startup.failures: \"0\" is no number from 1 to"
                                + " 100000",
                        "10 services[0].health.readiness.http.url: \"ftp://***@a/\" is no address;"
                                + " write http://host:port/path",
                        "10 services[0].health.readiness.http.status: \"99\" is no number from 100"
                                + " to 599",
                        "10 services[0].health.readiness.http.body: \"(\" is no regular expression:"
                                + " Unclosed group",
                        "10 services[0].health.readiness.http.bdy: unknown key; did you mean"
                                + " \"body\"?",
                        "11 services[0].health.readiness.exec: is one too many: a check has one of"
                                + " http, tcp, grpc, exec, log",
                        "12 services[0].health.liveness.log: is empty",
                        "12 services[0].health.liveness.timeout: 2h is not between 1ms and 1h",
                        "12 services[0].health.liveness.timeout: nobody is asked for a line of the"
                                + " log; leave it out",
                        "12 services[0].health.liveness.succeses: unknown key; did you mean"
                                + " \"successes\"?",
                        "13 services[0].health.every: unknown key; known: startup, readiness,"
                                + " liveness");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|4 services[0].health: has none of http, tcp, grpc, exec, log",
                "{every: 1s}|4 services[0].health: has none of http, tcp, grpc, exec, log",
                "{readiness: {}}|4 services[0].health.readiness: has none of http, tcp, grpc, exec,"
                        + " log",
                "{tcp: }|4 services[0].health.tcp: has no value",
                "{tcp: \"a:0\"}|4 services[0].health.tcp: \"a:0\" has a port that is not 1 to"
                        + " 65535",
                "{tcp: \"a:65536\"}|4 services[0].health.tcp: \"a:65536\" has a port that is not 1"
                        + " to 65535",
                "{tcp: [a]}|4 services[0].health.tcp: a list is no text",
                "{grpc: {tls: true}}|4 services[0].health.grpc: has no address",
                "{http: {status: 200}}|4 services[0].health.http: has no url",
                "{http: \"http://a b\"}|4 services[0].health.http: \"http://a b\" is no address:"
                        + " Illegal character in authority; write http://host:port/path",
                "{http: \"127.0.0.1:80\"}|4 services[0].health.http: \"127.0.0.1:80\" is no"
                        + " address: Illegal character in scheme name; write http://host:port/path",
                "{exec: \"  \"}|4 services[0].health.exec: is empty",
                "{exec: \"'\"}|4 services[0].health.exec: a ' at character 1 is not closed",
                "{liveness: {tcp: \"a:1\", successes: 2}}|4 services[0].health.liveness.successes:"
                        + " one success is enough for liveness; leave it out",
                "{log: x, successes: 2}|4 services[0].health.successes: a line of the log is seen"
                        + " once; leave it out"
            })
    void saysWhatIsWrong(String health, String problem) {
        assertThat(problems(health)).containsExactly(problem);
    }

    @Test
    void aMistypedPurposeIsFound() {
        assertThat(problems("{rediness: {tcp: \"a:1\"}}"))
                .contains(
                        "4 services[0].health.rediness: unknown key; did you mean \"readiness\"?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "[a]", "\"http://a\""})
    void whatIsNoMappingIsRefused(String health) {
        assertThat(problems(health).getFirst()).contains("is no mapping of keys to values");
    }

    @Test
    void noPasswordIsShown() {
        ServiceSpec spec =
                service(
                        new HealthSpec(
                                null,
                                new Check(new Http(URI.create("http://u:hunter2@a/h"), null, null)),
                                new Check(new Exec(List.of("curl", "http://u:hunter2@a/h")))));
        assertThat(ConfigWriter.writeYaml(config(spec)))
                .doesNotContain("hunter2")
                .contains("http://***@a/h");
    }

    @Property(tries = 300)
    void whatIsWrittenIsReadBack(@ForAll("specs") HealthSpec spec) {
        VisorConfig config = config(service(spec));
        assertThat(readText(ConfigWriter.writeYaml(config))).isEqualTo(config);
    }

    private static VisorConfig config(ServiceSpec service) {
        return new VisorConfig(
                ConfigReader.defaults().chain(),
                ConfigReader.defaults().programs(),
                List.of(service));
    }

    private static ServiceSpec service(HealthSpec health) {
        return new ServiceSpec(
                new ServiceName("a"),
                null,
                List.of("/bin/true"),
                Path.of("/srv"),
                Environment.EMPTY,
                List.of(),
                RestartPolicy.DEFAULT,
                StopPolicy.DEFAULT,
                health,
                ProcessSpec.INHERITED,
                new ServiceSpec.ToFile(HOME.logs().resolve("a.log"), LogSpec.DEFAULT));
    }

    @Provide
    Arbitrary<HealthSpec> specs() {
        return Combinators.combine(
                        checks(Purpose.STARTUP).injectNull(0.3),
                        checks(Purpose.READINESS).injectNull(0.3),
                        checks(Purpose.LIVENESS).injectNull(0.3))
                .as(HealthSpec::new);
    }

    private static Arbitrary<Check> checks(Purpose purpose) {
        return Combinators.combine(
                        probes(),
                        durations(100, Duration.ofDays(1)),
                        durations(1, Duration.ofHours(1)),
                        Arbitraries.integers().between(1, 100_000),
                        Arbitraries.integers().between(1, 100_000),
                        durations(0, Duration.ofDays(30)))
                .as((probe, every, timeout, failures, successes, startPeriod) ->
                        new Check(
                                probe,
                                every,
                                probe instanceof Log ? Check.TIMEOUT : timeout,
                                failures,
                                HealthReader.countsSuccesses(purpose, probe)
                                        ? successes
                                        : Check.SUCCESSES,
                                startPeriod));
    }

    private static Arbitrary<Duration> durations(long minMillis, Duration max) {
        return Arbitraries.longs().between(minMillis, max.toMillis()).map(Duration::ofMillis);
    }

    private static Arbitrary<Probe> probes() {
        Arbitrary<OutputPattern> patterns =
                Arbitraries.of("^ok$", "1", "null", "a: \"b\"", "\\d+ #", " ", "💥|\t")
                        .map(OutputPattern::new);
        Arbitrary<String> hosts = Arbitraries.of("127.0.0.1", "::1", "a.b-c_d");
        Arbitrary<Integer> ports = Arbitraries.integers().between(1, 65535);
        Arbitrary<Probe> https =
                Combinators.combine(
                                Arbitraries.of("http://127.0.0.1:1/x?y=%20#z", "https://[::1]/")
                                        .map(URI::create),
                                Arbitraries.integers().between(100, 599).injectNull(0.4),
                                patterns.injectNull(0.4))
                        .as(Http::new);
        Arbitrary<Probe> tcps = Combinators.combine(hosts, ports).as(Tcp::new);
        Arbitrary<Probe> grpcs =
                Combinators.combine(
                                Arbitraries.of(true, false),
                                hosts,
                                ports,
                                Arbitraries.of("", "a.b.C", "null", "- x"))
                        .as(Grpc::new);
        Arbitrary<Probe> execs =
                Arbitraries.of("", "no", "'", "a b", "$x", "\n")
                        .list()
                        .ofMaxSize(3)
                        .map(arguments -> {
                            List<String> words = new ArrayList<>(List.of("/bin/check it"));
                            words.addAll(arguments);
                            return new Exec(words);
                        });
        return Arbitraries.oneOf(List.of(https, tcps, grpcs, execs, patterns.map(Log::new)));
    }
}
