package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.visor.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The output of real children, from their writes to what `visor logs` prints.
final class LogsIT extends OnHome {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Path logs;

    @BeforeEach
    void findLogs() {
        logs = home.resolve(".lavavisor/services/logs");
    }

    /// Puts a script beside the configuration.
    private void script(String name, String text) throws IOException {
        Path unused = script(home.resolve(".lavavisor").resolve(name), text);
    }

    /// Starts visor on services; no node answers, which the services do not need.
    private Visor start(String services) throws IOException {
        config("services:\n" + services);
        return startVisor();
    }

    private Visor.Result logs(String... arguments) {
        return place.run(Visor.words(arguments, onHome("logs")));
    }

    private void awaitEnd(String service, Visor visor) {
        visor.awaitErr(service + " exited: ");
    }

    /// The lines of a file that need not be text.
    private List<String> lines(String file) throws IOException {
        Path path = logs.resolve(file);
        return Files.exists(path)
                ? Files.readAllLines(path, StandardCharsets.ISO_8859_1)
                : List.of();
    }

    private static String numbers(int from, int to) {
        StringBuilder text = new StringBuilder();
        IntStream.rangeClosed(from, to).forEach(i -> text.append(i).append('\n'));
        return text.toString();
    }

    private long kilobytes(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void settingAsideUnderLoadLosesAndTearsNothing() throws Exception {
        script("go.sh", "seq 1 600000; echo last >&2\n");
        try (Visor visor =
                start(
                        """
                          - {name: a, command: ./go.sh, restart: {mode: "no"}, log: {max-size: 100kB, keep: 100}}
                        """)) {
            awaitEnd("a", visor);
            String expected = numbers(1, 600_000) + "last\n";
            await().atMost(PATIENCE)
                    .until(() -> Files.readString(logs.resolve("a.log")).endsWith("last\n"));
            assertThat(logs("a").out().equals(expected)).as("all files together").isTrue();
            assertThat(logs.resolve("a.log.30")).exists();
            assertThat(Files.size(logs.resolve("a.log.30"))).isBetween(99_000L, 100_000L);
            assertThat(logs("a", "-n", "3").out()).isEqualTo("599999\n600000\nlast\n");
        }
    }

    @Test
    void whatIsWrittenInLargePiecesIsWholeAndInOrder() throws Exception {
        script("go.sh", "seq 1 6000000 > all; cat all; cat all; echo end\n");
        try (Visor visor =
                start(
                        """
                          - {name: a, command: ./go.sh, restart: {mode: "no"}, log: {max-size: 7MB, keep: 100}}
                        """)) {
            awaitEnd("a", visor);
            await().atMost(PATIENCE).until(() -> logs("a", "-n", "1").out().equals("end\n"));
            Path whole = directory.resolve("whole");
            script("whole.sh", "cat all all; echo end\n");
            Process expected =
                    new ProcessBuilder("./whole.sh")
                            .directory(home.resolve(".lavavisor").toFile())
                            .redirectOutput(whole.toFile())
                            .start();
            assertThat(expected.waitFor()).isZero();
            Path read = directory.resolve("read");
            Files.writeString(read, logs("a").out());
            assertThat(Files.mismatch(whole, read)).isEqualTo(-1);
        }
    }

    @Test
    void eachForm() throws Exception {
        script("go.sh", "echo out; echo err >&2; printf '\\377\"'\n");
        try (Visor visor =
                start(
                        """
                          - {name: a, command: ./go.sh, restart: {mode: "no"}, log: {format: prefix}}
                          - {name: b, command: ./go.sh, restart: {mode: "no"}, log: {format: json}}
                          - {name: c, command: ./go.sh, restart: {mode: "no"}, log: {timestamps: true}}
                        """)) {
            await().atMost(PATIENCE).until(() -> lines("a.log").size() == 3);
            assertThat(lines("a.log"))
                    .containsExactlyInAnyOrder("a out | out", "a err | err", "a out | \u00ff\"");
            await().atMost(PATIENCE).until(() -> logs("b").out().lines().count() == 3);
            assertThat(Files.readAllLines(logs.resolve("b.log")).stream().map(Json::parse))
                    .extracting(json -> json.string("stream") + " " + json.string("line"))
                    .containsExactlyInAnyOrder("stdout out", "stderr err", "stdout \uFFFD\"");
            await().atMost(PATIENCE).until(() -> lines("c.log").size() == 3);
            assertThat(logs("c", "--since", "10m", "-o", "json").out().lines()).hasSize(3);
            assertThat(logs("c", "--since", "2100-01-01").out()).isEmpty();
        }
    }

    @Test
    void lastWordsAreNotLost() throws Exception {
        script(
                "go.sh",
                "trap 'seq 1 30000; printf end; exit 0' TERM\n"
                        + "echo ready\n"
                        + "while :; do sleep 0.05; done\n");
        try (Visor visor = start("  - {name: a, command: ./go.sh, log: {format: prefix}}\n")) {
            await().atMost(PATIENCE).until(() -> Files.exists(logs.resolve("a.log")));
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            assertThat(Files.readString(logs.resolve("a.log")))
                    .contains("a out | 30000\n")
                    .endsWith("a out | end\n");
        }
    }

    @Test
    void aFloodDelaysNobody() throws Exception {
        script("flood.sh", "exec yes\n");
        script("quiet.sh", "while :; do date +%s%N; sleep 0.2; done\n");
        try (Visor visor =
                start(
                        """
                          - {name: flood, command: ./flood.sh, log: {max-size: 1MB, keep: 1}}
                          - {name: quiet, command: ./quiet.sh, log: {timestamps: true}}
                        """)) {
            await().atMost(PATIENCE)
                    .until(() ->
                            Files.exists(logs.resolve("quiet.log"))
                                    && Files.readAllLines(logs.resolve("quiet.log")).size() >= 20);
            visor.signal("TERM");
            visor.end();
            List<Long> delays =
                    Files.readAllLines(logs.resolve("quiet.log")).stream()
                            .map(line -> line.split(" "))
                            .map(words ->
                                    Instant.parse(words[0]).toEpochMilli()
                                            - Long.parseLong(words[1]) / 1_000_000)
                            .sorted()
                            .toList();
            assertThat(delays.get(delays.size() / 2)).as("median ms").isLessThan(500);
            assertThat(
                            Files.size(logs.resolve("flood.log"))
                                    + Files.size(logs.resolve("flood.log.1")))
                    .isLessThanOrEqualTo(2_000_000);
        }
    }

    @Test
    void aLineOfAHundredMegabytesTakesLittleMemory() throws Exception {
        script(
                "go.sh",
                "while ! [ -e go ]; do sleep 0.05; done; head -c 100000000 /dev/zero | tr '\\0' x;"
                        + " echo; echo done\n");
        try (Visor visor =
                start(
                        """
                          - {name: a, command: ./go.sh, restart: {mode: "no"}, log: {format: json, max-size: 1GB}}
                          - {name: b, command: ./go.sh, restart: {mode: "no"}, log: {max-size: 1GB}}
                        """)) {
            visor.awaitErr("a runs as pid");
            visor.awaitErr("b runs as pid");
            long before = kilobytes(visor.pid(), "VmHWM");
            Files.createFile(home.resolve(".lavavisor/go"));
            await().atMost(PATIENCE).until(() -> logs("a", "-n", "1").out().contains("\"done\""));
            await().atMost(PATIENCE).until(() -> logs("b", "-n", "1").out().equals("done\n"));
            assertThat(kilobytes(visor.pid(), "VmHWM") - before).as("kB more").isLessThan(24_000);
            assertThat(Files.size(logs.resolve("b.log"))).isEqualTo(100_000_006);
            assertThat(kilobytes(visor.pid(), "Threads")).isPositive();
        }
    }

    @Test
    void aFullDiskCostsTheLogAndItRecovers() throws Exception {
        Files.createDirectories(logs);
        assumeThat(
                        new ProcessBuilder(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=256k",
                                        "tmpfs",
                                        logs.toString())
                                .start()
                                .waitFor())
                .as("only root can mount a small file system")
                .isZero();
        try {
            script(
                    "go.sh",
                    "i=0; while :; do i=$((i+1)); echo line $i; [ $((i % 1000)) = 0 ] && sleep"
                            + " 0.02; done\n");
            try (Visor visor = start("  - {name: a, command: ./go.sh}\n")) {
                visor.awaitErr("cannot write a.log: the disk of .*a.log is full");
                long pid = Long.parseLong(visor.awaitErr("a runs as pid (\\d+)").group(1));
                Files.delete(logs.resolve("a.log"));
                visor.awaitErr("a.log is written again; .* were dropped");
                assertThat(ProcessHandle.of(pid)).as("the child").isPresent();
                assertThat(visor.err().lines().filter(line -> line.contains("cannot write a.log")))
                        .hasSize(1);
            }
        } finally {
            assertThat(new ProcessBuilder("umount", "-l", logs.toString()).start().waitFor())
                    .isZero();
        }
    }

    @Test
    void aLogIsFollowedOverItsFilesUntilAnInterrupt() throws Exception {
        script("go.sh", "while ! [ -e go ]; do sleep 0.05; done; seq 1 20000; exec sleep 1000\n");
        try (Visor visor =
                start("  - {name: a, command: ./go.sh, log: {max-size: 4KiB, keep: 100}}\n")) {
            visor.awaitErr("a runs as pid");
            try (Visor follower = place.start("logs", "a", "-f", "--directory", home.toString())) {
                follower.awaitErr("a has no log yet");
                Files.createFile(home.resolve(".lavavisor/go"));
                follower.awaitOut("(?m)^20000$");
                follower.signal("INT");
                Visor.Result result = follower.end();
                assertThat(result.code()).isZero();
                assertThat(result.out().equals(numbers(1, 20_000)))
                        .as("all lines, each once")
                        .isTrue();
            }
        }
    }

    @Test
    void anUnknownServiceIsRefusedWithTheKnownOnes() throws Exception {
        Files.writeString(
                home.resolve(".lavavisor/config.yml"),
                "services:\n  - {name: a, command: x}\n  - u.service\n");
        assertThat(logs("b"))
                .satisfies(result -> {
                    assertThat(result.code()).isEqualTo(2);
                    assertThat(result.err())
                            .startsWith("cannot show the log of \"b\": ")
                            .contains("known: a");
                });
        assertThat(logs("a").code()).isZero();
        assertThat(logs("a").err()).startsWith("a has no log yet");
        assertThat(logs("a", "--since", "yesterday").err())
                .startsWith("cannot understand --since: ");
        assertThat(logs("../x").code()).isEqualTo(2);
    }
}
