package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class StartIT extends OnDevnet {

    private Visor startVisor(Path home) {
        return start(home, "start", "--auto-download");
    }

    @Test
    void keepsServicesAndUpgradesThoseOfTheProgramOnly() throws Exception {
        Path home =
                network.home(
                        "home",
                        """
                        programs: {lavap: {upgrade: {health-window: 300ms}}}
                        services:
                          - {name: consumer, program: lavap, command: lavap rpcconsumer x.yml, working-directory: ..}
                          - {name: provider, program: lavap, command: lavap rpcprovider x.yml, working-directory: ..}
                          - {name: other, command: sh -c 'echo started; exec sleep 1000'}
                        """);
        Files.copy(directory.resolve("x.yml"), home.resolve("x.yml"));
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            long other = Long.parseLong(visor.awaitErr("other runs as pid (\\d+)").group(1));
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.0.0 → 1.1.0, consumer runs as pid");
            visor.awaitErr("lavap 1.0.0 → 1.1.0, provider runs as pid");
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(ProcessHandle.of(other)).as("a service without a program").isPresent();
            assertThat(home.resolve(".lavavisor/services/logs/consumer.log"))
                    .content()
                    .contains("Process Started");
            assertThat(home.resolve(".lavavisor/services/logs/other.log")).hasContent("started");
            assertThat(home.resolve(".lavavisor/bin/lavap").toRealPath()).hasFileName("lavap");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            await().until(() -> ProcessHandle.of(other).isEmpty());
        }
    }

    @Test
    void runsWithoutServicesAndKeepsTheLinkCurrent() throws Exception {
        Path home = network.home("home");
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("lavap 1.0.0 is committed: not observed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 is committed: not observed");
            assertThat(home.resolve(".lavavisor/bin/lavap").toRealPath())
                    .isEqualTo(home.resolve(".lavavisor/upgrades/v1.1.0/lavap").toRealPath());
        }
    }

    /// What is on hold keeps out what is new, not what was good.
    @Test
    void aLinkOrABinaryThatWasRemovedTakesNothingDown() throws Exception {
        Path home =
                network.home(
                        "home",
                        """
                        programs: {lavap: {upgrade: {health-window: 300ms}}}
                        services:
                          - {name: consumer, program: lavap, command: lavap rpcconsumer x.yml, working-directory: ..}
                        """);
        Files.copy(directory.resolve("x.yml"), home.resolve("x.yml"));
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            Visor.Result hold =
                    place.run("upgrade", "hold", "lavap", "--directory", home.toString());
            assertThat(hold.code()).as(hold.err()).isZero();
        }
        Path link = home.resolve(".lavavisor/bin/lavap");
        Path binary = home.resolve(".lavavisor/upgrades/v1.0.0/lavap");
        Files.delete(link);
        network.propose("1.0.0", "1.1.0");
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("bin/lavap named no version; it names 1.0.0 again");
            visor.awaitErr("consumer runs as pid");
            assertThat(link.toRealPath()).isEqualTo(binary.toRealPath());
        }
        Files.delete(binary);
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("lavap 1.0.0 fetched");
            visor.awaitErr("consumer runs as pid");
            assertThat(link.toRealPath()).isEqualTo(binary.toRealPath());
        }
    }

    @Test
    void withoutUnitsNothingOfSystemdIsLoaded() throws Exception {
        Path home = network.home("home", "services: [{name: a, command: sleep 1000}]\n");
        Path classes = directory.resolve("classes.log");
        place = place.with("VISOR_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes);
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("a runs as pid");
            visor.awaitErr("lavap 1.0.0 is committed");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
        }
        assertThat(classes)
                .content()
                .contains("io.visor.daemon.Daemon ")
                .doesNotContain("io.visor.systemd.");
    }

    @Test
    void startsNothingOnABadFile() throws Exception {
        Path home = network.home("home", "services:\n  - name: a\n    comand: x\n");
        Visor.Result result = place.run(onDevnet(home, "start"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("config.yml: 2 problems")
                .contains("line 2   services[0]: has no command, and no unit")
                .contains("line 3   services[0].comand: unknown key; did you mean \"command\"?");
    }

    @Test
    void theSampleHomeWorksAsItIs() throws Exception {
        Path home = directory.resolve("sample");
        Path sample = Path.of(".lavavisor-sample").toAbsolutePath();
        try (Stream<Path> files = Files.walk(sample)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.createDirectories(home);
                Files.copy(
                        file,
                        home.resolve(".lavavisor").resolve(sample.relativize(file).toString()));
            }
        }
        assertThat(place.run("config", "check", "--directory", home.toString()).code()).isZero();
        for (String config : new String[] {"consumer-LAV1.yml", "provider-LAV1.yml"}) {
            Path file = home.resolve(".lavavisor/services/protocol_yml_configs").resolve(config);
            Files.writeString(
                    file,
                    Files.readString(file).replaceAll("127.0.0.1:(3360|2220)", "127.0.0.1:0"));
        }
        try (Visor visor = startVisor(home)) {
            visor.awaitErr("alice-LAV1-consumer runs as pid");
            visor.awaitErr("alice-LAV1-provider runs as pid");
        }
    }
}
