package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What `visor start` does with services that follow no program. The chain is not there at all.
final class SuperviseIT extends OnHome {

    private Path script(String name, String text) throws IOException {
        return script(directory.resolve(name), text);
    }

    private String read(String name) throws IOException {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /// Ends without a word, as by `kill -9` of the machine's operator.
    private static void kill(Visor visor) {
        visor.signal("KILL");
        assertThat(visor.end().code()).isEqualTo(137);
    }

    @Test
    void whatAKilledVisorLeftEndsBeforeAnythingStarts() throws Exception {
        Path daemon =
                script(
                        "daemon",
                        """
                        trap '' TERM
                        setsid sh -c 'trap "" TERM; echo $$ > grandchild; sleep 1000' &
                        exec flock -n only sh -c 'echo $$ >> pids; sleep 1000' || echo twice >> twice
                        """);
        config(
                """
                services:
                  - {name: a, command: %s, working-directory: %s, stop: {signal: TERM, grace: 300ms}}
                """
                        .formatted(daemon, directory));
        long first;
        long grandchild;
        try (Visor visor = startVisor()) {
            first = pid(visor, "a");
            await().until(() -> !read("grandchild").isBlank() && !read("pids").isBlank());
            grandchild = Long.parseLong(read("grandchild").strip());
            kill(visor);
            assertThat(isAlive(first)).isTrue();
            try (Visor next = startVisor()) {
                next.awaitErr("a was left running by a visor that is gone \\(pid .*" + first);
                long second = pid(next, "a");
                assertThat(second).isNotEqualTo(first);
                assertThat(isAlive(first)).isFalse();
                assertThat(isAlive(grandchild)).isFalse();
                await().until(() -> read("pids").lines().count() == 2);
                assertThat(read("twice")).isEmpty();
            }
        }
    }

    @Test
    void aChildThatThrewItsMarkAwayIsFoundByItsRecord() throws Exception {
        config(
                """
                services:
                  - {name: a, command: env -i sh -c 'sleep 1000 & sleep 1000', stop: {grace: 300ms}}
                """);
        try (Visor visor = startVisor()) {
            long first = pid(visor, "a");
            Path record = home.resolve(".lavavisor/instances/start/run/services/a");
            await().until(() -> Files.exists(record) && Files.size(record) > 0);
            kill(visor);
            try (Visor next = startVisor()) {
                next.awaitErr("a was left running");
                pid(next, "a");
                assertThat(isAlive(first)).isFalse();
            }
        }
    }

    /// Each process holds a lock for its life; a second one of a service would not get it.
    @Test
    @Timeout(
            value = 6,
            unit = TimeUnit.MINUTES) // It starts 46 visors, on a machine that may be busy.
    void neverTwoUnderAStormOfKills() throws Exception {
        Path daemon =
                script(
                        "daemon",
                        """
                        trap '' TERM INT
                        exec 9>"only-$1"
                        flock -n 9
                        # 1 says that somebody else has it; a flock that was killed itself says nothing.
                        case $? in 0) ;; 1) echo "$1" >> twice; exit 1 ;; *) exit 1 ;; esac
                        echo $$ >> "started-$1"
                        sleep 1000
                        """);
        StringBuilder yaml = new StringBuilder("services:\n");
        for (String name : List.of("a", "b", "c")) {
            yaml.append(
                    """
                      - {name: %s, command: %s %s, working-directory: %s, restart: {delay: 10ms}, stop: {grace: 50ms}}
                    """
                            .formatted(name, daemon, name, directory));
        }
        config(yaml.toString());
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int rounds = Integer.getInteger("storm.rounds", 45);
        for (int round = 0; round < rounds; round++) {
            try (Visor visor = startVisor()) {
                int kills = random.nextInt(8);
                if (random.nextBoolean()) {
                    pid(visor, "a");
                }
                for (int i = 0; i < kills; i++) {
                    List<ProcessHandle> all =
                            ProcessHandle.of(visor.pid())
                                    .map(ProcessHandle::descendants)
                                    .orElseThrow()
                                    .toList();
                    if (!all.isEmpty()) {
                        all.get(random.nextInt(all.size())).destroyForcibly();
                    }
                    Thread.onSpinWait();
                }
                // A random instant of the start, the restarts or the stop.
                java.util.concurrent.locks.LockSupport.parkNanos(
                        Duration.ofMillis(random.nextInt(500)).toNanos());
                if (random.nextInt(3) == 0) {
                    visor.signal("TERM");
                    java.util.concurrent.locks.LockSupport.parkNanos(
                            Duration.ofMillis(random.nextInt(60)).toNanos());
                }
                visor.signal("KILL");
                visor.end();
            }
            assertThat(read("twice")).as("seed " + seed).isEmpty();
        }
        try (Visor visor = startVisor()) {
            for (String name : List.of("a", "b", "c")) {
                pid(visor, name);
            }
            assertThat(read("twice")).as("seed " + seed).isEmpty();
        }
    }

    @Test
    void servicesStartInOrderAndStopInReverse() throws Exception {
        Path daemon =
                script(
                        "daemon",
                        """
                        echo "$1 up" >> order
                        trap 'echo "$1 down" >> order; exit 0' TERM
                        while :; do sleep 0.01; done
                        """);
        config(
                """
                services:
                  - name: web
                    command: %1$s web
                    working-directory: %2$s
                    after: [{service: db, is: started}, {service: migrate, is: completed-successfully}]
                  - {name: db, command: %1$s db, working-directory: %2$s}
                  - name: migrate
                    command: sh -c 'echo "migrate done" >> order'
                    working-directory: %2$s
                    restart: no
                    after: [{service: db}]
                """
                        .formatted(daemon, directory));
        try (Visor visor = startVisor()) {
            visor.awaitErr("web waits until db is started and migrate is completed-successfully");
            visor.awaitErr("info  service  migrate exited: code 0");
            pid(visor, "web");
            await().until(() -> read("order").contains("web up"));
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            assertThat(read("order").lines())
                    .containsExactly("db up", "migrate done", "web up", "web down", "db down");
        }
    }

    @Test
    void aPatternThatMustNeverLoopGivesUp() throws Exception {
        config(
                """
                services:
                  - name: a
                    command: sh -c 'echo once >> ran; echo "panic, Invalid chain ID lava-x" >&2; exit 1'
                    working-directory: %s
                    restart: {delay: 10ms, never-on: ["Invalid chain ID"]}
                """
                        .formatted(directory));
        try (Visor visor = startVisor()) {
            visor.awaitErr(
                    "a is given up: it exited: code 1, and never-on has \"Invalid chain ID\":"
                            + " \"panic, Invalid chain ID lava-x\"");
            assertThat(read("ran")).isEqualTo("once\n");
        }
    }

    @Test
    void aSecondSignalDoesNotWait() throws Exception {
        config(
                """
                services:
                  - {name: a, command: "sh -c 'trap \\"\\" TERM; while :; do sleep 0.1; done'", stop: {grace: 1h}}
                """);
        try (Visor visor = startVisor()) {
            pid(visor, "a");
            visor.signal("INT");
            visor.awaitErr("stopping a \\(pid \\d+\\): SIGTERM, 1h grace");
            visor.signal("INT");
            visor.awaitErr("stopping without waiting");
            assertThat(visor.end().code()).isZero();
        }
    }

    @Test
    void theKeyringsPasswordIsOnStandardInputAtEveryStart() throws Exception {
        Path password = directory.resolve("password");
        Files.writeString(password, "correct horse\n");
        Path daemon =
                script(
                        "daemon",
                        """
                        head -c 100 > "input-$$"
                        echo done >> inputs
                        exit 3
                        """);
        try (Network network = new Network(directory);
                Visor visor =
                        place.start(
                                network.flags(
                                        home,
                                        network.devnet.rpcUrl(),
                                        "wrap",
                                        "--cmd",
                                        daemon.toString(),
                                        "--auto-download",
                                        "--keyring-password-file",
                                        password.toString()))) {
            await().until(() -> read("inputs").lines().count() >= 2);
            visor.signal("TERM");
            assertThat(visor.end().code()).isEqualTo(3);
            assertThat(visor.err()).doesNotContain("correct horse");
        }
        try (var files = Files.newDirectoryStream(directory, "input-*")) {
            for (Path file : files) {
                assertThat(file).hasContent("correct horse\n");
            }
        }
    }

    @Test
    void aWrongChainEndsWhatWasStartedBeforeItWasKnown() throws Exception {
        config("services:\n  - {name: a, command: sleep 1000}\n");
        try (Network network = new Network(directory);
                Visor visor =
                        place.start(
                                "start",
                                "--directory",
                                home.toString(),
                                "--node",
                                network.devnet.rpcUrl(),
                                "--chain-id",
                                "another-chain")) {
            Visor.Result result = visor.end();
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).contains("cannot follow the chain: ");
            var started =
                    java.util.regex.Pattern.compile("a runs as pid (\\d+)").matcher(result.err());
            if (started.find()) {
                assertThat(isAlive(Long.parseLong(started.group(1)))).isFalse();
            }
        }
    }

