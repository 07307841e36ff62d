package io.visor.it.errors;

import static org.awaitility.Awaitility.await;

import io.visor.api.ControlClient;
import io.visor.devnet.ReleaseHost.Fault;
import io.visor.it.Network;
import io.visor.it.Visor;
import io.visor.it.Visor.Result;
import io.visor.model.Version;
import io.visor.os.FileLock;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Messages of `upgrade`.
final class UpgradeErrors {

    private static final String DO = "cannot <do>: ";
    private static final String SHORT_WINDOW =
            "programs: {lavap: {upgrade: {health-window: 300ms}}}\n";

    /// It does not end when it is asked to, and is upgraded all the same.
    private static final String DEAF =
            SHORT_WINDOW
                    + """
                    services:
                      - name: deaf
                        program: lavap
                        command: "sh -c 'trap \\"\\" TERM; echo up; while :; do sleep 1; done'"
                        stop: {signal: TERM, grace: 8s}
                    """;

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private @Nullable Path asked;

    UpgradeErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addNames();
        addHistory();
        addUnread();
        addOrders();
        addRollbacks();
        addRestored();
        addCritical();
        addPrepared();
        addStopped();
    }

    private Result upgrade(Path home, String... words) {
        return scene.run(
                Visor.words(
                        new String[] {"--directory", home.toString()},
                        Visor.words(words, "upgrade")));
    }

    private static Path root(Path home) {
        return home.resolve(".lavavisor");
    }

    private static void awaitAnswer(Path home, String instance) {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        ControlClient client =
                new ControlClient(
                        root(home).resolve("instances").resolve(instance), scheduler.clock());
        await().atMost(Duration.ofSeconds(30)).until(client::isAnswered);
    }

    /// The home of a visor that has committed 1.0.0 and is asked again and again.
    private synchronized Path asked() throws IOException {
        Path home = asked;
        if (home == null) {
            home = scene.home(SHORT_WINDOW);
            Visor visor =
                    scene.keep(
                            scene.place.start(
                                    scene.network.wrap(home, scene.network.devnet.rpcUrl())));
            visor.awaitErr("lavap 1.0.0 is committed");
            asked = home;
        }
        return home;
    }

    private void asks(String message, String... words) {
        checks.ends(message, () -> upgrade(asked(), words));
    }

    private void addNames() {
        asks(
                DO + "\"<name>\" is no program here; did you mean \"<name>\"? known: <names>",
                "hold",
                "lavpa");
        asks(DO + "\"<name>\" is no program here; known: <names>", "explain", "postgres");
        checks.ends(
                DO + "there are several programs; name one: <names>",
                () -> {
                    Path home =
                            scene.home(
                                    """
                                    programs:
                                      lily: {release: {github: a/lily, asset: "lily-{version}"}}
                                    services:
                                      - {name: a, program: lavap, command: lavap a}
                                      - {name: b, program: lily, command: lily b}
                                    """);
                    try (Visor _ =
                            scene.place.start(
                                    scene.network.flags(
                                            home, scene.network.devnet.rpcUrl(), "start"))) {
                        awaitAnswer(home, "start");
                        return upgrade(home, "hold");
                    }
                });
        checks.ends(
                "cannot understand the command line: \"<word>\" is no version; write X.Y.Z",
                () -> upgrade(scene.home(), "hold", "lavap", "six"));
        checks.ends(
                "cannot understand the command line: \"<version>\" is no program; name one"
                        + " version",
                () -> upgrade(scene.home(), "hold", "6.0.0", "6.1.0"));
    }

    private void addUnread() {
        checks.ends(
                DO
                        + "what is on hold is not known, as the database cannot be read; see the"
                        + " log of visor",
                () -> {
                    Path home = scene.home(SHORT_WINDOW);
                    Files.createDirectory(database(home));
                    try (Visor _ = wrap(home, scene.network)) {
                        // It is answered otherwise while visor starts.
                        return await().atMost(Duration.ofSeconds(30))
                                .until(
                                        () -> upgrade(home, "resume", "lavap"),
                                        result -> result.err().contains("on hold"));
                    }
                });
    }

    private static Path database(Path home) {
        return root(home).resolve("visor.db");
    }

    private Visor wrap(Path home, Network network) {
        return scene.place.start(network.wrap(home, network.devnet.rpcUrl()));
    }

    private void addHistory() {
        checks.ends(
                "cannot understand <flag>: \"<n>\" is not between 1 and 10000; write how many",
                () -> upgrade(scene.home(), "history", "-n", "0"));
        asks(
                "cannot show upgrade <n>: there is no upgrade of that number here",
                "history",
                "--number",
                "4711");
        checks.ends(
                "cannot list backups: <path>: <where and what>; move its folder away",
                () -> {
                    Path home =
                            scene.home(
                                    "services: [{name: a, program: lavap, command: lavap"
                                            + " rpcprovider}]\n");
                    Path backup = home.resolve(".lavavisor/backups/start/lavap/v1.0.0-x");
                    Files.createDirectories(backup);
                    Files.createDirectories(home.resolve(".lavavisor/instances/start"));
                    Files.writeString(backup.resolve("backup.json"), "{}");
                    return upgrade(home, "backups", "lavap");
                });
    }

    private void addOrders() {
        checks.ends(
                DO + "the chain has not said yet what it wants; name a version",
                () -> {
                    Path home = scene.home("services: [{name: a, command: sleep 1000}]\n");
                    try (Visor visor =
                            scene.place.start(
                                    "start",
                                    "--directory",
                                    home.toString(),
                                    "--node",
                                    "tcp://127.0.0.1:1")) {
                        visor.awaitErr("a runs as pid");
                        return upgrade(home, "approve");
                    }
                });
        asks(
                DO
                        + "the chain wants <version>, not <version>; visor upgrade rollback"
                        + " installs an older version",
                "approve",
                "2.0.0");
    }

    private void addRollbacks() {
        asks(
                DO + "no older version of <program> has run here; name a version",
                "rollback",
                "lavap");
        asks(
                DO
                        + "<program> <version> is not here; visor upgrade prepare <program>"
                        + " <version>",
                "rollback",
                "1.1.0");
        checks.ends(
                DO
                        + "the network refuses <version> (min <version>); use --force to install"
                        + " it all the same",
                () -> {
                    Version old = Version.of("0.9.0");
                    scene.network.devnet.releases().publish(old, Map.of(), 0);
                    Result unused = upgrade(asked(), "prepare", old.toString());
                    return upgrade(asked(), "rollback", old.toString());
                });
    }

    private void addRestored() {
        checks.ends(
                DO
                        + "<version> is above what runs (<version>); visor upgrade resume and"
                        + " approve let the target be installed; use --force to install it all"
                        + " the same",
                () -> {
                    Result unused = upgrade(asked(), "prepare", "2.0.0");
                    return upgrade(asked(), "rollback", "2.0.0");
                });
        checks.ends(
                DO
                        + "there is no backup of what <program> <version> had written; roll back"
                        + " without --restore, or to a version that has one",
                () -> {
                    Result unused = upgrade(asked(), "prepare", "2.0.0");
                    return upgrade(asked(), "rollback", "2.0.0", "--restore", "--force");
                });
    }

    private void addCritical() {
        checks.ends(
                DO + "<program> is being upgraded (<state>); try again when it has ended",
                () -> {
                    Path home = scene.home("programs: {lavap: {upgrade: {health-window: 1m}}}\n");
                    try (Visor visor =
                            scene.place.start(
                                    scene.network.wrap(home, scene.network.devnet.rpcUrl()))) {
                        visor.awaitErr("runs as pid");
                        return upgrade(home, "rollback");
                    }
                });
        checks.ends(
                DO
                        + "<program> is being upgraded just now (<state>); visor upgrade rollback"
                        + " goes back when it has been watched",
                () -> {
                    try (Network network = network("deaf")) {
                        Path home = network.home("home", DEAF);
                        try (Visor visor = start(network, home)) {
                            visor.awaitErr("lavap 1.0.0 is committed");
                            network.propose("1.0.0", "1.1.0");
                            visor.awaitErr("stopping deaf");
                            return upgrade(home, "hold");
                        }
                    }
                });
    }

    private Network network(String name) throws IOException {
        return new Network(Files.createDirectories(scene.directory.resolve(name)));
    }

    private Visor start(Network network, Path home) {
        return scene.place.start(
                network.flags(home, network.devnet.rpcUrl(), "start", "--auto-download"));
    }

    private void addPrepared() {
        checks.ends(
                "cannot prepare <program> <version>: it is still being fetched after <time>;"
                        + " visor goes on with it",
                () -> {
                    try (Network network = network("stalled")) {
                        network.devnet.releases().breakRelease(Version.of("2.0.0"), Fault.STALLED);
                        Path home = network.home("home", SHORT_WINDOW);
                        try (Visor visor =
                                scene.place.start(network.wrap(home, network.devnet.rpcUrl()))) {
                            visor.awaitErr("lavap 1.0.0 is committed");
                            return upgrade(home, "prepare", "2.0.0", "--timeout", "100ms");
                        }
                    }
                });
        asks(
                "cannot prepare <program> <version>: <version> is not published: nothing at"
                        + " <address>",
                "prepare",
                "7.7.7");
    }

    /// A home whose visor does not run.
    private Path left(String... instances) throws IOException {
        Path home = scene.home("");
        for (String instance : instances) {
            Path unused =
                    Files.createDirectories(root(home).resolve("instances").resolve(instance));
        }
        return home;
    }

    private void addStopped() {
        checks.ends(
                DO + "a visor runs as <instance> on <home>, and does not answer; see its log",
                () -> {
                    Path home = left("start");
                    try (FileLock _ =
                            FileLock.tryAcquire(root(home).resolve("instances/start/lock"))
                                    .orElseThrow()) {
                        return upgrade(home, "explain");
                    }
                });
        checks.ends(
                DO
                        + "no visor runs on <home>, and <n> instances have; name one with"
                        + " --instance: <names>",
                () -> upgrade(left("one", "two"), "explain"));
        checks.ends(
                "cannot explain \"<program>\": it is no program here; known: <names>",
                () -> upgrade(left("start"), "explain", "lily"));
        checks.ends(
                "cannot read <file>: it is damaged (<why>); visor start builds it anew",
                () -> {
                    Path home = left("start");
                    Files.writeString(root(home).resolve("visor.db"), "no database ".repeat(500));
                    return upgrade(home, "history");
                });
    }
}
