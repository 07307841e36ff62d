package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What cosmovisor's tests of its process show (Cosmos SDK, tools/cosmovisor, process_test), under
/// their names. `cosmovisor-scenarios.txt` lists them all, also those that are elsewhere or left
/// out.
@Execution(ExecutionMode.CONCURRENT)
final class CosmovisorIT extends OnDevnet {

    /// A home with one service of the program, and what its upgrades do besides.
    private Path home(String upgrade, String service) throws IOException {
        Path home =
                network.home(
                        "home",
                        """
                        programs: {lavap: {upgrade: {health-window: 300ms%s}}}
                        services:
                          - {name: node, program: lavap%s}
                        """
                                .formatted(upgrade, service));
        Files.copy(directory.resolve("x.yml"), home.resolve("x.yml"));
        return home;
    }

    private static final String NODE =
            ", command: lavap rpcconsumer x.yml --from alice, working-directory: ..";

    private Visor run(Path home) {
        Visor visor = start(home, "start", "--auto-download");
        visor.awaitErr("lavap 1.0.0 is committed");
        return visor;
    }

    /// The words that a process was started with, after its own name.
    private static List<String> words(String pid) throws IOException {
        String line = Files.readString(Path.of("/proc", pid, "cmdline"));
        List<String> words = List.of(line.split("\0"));
        return words.subList(words.indexOf("rpcconsumer"), words.size());
    }

    @Test
    void launchProcess() throws Exception {
        Path home = home("", NODE);
        try (Visor visor = run(home)) {
            List<String> before = words(visor.awaitErr("node runs as pid (\\d+)").group(1));
            assertThat(before).containsExactly("rpcconsumer", "x.yml", "--from", "alice");
            network.propose("1.0.0", "1.1.0");
            String pid = visor.awaitErr("1.0.0 → 1.1.0, node runs as pid (\\d+)").group(1);
            await().untilAsserted(
                            () -> assertThat(words(pid)).as("the same words").isEqualTo(before));
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(home.resolve(".lavavisor/bin/lavap").toRealPath().getParent())
                    .hasFileName("v1.1.0");
        }
    }

    /// A pause between stop and start is a hook here.
    @Test
    void launchProcessWithRestartDelay() throws Exception {
        try (Visor visor = run(home(", hooks: {post-stop: sh -c 'sleep 1'}", NODE))) {
            network.propose("1.0.0", "1.1.0");
            String seconds =
                    visor.awaitErr("→ 1.1.0, node runs as pid \\d+, was down for ([0-9.]+)s")
                            .group(1);
            assertThat(Double.parseDouble(seconds)).isBetween(1.0, 10.0);
            visor.awaitErr("lavap 1.1.0 is committed");
        }
    }

    @Test
    void planShutdownGrace() throws Exception {
        String deaf =
                ", command: \"sh -c 'trap : INT TERM; while :; do sleep 0.1; done'\""
                        + ", stop: {signal: INT, grace: 300ms}";
        try (Visor visor = run(home("", deaf))) {
            String pid = visor.awaitErr("node runs as pid (\\d+)").group(1);
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("SIGKILL");
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty();
        }
    }

    @Test
    void launchProcessWithDownloads() throws Exception {
        Path home = home("", NODE);
        try (Visor visor = run(home)) {
            for (String version : new String[] {"1.1.0", "2.0.0"}) {
                Path release = home.resolve(".lavavisor/upgrades/v" + version);
                assertThat(release).doesNotExist();
                network.propose("1.0.0", version);
                visor.awaitErr("lavap " + version + " is committed");
                assertThat(release.resolve("lavap")).isExecutable();
                assertThat(release.resolve("manifest.json")).exists();
            }
        }
    }

    /// The devnet's program has no `pre-upgrade`, and exits with 1 for that.
    @Test
    void launchProcessWithDownloadsAndMissingPreupgrade() throws Exception {
        try (Visor visor = run(home(", hooks: {pre-upgrade: lavap pre-upgrade}", NODE))) {
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 is committed");
        }
    }

    @Test
    void launchProcessWithDownloadsAndPreupgrade() throws Exception {
        Path script = directory.resolve("preupgrade.sh");
        Files.writeString(
                script,
                """
                #!/bin/sh
                touch "%s/upgrade_name_$1_height_$2"
                """
                        .formatted(directory));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        try (Visor visor = run(home(", hooks: {pre-upgrade: " + script + "}", NODE))) {
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 is committed");
            try (var files = Files.list(directory)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .anyMatch(name -> name.matches("upgrade_name_1\\.1\\.0_height_[1-9]\\d*"));
            }
        }
    }
}
