package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `visor pod` as the first process of a PID namespace, as in a container.
final class FirstProcessIT extends OnDevnet {

    private static final String[] FIRST = {"unshare", "-pf", "--mount-proc", "--kill-child"};

    @BeforeEach
    void mayBeFirst() throws Exception {
        assumeTrue(
                new ProcessBuilder(Visor.words(new String[] {"true"}, FIRST)).start().waitFor()
                        == 0,
                "this machine lets nobody make a PID namespace: run the tests as root");
    }

    /// Starts a command that follows the devnet as the first process of a PID namespace.
    private Visor startFirst(Path home, String... words) {
        List<String> command = new ArrayList<>(List.of(FIRST));
        command.add(Visor.BIN.toString());
        command.addAll(List.of(onDevnet(home, words)));
        return place.start(command);
    }

    private Path script(String text) throws IOException {
        return OnHome.script(directory.resolve("daemon"), text);
    }

    private Visor pod(String command) throws IOException {
        return startFirst(network.home("home"), "pod", "--cmd", command, "--probes", "127.0.0.1:0");
    }

    private String read(String name) throws IOException {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /// Ended processes below a process that nobody has reaped.
    private static long zombies(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(child -> {
                    try {
                        String stat = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
                        return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
                    } catch (IOException e) {
                        return false;
                    }
                })
                .count();
    }

    /// Orphans come and go while releases are staged, whose binaries are run to ask for their
    /// versions: their exit codes must stay their own.
    @Test
    void reapsOrphansWhileShortCommandsRun() throws Exception {
        Path daemon =
                script(
                        """
                        echo $$ > pid
                        i=0
                        while [ $i -lt 300 ]; do
                            sh -c '(sleep 0.02; exit 7) & exit 0' &
                            i=$((i + 1))
                        done
                        wait
                        echo all > forked
                        exec sleep 1000
                        """);
        try (Visor visor = pod(daemon.toString())) {
            visor.awaitErr("daemon runs as pid");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 fetched .* version ok");
            network.propose("1.0.0", "2.0.0");
            visor.awaitErr("lavap 2.0.0 fetched .* version ok");
            await().until(() -> read("forked").equals("all\n"));
            await().until(() -> zombies(visor.pid()) == 0);
            assertThat(visor.err()).doesNotContain("cannot stage");
            visor.signal("KILL");
        }
    }

    @Test
    void aSignalEndsTheWholeTreeAndTheCodeIsTheChilds() throws Exception {
        Path daemon =
                script(
                        """
                        setsid sh -c 'trap "" TERM INT; echo $$ > stray; exec sleep 1000' &
                        trap 'exit 23' INT TERM
                        while :; do sleep 0.05; done
                        """);
        try (Visor visor = pod(daemon.toString())) {
            visor.awaitErr("daemon runs as pid");
            await().until(() -> !read("stray").isBlank());
            List<ProcessHandle> tree =
                    ProcessHandle.of(visor.pid()).orElseThrow().descendants().toList();
            // To the first process of the namespace, as a container's runtime does.
            tree.getFirst().destroy();
            assertThat(visor.end().code()).isEqualTo(23);
            await().until(() -> tree.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void theCodeOfAChildThatASignalEndedIs128AndItsNumber() throws Exception {
        Path daemon = script("exec sleep 1000\n");
        try (Visor visor = pod(daemon.toString())) {
            visor.awaitErr("daemon runs as pid");
            ProcessHandle first =
                    ProcessHandle.of(visor.pid())
                            .orElseThrow()
                            .children()
                            .findFirst()
                            .orElseThrow();
            first.destroy();
            // The presets of the program: SIGINT comes first.
            assertThat(visor.end().code()).isEqualTo(130);
        }
    }

    /// A check that ends with 0 must never be seen to end otherwise, whatever is reaped meanwhile.
    @Test
    void reapsOrphansWhileChecksRun() throws Exception {
        Path daemon =
                script(
                        """
                        i=0
                        while [ $i -lt 300 ]; do
                            sh -c '(sleep 0.02; exit 7) & exit 0' &
                            i=$((i + 1))
                        done
                        wait
                        echo all > forked
                        exec sleep 1000
                        """);
        Path home =
                network.home(
                        "home",
                        """
                        services:
                          - {name: forks, command: %s, working-directory: %s}
                          - name: checked
                            command: sleep 1000
                            health: {liveness: {exec: "true", every: 100ms, timeout: 20s, failures: 1}}
                        """
                                .formatted(daemon, directory));
        try (Visor visor = startFirst(home, "start")) {
            visor.awaitErr("checked runs as pid");
            await().until(() -> read("forked").equals("all\n"));
            await().until(() -> zombies(visor.pid()) == 0);
            assertThat(visor.err()).doesNotContain("restarting it").doesNotContain("exited");
            visor.signal("KILL");
        }
    }
}