    @Test
    void aFailedLivenessCheckRestartsAndReadinessHoldsBackDependents() throws Exception {
        Path daemon =
                script(
                        "daemon",
                        """
                        while [ ! -e warm ]; do sleep 0.02; done
                        echo "listening on 1234"
                        exec sleep 1000
                        """);
        config(
                """
                services:
                  - name: a
                    command: %s
                    working-directory: %s
                    restart: {delay: 10ms}
                    health:
                      startup: {log: "listening on", every: 100ms, failures: 1000}
                      liveness: {exec: "test ! -e sick", every: 100ms, failures: 2}
                  - name: b
                    command: sleep 1000
                    after: [{service: a, is: healthy}]
                """
                        .formatted(daemon, directory));
        try (Visor visor = startVisor()) {
            long first = pid(visor, "a");
            visor.awaitErr("b waits until a is healthy");
            assertThat(visor.err()).doesNotContain("b runs");
            Files.createFile(directory.resolve("warm"));
            visor.awaitErr("a \\(pid " + first + "\\) is ready");
            pid(visor, "b");
            Files.createFile(directory.resolve("sick"));
            visor.awaitErr("a \\(pid " + first + "\\) .*; restarting it");
            Files.delete(directory.resolve("sick"));
            await().until(() -> pid(visor, "a") != first);
            assertThat(isAlive(first)).isFalse();
        }
    }
}
