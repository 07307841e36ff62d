package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.visor.it.Visor.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel says of real children: whose they are, what they may use, what they have open.
final class ProcessIT {

    private static final String NODE = "tcp://127.0.0.1:1";

    /// Writes what a shell knows of itself, then stays; its descriptors are those it was started
    /// with.
    private static final String REPORT =
            "sh -c 'id -u; id -g; id -G; umask; env; echo end-of-report; exec sleep 1000'";

    @TempDir private Path directory;
    private Place place;

    @BeforeEach
    void start() throws IOException {
        place = Place.in(directory);
        // Another user must be able to go in.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(directory.resolve(".lavavisor"));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private void configure(String services) throws IOException {
        Files.writeString(directory.resolve(".lavavisor/config.yml"), "services:\n" + services);
    }

    private List<String> command() {
        return List.of(
                Visor.BIN.toString(), "start", "--directory", directory.toString(), "--node", NODE);
    }

    private static long pid(Visor visor, String service) {
        return Long.parseLong(visor.awaitErr(service + " runs as pid (\\d+)").group(1));
    }

    private String log(String service) {
        Path log = directory.resolve(".lavavisor/services/logs/" + service + ".log");
        await().until(() -> Files.exists(log) && Files.readString(log).contains("end-of-report"));
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> status(long pid) throws IOException {
        Map<String, String> status = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            String[] parts = line.split(":\\s*", 2);
            status.put(parts[0], parts[1]);
        }
        return status;
    }

    private static String limit(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/limits")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().replaceAll("\\s+", " "))
                .findFirst()
                .orElseThrow();
    }

    /// The fields of /proc/<pid>/stat from the third one on.
    private static List<String> stat(long pid) throws IOException {
        String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return List.of(text.substring(text.lastIndexOf(')') + 2).split(" "));
    }

    private static void leadsItsOwnSession(long pid) throws IOException {
        assertThat(stat(pid).get(2)).as("pgid").isEqualTo(String.valueOf(pid));
        assertThat(stat(pid).get(3)).as("sid").isEqualTo(String.valueOf(pid));
    }

    private static void hasDefaultSignals(long pid) throws IOException {
        assertThat(status(pid))
                .containsEntry("SigBlk", "0000000000000000")
                .containsEntry("SigIgn", "0000000000000000");
    }

