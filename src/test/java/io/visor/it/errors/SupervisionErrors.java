package io.visor.it.errors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.it.Visor;
import io.visor.it.errors.ErrorsPage.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/// Messages about what goes wrong while services are kept: with their health, their logs, visor's
/// own files, and the machine.
final class SupervisionErrors {

    private static final String HEALTH = "<service> (pid <pid>) ";
    private static final String RESTARTING = "; restarting it";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    SupervisionErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addHealth();
        addLogs();
        addLeft();
        addFiles();
        addMachine();
    }

    private Visor start(Path home) {
        return scene.place.start(start(home, "start"));
    }

    private String[] start(Path home, String... command) {
        return scene.network.flags(home, scene.network.devnet.rpcUrl(), command);
    }

    private void kept(String message, String keys) {
        checks.logs(
                message,
                () -> {
                    Path home =
                            scene.home(
                                    "services: [{name: a, command: sleep 1000, " + keys + "}]\n");
                    Files.createFile(home.resolve(".lavavisor/ready"));
                    return start(home);
                });
    }

    private void addHealth() {
        kept(
                HEALTH + "is not ready: <why>",
                // It can be done once.
                "health: {exec: mv ready was, every: 100ms, failures: 1}");
        kept(
                HEALTH + "failed its <purpose> check: <why>" + RESTARTING,
                "health: {liveness: {exec: test -e none, every: 100ms, failures: 1}}");
        kept(
                HEALTH + "failed its <purpose> check <n> times in a row: <why>" + RESTARTING,
                "health: {liveness: {tcp: \"127.0.0.1:1\", every: 100ms, failures: 2}}");
        kept(
                HEALTH
                        + "failed its <purpose> check: no line of its output matches"
                        + " \"<expression>\""
                        + RESTARTING,
                "health: {startup: {log: ready, every: 100ms, failures: 1}}");
    }

    private void addLogs() {
        checks.logs(
                "cannot set <log> aside: <why>; it grows on until that can be done",
                () -> {
                    Path home =
                            scene.home(
                                    "services: [{name: a, command: \"sh -c 'yes | head -c 20000;"
                                            + " exec sleep 1000'\", log: {max-size: 4KiB, keep:"
                                            + " 1}}]\n");
                    Path taken = home.resolve(".lavavisor/services/logs/a.log.1");
                    Files.createFile(Files.createDirectories(taken).resolve("file"));
                    return start(home);
                });
    }

    private void addLeft() {
        checks.add(
                "<service> was left running by a visor that is gone (pid <pid>); ending it first",
                row -> {
                    Path home = scene.home("services: [{name: a, command: sleep 1000}]\n");
                    try (Visor first = start(home)) {
                        first.awaitErr("a runs as pid");
                        first.signal("KILL");
                        first.end();
                    }
                    try (Visor second = start(home)) {
                        ErrorChecks.assertLogged(row, second);
                    }
                });
        checks.add(
                "<signal> received again: stopping without waiting",
                row -> {
                    Path home = scene.home(ControlErrors.DEAF);
                    try (Visor visor = start(home)) {
                        ControlErrors.awaitDeaf(home);
                        visor.signal("TERM");
                        visor.awaitErr("stopping deaf");
                        visor.signal("TERM");
                        assertEnded(row, visor);
                    }
                });
        checks.add(
                "the last output of services was not taken within <time> and is lost",
                row -> {
                    // Whoever should read it does not.
                    String pipe = scene.home().resolve("pipe").toString();
                    String shell =
                            "mkfifo %1$s && { sleep 20 < %1$s & exec \"$0\" \"$@\" > %1$s; }"
                                    .formatted(pipe);
                    String[] wrap = start(scene.home(), "wrap", "--auto-download", "--cmd", "yes");
                    try (Visor visor = scene.startBy(List.of("sh", "-c", shell), wrap)) {
                        visor.awaitErr("runs as pid");
                        visor.signal("TERM");
                        assertEnded(row, visor);
                    }
                });
    }

    private static void assertEnded(Row row, Visor visor) {
        assertThat(visor.end().err()).containsPattern(row.pattern());
        assertThat(row.exit()).isEqualTo(Row.GOES_ON);
    }

    private void addFiles() {
        checks.logs(
                "cannot listen on <socket>: <why>; visor status, service and upgrade do not reach"
                        + " this instance",
                () -> {
                    Path home = scene.home("");
                    Path socket = home.resolve(".lavavisor/instances/start/control.sock");
                    Files.createFile(Files.createDirectories(socket).resolve("file"));
                    return start(home);
                });
        checks.logs(
                "<file> was damaged (<why>) and is now <file>; it is built anew from what is"
                        + " installed and runs, the history is lost, and so is what an operator"
                        + " has put on hold or stopped",
                () -> {
                    Path home = scene.home("");
                    Files.writeString(database(home), "no database".repeat(1000));
                    return start(home);
                });
        checks.logs(
                "<file> was damaged (<why>) and is now <file>; it is built anew from what is"
                        + " installed and runs, the history is lost",
                () -> {
                    Path home = committed();
                    Visor visor = scene.startOn(home);
                    visor.awaitErr("lavap target");
                    await().atMost(Duration.ofSeconds(30)).until(() -> hold(home).code() == 0);
                    Files.delete(database(home));
                    assertThat(hold(home).code()).isZero();
                    return visor;
                });
        checks.logs(
                "<link> named no version; it names <version> again, which was good here last",
                () -> {
                    Path home = committed();
                    Files.delete(home.resolve(".lavavisor/bin/lavap"));
                    return scene.startOn(home);
                });
        checks.logs(
                "<link> names no version, and what was good here last cannot be used: <why>",
                () -> {
                    Path home = committed();
                    Files.delete(home.resolve(".lavavisor/bin/lavap"));
                    Path binary = home.resolve(".lavavisor/upgrades/v1.0.0/lavap");
                    ErrorScene.allow(binary, "rwxr-xr-x");
                    Files.writeString(binary, "#", StandardOpenOption.APPEND);
                    return scene.startOn(home);
                });
        checks.logs(
                "cannot read what earlier visors have kept: <why>; what runs goes on, no upgrade"
                        + " begins before it can be read",
                () -> {
                    Path home = scene.home("");
                    try (Visor visor = start(home)) {
                        await().atMost(Duration.ofSeconds(30))
                                .until(() -> Files.exists(database(home)));
                        visor.signal("TERM");
                        visor.end();
                    }
                    try (Connection connection =
                                    DriverManager.getConnection("jdbc:sqlite:" + database(home));
                            Statement statement = connection.createStatement()) {
                        statement.execute("DROP TABLE hold");
                    }
                    return start(home);
                });
        checks.logs(
                "cannot write <file>: <why>; what runs goes on, no upgrade begins before it can be"
                        + " written",
                () -> {
                    Path home = scene.home("");
                    Files.createDirectories(database(home));
                    return start(home);
                });
    }

    private Visor.Result hold(Path home) {
        return scene.run("upgrade", "hold", "lavap", "--directory", home.toString());
    }

    /// A home whose 1.0.0 was good.
    private Path committed() throws IOException {
        Path home = scene.home("programs: {lavap: {upgrade: {health-window: 300ms}}}\n");
        try (Visor visor = scene.startOn(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
        }
        return home;
    }

    private static Path database(Path home) {
        return home.resolve(".lavavisor/visor.db");
    }

    private void addMachine() {
        checks.logs(
                "<n> services need about <n> open files and visor may have <n>; raise its hard"
                        + " limit to that (LimitNOFILE= of its unit, ulimit -Hn)",
                () ->
                        scene.startBy(
                                List.of("prlimit", "--nofile=300:300"),
                                start(
                                        scene.home(
                                                "services: ["
                                                        + IntStream.range(0, 20)
                                                                .mapToObj(i ->
                                                                        "{name: s"
                                                                                + i
                                                                                + ", command:"
                                                                                + " sleep 1000}")
                                                                .collect(Collectors.joining(", "))
                                                        + "]\n"),
                                        "start")));
        checks.logs(
                "children are started by <what>: <why>",
                () -> {
                    List<String> filter =
                            List.of(
                                    "python3",
                                    Path.of("src/test/resources/without-pidfd.py")
                                            .toAbsolutePath()
                                            .toString());
                    Assumptions.assumeTrue(
                            new ProcessBuilder(filter.get(0), filter.get(1), "true")
                                            .start()
                                            .waitFor()
                                    == 0,
                            "no python3, or nobody may filter system calls");
                    return scene.startBy(filter, start(scene.home(""), "start"));
                });
    }
}
