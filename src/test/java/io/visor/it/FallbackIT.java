package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A kernel without pidfds, which a seccomp filter makes of this one.
final class FallbackIT extends OnHome {

    private static final Path FILTER = Path.of("src/test/resources/without-pidfd.py");

    @BeforeEach
    void mayFilter() throws Exception {
        assumeTrue(
                new ProcessBuilder("python3", FILTER.toString(), "true").start().waitFor() == 0,
                "this machine has no python3, or lets nobody filter system calls");
    }

    /// Starts visor without pidfds.
    private Visor startFiltered(String... before) {
        List<String> words = new ArrayList<>(List.of(before));
        words.addAll(List.of("python3", FILTER.toAbsolutePath().toString(), Visor.BIN.toString()));
        words.addAll(List.of(startOnHome()));
        return place.start(words);
    }

    @Test
    void servicesAreKeptWithoutPidfds() throws Exception {
        config(
                """
                services:
                  - name: a
                    command: sh -c 'echo $$ >> pids; sleep 1000 & echo $! >> helpers; wait'
                    working-directory: %s
                    restart: {delay: 10ms}
                """
                        .formatted(directory));
        try (Visor visor = startFiltered()) {
            visor.awaitErr("children are started by the JDK's ProcessBuilder: pidfd_open failed");
            await().until(() -> lines("helpers").size() == 1);
            long first = Long.parseLong(lines("pids").getFirst());
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            await().until(() -> lines("helpers").size() == 2);
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            for (String pid : lines("pids")) {
                await().until(() -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
            }
        }
    }

    /// An orphan that nobody reaped kept its group from being gone once: the service was never
    /// started again, and visor did not end.
    @Test
    void theFirstProcessReapsOrphansWithoutPidfds() throws Exception {
        String[] first = {"unshare", "-pf", "--mount-proc", "--kill-child"};
        assumeTrue(
                new ProcessBuilder(Visor.words(new String[] {"true"}, first)).start().waitFor()
                        == 0,
                "this machine lets nobody make a PID namespace: run the tests as root");
        config(
                """
                services:
                  - name: a
                    command: sh -c 'echo $$ >> pids; sleep 1000 & exit 3'
                    working-directory: %s
                    restart: {delay: 10ms}
                """
                        .formatted(directory));
        try (Visor visor = startFiltered(first)) {
            visor.awaitErr("children are started by the JDK's ProcessBuilder: pidfd_open failed");
            await().until(() -> lines("pids").size() > 2);
            ProcessHandle.of(visor.pid()).orElseThrow().children().forEach(ProcessHandle::destroy);
            assertThat(visor.end().code()).isZero();
        }
    }

    private List<String> lines(String name) throws Exception {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