    private static void hasNoOtherFiles(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("0", "1", "2");
        }
    }

    /// Whoever starts visor may ignore SIGCHLD, and the kernel then reaps by itself.
    @Test
    void anIgnoredSigchldTakesNoExitStatusAway() throws Exception {
        configure("  - {name: a, command: sh -c 'exit 7', restart: no}\n");
        List<String> words =
                new ArrayList<>(List.of("sh", "-c", "trap '' CHLD; exec \"$@\"", "sh"));
        words.addAll(command());
        try (Visor visor = place.start(words)) {
            visor.awaitErr("a is given up: it exited: code 7");
        }
    }

    @Test
    void aProcessIsWhatItsServiceSays() throws Exception {
        assumeTrue(isRoot());
        configure(
                """
                  - name: all
                    command: %s
                    user: nobody
                    umask: 027
                    nice: 7
                    oom-score: 300
                    limits: {nofile: 100:200, nproc: 4000, core: 0, memlock: 65536}
                    working-directory: /tmp
                    environment: {SHELL: /bin/mine}
                """
                        .formatted(REPORT));
        try (Visor visor = place.start(command())) {
            String report = log("all");
            long pid = pid(visor, "all");
            await().until(() -> status(pid).getOrDefault("Name", "").equals("sleep"));
            assertThat(report).startsWith("65534\n65534\n65534\n0027\n");
            assertThat(report.lines()).contains("USER=nobody", "LOGNAME=nobody", "SHELL=/bin/mine");
            assertThat(status(pid))
                    .containsEntry("Uid", "65534\t65534\t65534\t65534")
                    .containsEntry("Gid", "65534\t65534\t65534\t65534")
                    .containsEntry("CapEff", "0000000000000000");
            assertThat(stat(pid).get(16)).as("nice").isEqualTo("7");
            assertThat(Path.of("/proc/" + pid + "/oom_score_adj")).hasContent("300");
            assertThat(limit(pid, "Max open files")).isEqualTo("100 200 files");
            assertThat(limit(pid, "Max processes")).isEqualTo("4000 4000 processes");
            assertThat(limit(pid, "Max core file size")).isEqualTo("0 0 bytes");
            assertThat(limit(pid, "Max locked memory")).isEqualTo("65536 65536 bytes");
            assertThat(Path.of("/proc/" + pid + "/cwd").toRealPath()).isEqualTo(Path.of("/tmp"));
            leadsItsOwnSession(pid);
            hasDefaultSignals(pid);
            hasNoOtherFiles(pid);
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            assertThat(ProcessHandle.of(pid)).isEmpty();
        }
    }

    /// A tool that runs as root must not load what the service's user has written.
    @Test
    void theLoadersVariablesReachTheCommandOnly() throws Exception {
        assumeTrue(isRoot());
        configure(
                """
                  - name: a
                    command: %s
                    user: nobody
                    umask: 027
                    environment: {LD_DEBUG: libs}
                """
                        .formatted(REPORT));
        try (Visor visor = place.start(command())) {
            String report = log("a");
            assertThat(pid(visor, "a")).isPositive();
            assertThat(report.lines()).contains("LD_DEBUG=libs");
            // The loader tells of every program that it was asked to tell of.
            assertThat(report)
                    .containsPattern("initialize program: \\S*sh\n")
                    .doesNotContain("setpriv")
                    .doesNotContain("umask 027");
        }
    }

    @Test
    void withoutAnyOfItAProcessIsAsVisorWasStarted() throws Exception {
        configure(
                "  - {name: plain, command: \""
                        + REPORT
                        + "\"}\n  - {name: chained, command: sleep 1000, umask: 027, nice: 5,"
                        + " limits: {nofile: 700}}\n");
        // As a script starts `visor &`: with SIGINT and SIGQUIT ignored.
        String script =
                "trap '' INT QUIT HUP USR1; umask 077; ulimit -Sn 777; exec "
                        + String.join(" ", command());
        try (Visor visor = place.start(List.of("sh", "-c", script))) {
            String report = log("plain");
            long pid = pid(visor, "plain");
            await().until(() -> status(pid).getOrDefault("Name", "").equals("sleep"));
            assertThat(report.lines()).contains("0077");
            assertThat(limit(pid, "Max open files")).startsWith("777 ");
            assertThat(limit(visor.pid(), "Max open files")).startsWith("777 ");
            leadsItsOwnSession(pid);
            hasDefaultSignals(pid);
            hasNoOtherFiles(pid);
            long chained = pid(visor, "chained");
            await().until(() -> status(chained).getOrDefault("Name", "").equals("sleep"));
            assertThat(limit(chained, "Max open files")).isEqualTo("700 700 files");
            assertThat(status(chained)).containsEntry("Umask", "0027");
            leadsItsOwnSession(chained);
            hasDefaultSignals(chained);
            hasNoOtherFiles(chained);
        }
    }

    @Test
    void manyServicesRaiseVisorsOwnLimitAndNobodyElses() throws Exception {
        configure(
                IntStream.range(0, 40)
                        .mapToObj(i -> "  - {name: s" + i + ", command: sleep 1000}\n")
                        .collect(Collectors.joining()));
        String script = "ulimit -Sn 300; exec " + String.join(" ", command());
        try (Visor visor = place.start(List.of("sh", "-c", script))) {
            List<Long> pids = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                pids.add(pid(visor, " s" + i));
            }
            assertThat(limit(visor.pid(), "Max open files")).startsWith("1216 ");
            for (long pid : pids) {
                await().until(() -> status(pid).getOrDefault("Name", "").equals("sleep"));
                assertThat(limit(pid, "Max open files")).startsWith("300 ");
                hasNoOtherFiles(pid);
            }
        }
    }

    @Test
    void aHardLimitThatIsTooLowIsSaid() throws Exception {
        configure(
                IntStream.range(0, 40)
                        .mapToObj(i -> "  - {name: s" + i + ", command: sleep 1000}\n")
                        .collect(Collectors.joining()));
        String script = "ulimit -n 300; exec " + String.join(" ", command());
        try (Visor visor = place.start(List.of("sh", "-c", script))) {
            visor.awaitErr(
                    "40 services need about 496 open files and visor may have 300; raise its hard"
                            + " limit to that");
        }
    }

    @Test
    void anEnvironmentFileReachesTheProcessAndIsNeverShown() throws Exception {
        Path file = directory.resolve(".lavavisor/secrets.env");
        Files.writeString(
                file, "# for the node\nexport TOKEN='hunter2 $x'\nURL=\"http://${NODE_HOST}/\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        configure(
                """
                  - name: a
                    command: %s
                    environment: {file: secrets.env, API_KEY: hunter2, MODE: fast}
                """
                        .formatted(REPORT));
        Place with = place.with("NODE_HOST", "node.example");
        for (String output : List.of("text", "json")) {
            List<String> words =
                    new ArrayList<>(List.of("config", "show", "--directory", directory.toString()));
            if (output.equals("json")) {
                words.addAll(List.of("-o", "json"));
            }
            Visor.Result shown = with.run(words.toArray(String[]::new));
            assertThat(shown.code()).isZero();
            assertThat(shown.out())
                    .contains("secrets.env", "MODE", "fast", "***")
                    .doesNotContain("hunter2", "node.example");
        }
        try (Visor visor = with.start(command())) {
            assertThat(log("a").lines())
                    .contains(
                            "TOKEN=hunter2 $x",
                            "URL=http://node.example/",
                            "API_KEY=hunter2",
                            "MODE=fast");
            assertThat(visor.err()).doesNotContain("hunter2");
        }
        Files.delete(file);
        Visor.Result refused = place.run(command().subList(1, 6).toArray(String[]::new));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("line 4   services[0].environment.file: " + file + " is not there");
    }

    @Test
    void whoIsNotRootCannotStartAProcessOfSomebodyElse() throws Exception {
        assumeTrue(isRoot());
        configure("  - {name: a, command: sleep 1, user: daemon}\n");
        List<String> words =
                new ArrayList<>(
                        List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        words.addAll(command());
        Visor.Result result;
        try (Visor visor = place.start(words)) {
            result = visor.end();
        }
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        "services[0].user: only root can start a process of another user; run"
                                + " visor as root, or leave user out");
    }

    @Test
    void aTargetThatIsMissingIsToldAsSuch() throws Exception {
        configure("  - {name: a, command: no-such-program, umask: 027, nice: 5}\n");
        try (Visor visor = place.start(command())) {
            visor.awaitErr("cannot start a: no no-such-program on PATH");
        }
    }

    @Test
    void whatVisorMayNotDoIsToldAtTheStart() throws Exception {
        configure("  - {name: a, command: sleep 1, limits: {nofile: 100:3000}}\n");
        List<String> words = new ArrayList<>(List.of("prlimit", "--nofile=1024:2000"));
        if (isRoot()) {
            words.addAll(List.of("setpriv", "--bounding-set=-sys_resource"));
        }
        words.addAll(command());
        try (Visor visor = place.start(words)) {
            visor.awaitErr(
                    "its limit nofile, 100:3000, is above visor's own hard limit, 2000; lower it,"
                            + " or start visor with a higher one");
        }
    }
}
