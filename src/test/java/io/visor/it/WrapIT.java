package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.devnet.ReleaseHost.Fault;
import io.visor.model.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
final class WrapIT extends OnDevnet {

    private String url(String transport) {
        return switch (transport) {
            case "rpc" -> network.devnet.rpcUrl();
            case "grpc" -> network.devnet.grpcUrl();
            default -> network.devnet.restUrl();
        };
    }

    private static long pid(String text) {
        return Long.parseLong(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc", "grpc", "rest"})
    void takesAChildThroughUpgradesAndNeverDown(String transport) throws Exception {
        Path home = network.home("home");
        try (Visor visor = place.start(network.wrap(home, url(transport)))) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.0.0 → 1.1.0, lavap runs as pid \\d+, was down for");
            visor.awaitErr("lavap 1.1.0 is committed");
            network.propose("1.1.0", "2.0.0");
            visor.awaitErr("lavap 2.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("warn  chain .*above the target, which is left so, running 2.0.0");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            assertThat(visor.err()).contains("Process Started").doesNotContain("SIGKILL");
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aBadReleaseLeavesTheRunningProcessAlone(Fault fault) throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            long pid = pid(visor.awaitErr("runs as pid (\\d+)").group(1));
            visor.awaitErr("lavap 1.0.0 is committed");
            network.devnet.releases().breakRelease(Version.of("1.1.0"), fault);
            network.propose("1.0.0", "1.1.0");
            if (fault == Fault.STALLED) {
                visor.awaitErr("lavap 1.1.0 is being fetched");
            } else {
                visor.awaitErr("cannot stage lavap 1.1.0: .*; keeping 1.0.0, next try in");
            }
            assertThat(ProcessHandle.of(pid)).as("the process that ran").isPresent();
            assertThat(visor.err()).doesNotContain("stopping lavap");
            assertThat(home.resolve(".lavavisor/upgrades/v1.1.0")).doesNotExist();
            if (fault != Fault.STALLED) {
                network.devnet.releases().repair(Version.of("1.1.0"));
                visor.awaitErr("lavap 1.1.0 is committed");
            }
        }
    }

    @Test
    void aReleaseThatDiesIsRolledBackAndHeld() throws Exception {
        network.devnet
                .releases()
                .publish(
                        Version.of("1.1.0"),
                        Map.of("exit-after-millis", "150", "exit-code", "7"),
                        0);
        Path home = network.home("home", "programs: {lavap: {upgrade: {health-window: 2s}}}\n");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr(
                    "lavap 1.1.0 failed its health window: lavap exited with code 7 after .*; going"
                            + " back to 1.0.0");
            visor.awaitErr("lavap 1.1.0 → 1.0.0, lavap runs as pid");
            visor.awaitErr("lavap is back on 1.0.0; 1.1.0 is on hold until a newer target appears");
            network.propose("1.0.0", "2.0.0");
            visor.awaitErr("lavap 2.0.0 is committed");
        }
    }

    @Test
    void aRestartWithinTheHealthWindowIsNotToldOfAsTheUpgrade() throws Exception {
        network.devnet
                .releases()
                .publish(
                        Version.of("1.1.0"),
                        Map.of("exit-after-millis", "50", "exit-code", "7"),
                        0);
        Path home =
                network.home(
                        "home",
                        "programs: {lavap: {upgrade: {health-window: 2s, rollback: never}}}\n");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("upgrade  lavap 1.0.0 installed, lavap runs as pid");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("upgrade  lavap 1.0.0 → 1.1.0, lavap runs as pid");
            visor.awaitErr("service  lavap runs as pid \\d+, was down for");
            visor.awaitErr("attempt 2");
            assertThat(visor.err()).containsOnlyOnce("lavap 1.0.0 → 1.1.0, lavap runs as pid");
        }
    }

