package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.visor.model.Assurance;
import io.visor.model.Backoff;
import io.visor.model.Dependency;
import io.visor.model.EndpointAddress;
import io.visor.model.Environment;
import io.visor.model.HealthSpec;
import io.visor.model.Home;
import io.visor.model.Lavap;
import io.visor.model.LogSpec;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class ConfigReaderTest {

    private static final Path USER_HOME = Path.of("/home/alice");

    private Home home;

    @BeforeEach
    void makeHome(@TempDir Path directory) throws IOException {
        home = Home.in(directory);
        Files.createDirectories(home.root());
    }

    private VisorConfig read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private VisorConfig read(byte[] content) {
        try {
            Files.write(home.config(), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return ConfigReader.read(home.config(), home, USER_HOME, Map.of());
    }

    /// The problems of a file, each as `line key: text`.
    private List<String> problems(String text) {
        ConfigException failure = catchThrowableOfType(ConfigException.class, () -> read(text));
        assertThat(failure).as("the file should be refused").isNotNull();
        assertThat(failure.file()).isEqualTo(home.config());
        return failure.problems().stream()
                .map(problem -> problem.line() + " " + problem.key() + ": " + problem.text())
                .toList();
    }

    private static ServiceSpec only(VisorConfig config) {
        assertThat(config.services()).hasSize(1);
        return config.services().getFirst();
    }

    private ServiceSpec service(String lines) {
        return only(read("services:\n- name: a\n  command: /bin/true\n" + lines.indent(2)));
    }

    @Test
    void withoutAFileTheDefaultsHold() {
        VisorConfig config = ConfigReader.read(home.config(), home, USER_HOME, Map.of());
        assertThat(config).isEqualTo(ConfigReader.defaults());
        assertThat(config.chain().chainId()).isEqualTo("lava");
        assertThat(config.chain().endpoints())
                .containsExactly(EndpointAddress.parse("tcp://localhost:26657"));
        assertThat(config.chain().height()).isZero();
        assertThat(config.programs()).containsExactly(Map.entry(Lavap.NAME, Lavap.SPEC));
        assertThat(config.services()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "# nothing here yet\n",
                "---\n",
                "---\n...\n",
                "\uFEFF",
                "{}",
                "~",
                "services:\n",
                "services: []\n",
                "services: null\n",
                "chain:\nprograms:\nservices:\n",
                "chain: {}\nprograms: {}\n",
                "programs: {lavap: }\n",
                "programs: {lavap: {release: {}, upgrade: {}, version: {}}}\n"
            })
    void aFileThatSaysNothingMeansTheDefaults(String text) {
        assertThat(read(text)).isEqualTo(ConfigReader.defaults());
    }

    @Test
    void aFileOfLavaVisorsWorksAsItIs() {
        assertThat(read("services: [a.service]").services()).containsExactly(lavapUnit("a"));
        assertThat(read("services:\n    - alice-ETH1.service\n    - bob-LAV1.service\n").services())
                .containsExactly(lavapUnit("alice-ETH1"), lavapUnit("bob-LAV1"));
        assertThat(read("services:\r\n  - a.service\r\n").services())
                .containsExactly(lavapUnit("a"));
    }

    /// What LavaVisor's form stands for.
    private ServiceSpec lavapUnit(String name) {
        return ServiceSpec.ofUnit(
                new ServiceName(name),
                Lavap.NAME,
                new UnitName(name + ".service"),
                home.root(),
                List.of(),
                HealthSpec.NONE);
    }

    @Test
    void aServiceMayBeAUnit() {
        VisorConfig config =
                read(
                        """
                        services:
                          - {name: db, command: /bin/db}
                          - name: lily
                            unit: lily@main.service
                            after: [{service: db, is: healthy}]
                            health: {tcp: "127.0.0.1:1234"}
                        """);
        assertThat(config.services().getLast())
                .isEqualTo(
                        ServiceSpec.ofUnit(
                                new ServiceName("lily"),
                                null,
                                new UnitName("lily@main.service"),
                                home.root(),
                                List.of(
                                        new Dependency(
                                                new ServiceName("db"), Dependency.Is.HEALTHY)),
                                new HealthSpec(
                                        null,
                                        new HealthSpec.Check(new HealthSpec.Tcp("127.0.0.1", 1234)),
                                        null)));
    }

    @Test
    void whatSystemdDoesForAUnitIsRefused() {
        assertThat(
                        problems(
                                """
                                services:
                                  - name: lily
                                    unit: lily.service
                                    command: lily daemon
                                    restart: {mode: always}
                                    environment: {A: b}
                                    health: {log: ready}
                                  - {name: b, unit: lily.timer}
                                  - {name: c, unit: lily.service}
                                """))
                .containsExactly(
                        "4 services[0].command: systemd does that for a unit; write ExecStart= in"
                                + " the unit's file and leave it out here",
                        "5 services[0].restart: systemd does that for a unit; write Restart= and"
                                + " RestartSec= in the unit's file and leave it out here",
                        "6 services[0].environment: systemd does that for a unit; write"
                                + " Environment= or EnvironmentFile= in the unit's file and leave"
                                + " it out here",
                        "7 services[0].health: the output of a unit goes to systemd's journal,"
                                + " where no check looks for a line; use http, tcp, grpc or exec",
                        "8 services[1].unit: \"lily.timer\" is no unit: " + UnitName.RULE,
                        "9 services[2]: the unit lily.service stands above already");
    }

    @Test
    void readsAllThatIsThere() {
        VisorConfig config =
                read(
                        """
                        chain:
                          network: lava
                          chain-id: lava-mainnet-1
                          endpoints: [tcp://127.0.0.1:26657, "grpc://127.0.0.1:9090", rest+https://u:p@rest.example:1317]
                        programs:
                          lavap:
                            version: {authority: chain, role: provider}
                            release: {github: lavanet/lava, asset: "lavap-v{version}-{os}-{arch}", assurance: L1}
                            upgrade: {auto: true, health-window: 90s, start-timeout: 2m, rollback: never}
                          lily:
                            binary: lily-bin
                            release:
                              url: https://releases.example/v{version}/lily
                              checksum-url: https://releases.example/v{version}/sums
                              assurance: L0
                              version-command: "version --short 'a b'"
                        services:
                          - alice-ETH1.service
                          - name: alice-LAV1
                            program: lavap
                            command: lavap rpcprovider lav1.yml --from 'alice b'
                          - name: daemon
                            program: lily
                            command: ./lily daemon
                            working-directory: data
                            environment: {A: 1, B: yes, C: "x y", D: }
                            restart: {mode: on-failure, delay: 2s, max-delay: 30s, reset-after: 1m, limit: 5/10m}
                            stop: [{signal: INT, grace: 1m}, {signal: SIGTERM, grace: 500ms}]
                        """);
        assertThat(config.chain().chainId()).isEqualTo("lava-mainnet-1");
        assertThat(config.chain().endpoints())
                .containsExactly(
                        EndpointAddress.parse("tcp://127.0.0.1:26657"),
                        EndpointAddress.parse("grpc://127.0.0.1:9090"),
                        EndpointAddress.parse("rest+https://u:p@rest.example:1317"));
        ProgramName lily = new ProgramName("lily");
        assertThat(config.programs().keySet()).containsExactlyInAnyOrder(Lavap.NAME, lily);
        assertThat(config.program(Lavap.NAME))
                .isEqualTo(
                        new ProgramSpec(
                                Lavap.NAME,
                                "lavap",
                                Role.PROVIDER,
                                Lavap.RELEASE,
                                new UpgradePolicy(
                                        UpgradePolicy.Auto.TRUE,
                                        Duration.ofSeconds(90),
                                        Duration.ofMinutes(2),
                                        RollbackPolicy.NEVER),
                                Lavap.STOP));
        assertThat(config.program(lily))
                .isEqualTo(
                        new ProgramSpec(
                                lily,
                                "lily-bin",
                                null,
                                new ReleaseSpec(
                                        new ReleaseSpec.UrlTemplate(
                                                "https://releases.example/v{version}/lily",
                                                "https://releases.example/v{version}/sums"),
                                        Assurance.L0,
                                        List.of("version", "--short", "a b")),
                                UpgradePolicy.DEFAULT,
                                StopPolicy.DEFAULT));
        assertThat(config.services())
                .containsExactly(
                        lavapUnit("alice-ETH1"),
                        new ServiceSpec(
                                new ServiceName("alice-LAV1"),
                                Lavap.NAME,
                                List.of("lavap", "rpcprovider", "lav1.yml", "--from", "alice b"),
                                home.root(),
                                Environment.EMPTY,
                                RestartPolicy.DEFAULT,
                                Lavap.STOP,
                                new ServiceSpec.ToFile(
                                        home.logs().resolve("alice-LAV1.log"), LogSpec.DEFAULT)),
                        new ServiceSpec(
                                new ServiceName("daemon"),
                                lily,
                                List.of(home.root() + "/lily", "daemon"),
                                home.root().resolve("data"),
                                Environment.of(Map.of("A", "1", "B", "yes", "C", "x y", "D", "")),
                                new RestartPolicy(
                                        RestartPolicy.Mode.ON_FAILURE,
                                        new Backoff(
                                                Duration.ofSeconds(2), 2, Duration.ofSeconds(30)),
                                        Duration.ofMinutes(1),
                                        new RestartPolicy.Limit(5, Duration.ofMinutes(10))),
                                new StopPolicy(
                                        List.of(
                                                new StopPolicy.Step(
                                                        Signal.INT, Duration.ofMinutes(1)),
                                                new StopPolicy.Step(
                                                        Signal.TERM, Duration.ofMillis(500))),
                                        Set.of()),
                                new ServiceSpec.ToFile(
                                        home.logs().resolve("daemon.log"), LogSpec.DEFAULT)));
    }

    /// The file that the design shows, with features that are not there yet.
    @Test
    void refusesEveryKeyWhoseFeatureIsNotThereYet() {
        String later = "this version of visor cannot do that yet; leave it out";
        assertThat(
                        problems(
                                """
                                chain:                              # default authority; flags override
                                  network: lava                     # lava | cosmos | evm | filecoin
                                  chain-id: lava-mainnet-1
                                  endpoints: [tcp://127.0.0.1:26657, grpc://127.0.0.1:9090, rest+https://rest.example:1317]
                                programs:
                                  lavap:
                                    version: {authority: chain, role: provider}
                                    release: {github: lavanet/lava, asset: "lavap-v{version}-{os}-{arch}", assurance: L1}
                                    upgrade: {auto: true, health-window: 60s, start-timeout: 5m, keep: 3, rollback: auto, window: "Mon-Fri 08:00-18:00 UTC", hooks: {pre-upgrade: ./backup.sh}}
                                services:
                                  - alice-ETH1.service              # LavaVisor's form: a generated unit of lavap
                                  - name: alice-LAV1
                                    program: lavap
                                    command: lavap rpcprovider lav1.yml --from alice
                                  - name: evm-server                # no program: unversioned
                                    command: evm t8n --server.mode --server.port 3002
                                    health: {http: "http://127.0.0.1:3002/health", every: 10s, timeout: 5s, failures: 3}
                                  - name: refiner
                                    command: ./start-refiner.sh
                                    after: [{service: evm-server, is: healthy}]
                                    restart: {mode: always, delay: 1s, max-delay: 60s, limit: 5/10m, never-on: ["Invalid chain ID"]}
                                    stop: {signal: TERM, grace: 30s}
                                    environment: {file: .envrc.local}
                                """))
                .containsExactly(
                        "9 programs.lavap.upgrade.keep: " + later,
                        "23 services[3].environment.file: "
                                + home.root().resolve(".envrc.local")
                                + " is not there");
    }

    @Test
    void reportsAllProblemsTogetherEachWithItsLineAndKey() {
        assertThat(
                        problems(
                                """
                                chain:
                                  chain-ID: lava
                                  endpoints:
                                    - localhost:26657
                                    - [a]
                                    - tcp://ok
                                programs:
                                  lavap:
                                    upgrade:
                                      auto: maybe
                                      health-window: 1h5
                                      start-timeout: 0s
                                      roll-back: auto
                                  -x: {}
                                services:
                                  - a
                                  - name: b
                                    comand: x
                                  - name: c
                                    command: "a 'b"
                                    restart: {mode: sometimes, limit: 5}
                                    stop: {signal: WINCH, grace: 1y}
                                serivces: []
                                """))
                .containsExactly(
                        "2 chain.chain-ID: unknown key; did you mean \"chain-id\"?",
                        "4 chain.endpoints[0]: \"localhost:26657\" has no scheme; use tcp://,"
                                + " http://, https://, grpc://, grpcs://, rest+http:// or"
                                + " rest+https://",
                        "5 chain.endpoints[1]: a list is no address",
                        "10 programs.lavap.upgrade.auto: \"maybe\" is not known; use true, false or"
                                + " required-only",
                        "11 programs.lavap.upgrade.health-window: \"1h5\" is no duration; write"
                                + " 30s, 5m, 1h30m",
                        "12 programs.lavap.upgrade.start-timeout: 0s is not between 1s and 30d",
                        "13 programs.lavap.upgrade.roll-back: unknown key; did you mean"
                                + " \"rollback\"?",
                        "14 programs.-x: is no name of a program: a name has 1 to 100 letters,"
                                + " digits or . _ @ : - and begins with a letter or a digit",
                        "16 services[0]: \"a\" is no unit; write name.service, or a mapping with"
                                + " name and command",
                        "17 services[1]: has no command, and no unit",
                        "18 services[1].comand: unknown key; did you mean \"command\"?",
                        "20 services[2].command: a ' at character 3 is not closed",
                        "21 services[2].restart.mode: \"sometimes\" is not known; use no,"
                                + " on-failure, always",
                        "21 services[2].restart.limit: \"5\" is not of the form count/period, such"
                                + " as 5/10m",
                        "22 services[2].stop.signal: \"WINCH\" is no signal; use TERM, INT, QUIT,"
                                + " HUP, USR1, USR2 or KILL",
                        "22 services[2].stop.grace: \"1y\" is no duration; write 30s, 5m, 1h30m",
                        "23 serivces: unknown key; did you mean \"services\"?");
    }

    @Test
    void anUnknownKeyThatResemblesNoneIsAnsweredWithThoseThatAreKnown() {
        assertThat(problems("colour: blue"))
                .containsExactly("1 colour: unknown key; known: chain, programs, services");
        assertThat(problems("<<: {}"))
                .containsExactly("1 <<: unknown key; known: chain, programs, services");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello|1 : \"hello\" is no mapping of keys to values",
                "[a]|1 : a list is no mapping of keys to values",
                "chain: x|1 chain: \"x\" is no mapping of keys to values",
                "chain: [a]|1 chain: a list is no mapping of keys to values",
                "chain: {chain-id: [a]}|1 chain.chain-id: a list is no text",
                "chain: {chain-id: ' '}|1 chain.chain-id: is empty",
                "chain: {endpoints: tcp://a}|1 chain.endpoints: \"tcp://a\" is no list",
                "chain: {network: evm}|1 chain.network: this version of visor cannot follow evm"
                        + " networks yet; use lava",
                "chain: {network: x}|1 chain.network: \"x\" is not known; use lava",
                "programs: [a]|1 programs: a list is no mapping of keys to values",
                "programs: {lavap: 1}|1 programs.lavap: \"1\" is no mapping of keys to values",
                "programs: {lavap: {binary: a/b}}|1 programs.lavap.binary: \"a/b\" is no file name:"
                        + " a name has 1 to 100 letters, digits or . _ @ : - and begins with a"
                        + " letter or a digit",
                "programs: {lavap: {version: {role: x}}}|1 programs.lavap.version.role: \"x\" is"
                        + " not known; use provider, consumer, both",
                "programs: {lavap: {version: {authority: x}}}|1 programs.lavap.version.authority:"
                        + " this version of visor knows no authority \"x\"; use chain",
                "programs: {lavap: {release: {assurance: L3}}}|1 programs.lavap.release.assurance:"
                        + " this version of visor cannot prove L3 yet; use L0 or L1",
                "programs: {lavap: {release: {assurance: L9}}}|1 programs.lavap.release.assurance:"
                        + " \"L9\" is not known; use L0 or L1",
                "programs: {lavap: {release: {github: lava}}}|1 programs.lavap.release.github:"
                        + " \"lava\" is not of the form owner/name",
                "programs: {lavap: {release: {github-url: 'ftp://x'}}}|1"
                        + " programs.lavap.release.github-url: \"ftp://x\" is no http:// or"
                        + " https:// address",
                "programs: {lavap: {release: {url: 'https://x/lavap'}}}|1"
                        + " programs.lavap.release.url: \"https://x/lavap\" has no {version} in it",
                "programs: {lavap: {release: {url: 'ftp://x/{version}'}}}|1"
                        + " programs.lavap.release.url: \"ftp://x/{version}\" is no http:// or"
                        + " https:// address",
                "programs: {lavap: {release: {url: 'https:///{version}'}}}|1"
                        + " programs.lavap.release.url: \"https:///{version}\" is no http:// or"
                        + " https:// address",
                "programs: {lavap: {release: {url: 'https://x/{version}', checksum-url: 'x'}}}|1"
                        + " programs.lavap.release.checksum-url: \"x\" is no http:// or https://"
                        + " address",
                "programs: {lavap: {release: {checksum-url: 'https://x/s'}}}|1"
                        + " programs.lavap.release.checksum-url: goes with url only; with github"
                        + " use checksums",
                "programs: {lavap: {release: {url: 'https://x/{version}', github: a/b}}}|1"
                        + " programs.lavap.release.url: stands beside github; use one of them",
                "programs: {lavap: {release: {url: 'https://x/{version}', checksums: s}}}|1"
                        + " programs.lavap.release.checksums: goes with github only; with url use"
                        + " checksum-url",
                "programs: {lavap: {release: {version-command: \"'\"}}}|1"
                        + " programs.lavap.release.version-command: a ' at character 1 is not"
                        + " closed",
                "programs: {lily: {}}|1 programs.lily.release: say where releases of lily come"
                        + " from: github and asset, or url and checksum-url",
                "programs: {lily: {release: {github: a/b}}}|1 programs.lily.release: say where"
                        + " releases of lily come from: github and asset, or url and checksum-url",
                "services: a.service|1 services: \"a.service\" is no list",
                "services: {a: b}|1 services: a mapping is no list",
                "services: [~]|1 services[0]: \"~\" is no unit; write name.service, or a mapping"
                        + " with name and command",
                "services: [[a]]|1 services[0]: a list is no service; write name.service, or a"
                        + " mapping with name and command",
                "services: ['../a.service']|1 services[0]: \"../a.service\" is no unit; write"
                        + " name.service, or a mapping with name and command",
                "services: [{name: a, command: ' '}]|1 services[0].command: is empty",
                "services: [{name: a b, command: x}]|1 services[0].name: \"a b\" is no name of a"
                        + " service: a name has 1 to 100 letters, digits or . _ @ : - and begins"
                        + " with a letter or a digit",
                "services: [{name: a, command: x, program: y}]|1 services[0].program: \"y\" is no"
                        + " program here; known: lavap",
                "services: [{name: a, command: x, environment: [A=b]}]|1 services[0].environment:"
                        + " a list is no mapping of keys to values",
                "services: [{name: a, command: x, environment: {A-B: c}}]|1"
                        + " services[0].environment.A-B: is no name of a variable",
                "services: [{name: a, command: x, environment: {A: [c]}}]|1"
                        + " services[0].environment.A: a list is no text",
                "services: [{name: a, command: x, stop: TERM}]|1 services[0].stop: \"TERM\" is no"
                        + " mapping of keys to values",
                "services: [{name: a, command: x, stop: [{grace: 1s}, {grace: 0s}]}]|1"
                        + " services[0].stop[1].grace: 0s is not between 1ms and 30d",
                "services: [{name: a, command: x, restart: {delay: 10s, max-delay: 5s}}]|1"
                        + " services[0].restart.max-delay: 5s is below delay, 10s",
                "services: [{name: a, command: x, restart: {limit: 0/1m}}]|1"
                        + " services[0].restart.limit: \"0/1m\" is not of the form count/period,"
                        + " such as 5/10m",
                "services: [{name: a, command: x, restart: {limit: 5/0s}}]|1"
                        + " services[0].restart.limit: \"5/0s\" is not of the form count/period,"
                        + " such as 5/10m"
            })
    void saysWhatWasFoundAndWhatIsAllowed(String text, String problem) {
        assertThat(problems(text)).containsExactly(problem);
    }

    @Test
    void aServiceWhoseNameOrCommandIsNullIsRefusedAndNotLeftOut() {
        assertThat(problems("services:\n- name:\n  command: x\n"))
                .containsExactly("2 services[0].name: has no value");
        assertThat(problems("services:\n- name: a\n  command: ~\n"))
                .containsExactly("3 services[0].command: has no value");
        assertThat(problems("services:\n- {}\n"))
                .containsExactly(
                        "2 services[0]: has no name", "2 services[0]: has no command, and no unit");
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        assertThat(problems("services: [a.service]\nchain: {}\nservices: [b.service]\n"))
                .containsExactly("3 services: stands here twice");
        assertThat(problems("services:\n- {name: a, command: x,\n   command: y}\n"))
                .containsExactly("3 services[0].command: stands here twice");
    }

    @Test
    void aServiceThatStandsTwiceIsRefused() {
        assertThat(
                        problems(
                                """
                                services:
                                - a.service
                                - {name: b, command: x}
                                - {name: a, command: x}
                                - {name: b, command: y}
                                - a.service
                                """))
                .containsExactly(
                        "4 services[2]: a service \"a\" stands above already",
                        "5 services[3]: a service \"b\" stands above already",
                        "6 services[4]: a service \"a\" stands above already");
    }

    @Test
    void aKeyIsASingleWord() {
        assertThat(problems("? [a]\n: b\n")).containsExactly("1 : a key is a single word");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'services:\n\t- a.service'|2",
                "'chain: {\nservices: [a.service]'|2",
                "'services:\n  - a.service\n - b.service'|3",
                "'a: b: c'|1",
                "'services: \"a'|1",
                "'chain: *nowhere'|1",
                "'chain: &a {chain-id: \u0007}'|1",
                "'services: []\n\n# \u0001'|3",
                "'services: []\n---\nservices: []\n'|2",
                "'%YAML 9.0\n---\n{}'|1"
            })
    void whatIsNoYamlIsToldWithItsLine(String text, int line) {
        ConfigException failure = catchThrowableOfType(ConfigException.class, () -> read(text));
        assertThat(failure).isNotNull();
        assertThat(failure.problems()).hasSize(1);
        Problem problem = failure.problems().getFirst();
        assertThat(problem.line()).as(problem.text()).isEqualTo(line);
        assertThat(problem.text()).startsWith("no YAML: ").doesNotContain("\n");
    }

    @Test
    void aSecondDocumentIsToldInAWholeSentence() {
        assertThat(problems("a: b\n---\nc: d\n"))
                .containsExactly(
                        "2 : no YAML: expected a single document in the stream, but found another"
                                + " document");
    }

    @Test
    void anchorsAndAliasesMeanWhatTheyName() {
        VisorConfig config =
                read(
                        """
                        services:
                        - name: a
                          command: &command x y
                          restart: &restart {mode: 'no'}
                        - name: b
                          command: *command
                          restart: *restart
                        """);
        assertThat(config.services())
                .allSatisfy(service -> {
                    assertThat(service.command()).containsExactly("x", "y");
                    assertThat(service.restart().mode()).isEqualTo(RestartPolicy.Mode.NO);
                });
    }

    @Test
    void aBillionLaughsAreNotLaughed() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            text.append(
                    "a%d: &a%d [%s]\n"
                            .formatted(
                                    i,
                                    i,
                                    String.join(",", Collections.nCopies(9, "*a" + (i - 1)))));
        }
        text.append("services: *a9\n");
        assertThatThrownBy(() -> read(text.toString())).isInstanceOf(ConfigException.class);
    }

    @Test
    void fewerAliasesThanTheLimitCostNoMoreThanTheyAre() {
        StringBuilder text = new StringBuilder("services: &a0 [{name: a, command: x}]\n");
        for (int i = 1; i < 7; i++) {
            text.append(
                    "a%d: &a%d [%s]\n"
                            .formatted(
                                    i,
                                    i,
                                    String.join(",", Collections.nCopies(7, "*a" + (i - 1)))));
        }
        assertThat(problems(text.toString())).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&a [*a]",
                "services: &a [*a]",
                "chain: &a {chain-id: *a}",
                "programs: &a {lavap: *a}",
                "services: [&a {name: b, command: x, restart: *a}]"
            })
    void whatHoldsItselfIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class);
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertThatThrownBy(() -> read(new byte[] {'#', (byte) 0xe9, '\n'}))
                .isInstanceOf(ConfigException.class)
                .hasMessage("it is not UTF-8");
        assertThatThrownBy(() -> read("services: []".getBytes(StandardCharsets.UTF_16)))
                .hasMessage("it is not UTF-8");
    }

    @Test
    void upToAMegabyteIsRead() {
        String comment = "#".repeat((1 << 20) - 1) + "\n";
        assertThat(read(comment)).isEqualTo(ConfigReader.defaults());
        assertThatThrownBy(() -> read(comment + "\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("it is larger than 1 MB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "{a: ", "- ", "? ", "a: &a", "x: \"", "- [a, ", "*", "!!", "%", "|\n "})
    void aMegabyteOfNonsenseIsRefusedSoon(String part) {
        String text = part.repeat((1 << 20) / part.length());
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class);
    }

    @Test
    void whatCannotBeOpenedIsToldInWords() throws IOException {
        Files.createDirectory(home.config());
        assertThatThrownBy(() -> ConfigReader.read(home.config(), home, USER_HOME, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("it is a directory");
    }

    @Test
    void pathsStartFromTheFilesDirectory() {
        assertThat(service("working-directory: data/../x").workingDirectory())
                .isEqualTo(home.root().resolve("x"));
        assertThat(service("working-directory: /srv").workingDirectory())
                .isEqualTo(Path.of("/srv"));
        assertThat(service("").workingDirectory()).isEqualTo(home.root());
    }

    @Test
    void aTildeIsTheUsersHome() {
        assertThat(service("working-directory: '~'").workingDirectory()).isEqualTo(USER_HOME);
        assertThat(service("working-directory: ~/data").workingDirectory())
                .isEqualTo(USER_HOME.resolve("data"));
        assertThat(service("working-directory: ~bob").workingDirectory())
                .isEqualTo(home.root().resolve("~bob"));
    }

    @ParameterizedTest
    @CsvSource({
        "lavap x, lavap",
        "./run.sh, {root}/run.sh",
        "bin/run, {root}/bin/run",
        "~/run, /home/alice/run",
        "/usr/bin/env a/b, /usr/bin/env"
    })
    void theProgramOfACommandIsMadeAbsoluteIfItIsAPath(String command, String program) {
        ServiceSpec service = only(read("services: [{name: a, command: '" + command + "'}]"));
        assertThat(service.command().getFirst())
                .isEqualTo(program.replace("{root}", home.root().toString()));
    }

    @Test
    void argumentsOfACommandStayAsTheyAre() {
        assertThat(only(read("services: [{name: a, command: 'x ./y ~/z $A *'}]")).command())
                .containsExactly("x", "./y", "~/z", "$A", "*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "services: [{name: a, command: x, working-directory: \"a\\0b\"}]",
                "services: [{name: a, command: \"./a\\0b\"}]",
                "services: [{name: a, command: \"x a\\0b\"}]",
                "services: [{name: a, command: x, environment: {A: \"a\\0b\"}}]"
            })
    void aZeroByteIsRefusedWhereTheSystemKnowsNone(String text) {
        assertThat(problems(text)).hasSize(1).first().asString().contains("a zero byte");
    }

    @Test
    void aStopOfOneStepNeedsNoList() {
        assertThat(service("stop: {signal: QUIT, grace: 5s}").stop())
                .isEqualTo(
                        new StopPolicy(
                                List.of(new StopPolicy.Step(Signal.QUIT, Duration.ofSeconds(5))),
                                Set.of()));
        assertThat(service("stop: {grace: 5s}").stop().steps())
                .containsExactly(new StopPolicy.Step(Signal.TERM, Duration.ofSeconds(5)));
        assertThat(service("stop: []").stop()).isEqualTo(StopPolicy.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"never-on", "retry-on"})
    void anExpressionThatIsInEveryOutputIsRefused(String key) {
        assertThat(problems("services: [{name: a, command: x, restart: {" + key + ": ['']}}]"))
                .containsExactly("1 services[0].restart." + key + "[0]: is empty");
    }

    @Test
    void aLongFirstDelayRaisesTheLongestOne() {
        assertThat(service("restart: {delay: 5m}").restart().backoff().max())
                .isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void noProblemShowsAPassword() {
        ConfigException failure =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                read(
                                        """
                                        chain:
                                          endpoints: ["ftp://u:hunter2@x", "u:hunter2@x"]
                                        programs:
                                          lavap: {release: {url: "https://u:hunter2@x/lavap", github-url: "ftp://u:hunter2@x"}}
                                          lily: {release: {url: "ftp://u:hunter2@x/{version}", checksum-url: "u:hunter2@x"}}
                                        """));
        assertThat(failure.problems()).hasSizeGreaterThan(4);
        assertThat(failure.problems().toString()).doesNotContain("hunter2");
    }

    /// Whatever stands in the file, it is read or refused in words.
    @Property(tries = 400)
    void anyFileIsReadOrRefused(@ForAll("files") String text) throws IOException {
        Path directory = Files.createTempDirectory("visor-config");
        Path file = directory.resolve("config.yml");
        try {
            Files.writeString(file, text);
            assertThat(ConfigReader.read(file, Home.in(directory), USER_HOME, Map.of()))
                    .isNotNull();
        } catch (ConfigException e) {
            assertThat(e.why()).isNotBlank();
        } finally {
            Files.delete(file);
            Files.delete(directory);
        }
    }

    @Provide
    Arbitrary<String> files() {
        return Arbitraries.of(
                        "chain",
                        "programs",
                        "services",
                        "lavap",
                        "name",
                        "command",
                        "endpoints",
                        "release",
                        "url",
                        "github",
                        "restart",
                        "limit",
                        "stop",
                        "signal",
                        "grace",
                        "environment",
                        "upgrade",
                        "working-directory",
                        ":",
                        ": ",
                        "\n",
                        "\n  ",
                        "\n    ",
                        "- ",
                        "[",
                        "]",
                        "{",
                        "}",
                        ",",
                        "a",
                        "5/10m",
                        "30s",
                        "~",
                        "*a",
                        "&a ",
                        "'",
                        "\"",
                        "\\0",
                        "\\",
                        "|\n",
                        ">\n",
                        "#",
                        "!!int ",
                        "!x ",
                        "? ",
                        "---\n",
                        "tcp://x",
                        "https://x/{version}",
                        "<<",
                        "é",
                        "💥",
                        "\t",
                        "\r\n")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Test
    void aProblemIsShownInOneLine() {
        assertThat(new Problem(3, "chain.chain-id", "is empty"))
                .hasToString("line 3   chain.chain-id: is empty");
        assertThat(new Problem(3, "", "no YAML")).hasToString("line 3   no YAML");
    }
}