    @Test
    void aTargetWithinTheHealthWindowWaitsAndThatIsSaid() throws Exception {
        Path home = network.home("home", "programs: {lavap: {upgrade: {health-window: 5m}}}\n");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("upgrade  lavap 1.0.0 installed, lavap runs as pid");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr(
                    "lavap target 1.1.0 .*: recommended, running 1.0.0, which is watched first"
                            + " \\(upgrade.health-window\\)");
            assertThat(visor.err()).doesNotContain("1.1.0 is being fetched");
        }
    }

    @Test
    void belowMinItTakesTheHighestVersionThatIsThere() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.devnet.releases().breakRelease(Version.of("2.0.0"), Fault.MISSING);
            network.propose("1.1.0", "2.0.0");
            visor.awaitErr("lavap 1.1.0 is committed");
            network.devnet.releases().repair(Version.of("2.0.0"));
            visor.awaitErr("lavap 2.0.0 is committed");
        }
    }

    @Test
    void endsWithTheChildsCodeWhenItGivesUp() throws Exception {
        network.devnet
                .releases()
                .publish(
                        Version.of("1.0.0"), Map.of("exit-after-millis", "1", "exit-code", "9"), 0);
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            // 1 + 2 + 4 + 8 + 16 s of pauses: longer than the usual patience.
            await().atMost(Duration.ofSeconds(60)).until(() -> !visor.isAlive());
            assertThat(visor.end().code()).isEqualTo(9);
            assertThat(visor.err())
                    .contains("lavap is given up: restarted 5 times within 10m; it exited: code 9");
        }
    }

    @Test
    void runsAnyCommandWithTheActiveBinaryOnItsPath() throws Exception {
        Path home = network.home("home");
        try (Visor visor =
                start(
                        home,
                        "wrap",
                        "--auto-download",
                        "--cmd",
                        "sh -c 'echo \"it is $(lavap version)\"; pwd; exec sleep 1000'")) {
            visor.awaitOut("it is 1.0.0\n" + directory);
            visor.signal("TERM");
            assertThat(visor.end().code()).isEqualTo(130);
        }
    }

    @Test
    void aFirstWordThatIsNoCommandIsTheProgramsArgument() throws Exception {
        Path home = network.home("home");
        try (Visor visor = start(home, "wrap", "--auto-download", "--cmd", "rpcconsumer x.yml")) {
            visor.awaitErr("Process Started");
        }
    }

    @Test
    void severalWrapsShareAHome() throws Exception {
        Path home = network.home("home");
        try (Visor a = wrap(home, "--instance", "a");
                Visor b = wrap(home, "--instance", "b")) {
            // Whoever comes second may find the version there already, and has nothing to commit.
            a.awaitErr("runs as pid");
            b.awaitErr("runs as pid");
            network.propose("1.0.0", "1.1.0");
            a.awaitErr("lavap 1.1.0 is committed");
            b.awaitErr("lavap 1.1.0 is committed");
            assertThat(network.devnet.releases().downloads()).isEqualTo(2);
        }
    }

    @Test
    void aSecondInstanceOfTheSameNameIsToldWhoIsThere() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("runs as pid");
            Visor.Result second = place.run(network.wrap(home, network.devnet.rpcUrl()));
            assertThat(second.code()).isEqualTo(1);
            assertThat(second.err())
                    .matches(
                            "(?s)cannot start: .*/\\.lavavisor is in use by pid "
                                    + visor.pid()
                                    + " \\(visor wrap, since .* ago\\); stop it or use"
                                    + " --directory.*");
        }
    }

    @Test
    void aNewInstanceDoesNotRunALocalVersionThatIsTooNew() throws Exception {
        Path home = network.home("home");
        for (String version : new String[] {"1.0.0", "2.0.0"}) {
            Path binary = home.resolve(".lavavisor/upgrades/v" + version + "/lavap");
            Files.createDirectories(binary.getParent());
            Files.copy(network.devnet.releases().file(Version.of(version)), binary);
            binary.toFile().setExecutable(true);
        }
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
        }
    }

    @Test
    void withoutAutoDownloadItWaitsForTheVersionToAppear() throws Exception {
        Path home = network.home("home");
        try (Visor visor = start(home, "wrap", "--cmd", "lavap rpcconsumer x.yml")) {
            visor.awaitErr(
                    "cannot stage lavap 1.0.0: 1.0.0 is not in .*/upgrades; use --auto-download,"
                            + " .*; nothing runs yet");
            Path binary = home.resolve(".lavavisor/upgrades/v1.0.0/lavap");
            Files.createDirectories(binary.getParent());
            Files.copy(
                    network.devnet.releases().file(Version.of("1.0.0")),
                    binary.resolveSibling("lavap.part"));
            binary.resolveSibling("lavap.part").toFile().setExecutable(true);
            Files.move(binary.resolveSibling("lavap.part"), binary);
            visor.awaitErr("lavap 1.0.0 was here already: taken over");
            visor.awaitErr("runs as pid");
            assertThat(network.devnet.releases().downloads()).isZero();
        }
    }

    @Test
    void withoutAChainItRunsWhatIsInstalled() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
        }
        try (Visor visor = place.start(network.wrap(home, "tcp://127.0.0.1:1"))) {
            visor.awaitErr("cannot follow the chain: .* refuses connections");
            visor.awaitErr("the chain has not answered within 5s");
            visor.awaitErr("lavap runs as pid");
        }
    }

    @Test
    void refusesAnotherChain() throws Exception {
        Path home = network.home("home");
        Visor.Result result =
                place.run(
                        "wrap",
                        "--cmd",
                        "lavap rpcconsumer x.yml",
                        "--directory",
                        home.toString(),
                        "--node",
                        network.devnet.rpcUrl(),
                        "--chain-id",
                        "lava-mainnet-1");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        "cannot follow the chain: "
                                + network.devnet.rpcUrl()
                                + " answers for \"lava\", not \"lava-mainnet-1\"; correct"
                                + " --chain-id or --node");
    }
}
