package io.visor.it.errors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.devnet.ReleaseHost.Fault;
import io.visor.it.Network;
import io.visor.it.Visor;
import io.visor.it.errors.ErrorsPage.Row;
import io.visor.model.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Messages in the log of a visor that runs: about the releases that it fetches meanwhile, and
/// about the commands that it keeps.
final class RunErrors {

    private static final String STAGE = "cannot stage <program> <version>: ";
    private static final String KEEPING = "; keeping <version>, next try in <time>";
    private static final String FAILED = "<program> <version> failed its health window: <why>";
    private static final String COMMAND = "lavap rpcconsumer x.yml";

    /// What a `lavap` of the tests does in the place of serving.
    private static final String LIVES = "exec sleep 1000";

    private static final String DIES = "exit 7";

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final Offers offers = new Offers();
    private final Services services = new Services();

    RunErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addSlow();
        addStaging();
        addHealth();
        addActive();
        addSwitch();
        addStarts();
        addEnds();
        addStop();
    }

    private Network network() throws IOException {
        return new Network(scene.home());
    }

    /// Wraps the version that a chain asks for.
    ///
    /// @param serving what a version does
    /// @param upgrade keys of `upgrade` in `config.yml`
    private Visor wrap(Network network, UnaryOperator<String> serving, String upgrade)
            throws IOException {
        Path home = scene.home("programs: {lavap: {upgrade: {" + upgrade + "}}}\n");
        String releases =
                scene.fake.serve(exchange -> {
                    String version =
                            exchange.getRequestURI().getPath().split("/v")[1].split("/")[0];
                    FakeHost.release(script(version, serving.apply(version))).to(exchange);
                });
        return scene.place.start(
                ErrorScene.flags(
                        home,
                        network.devnet.rpcUrl(),
                        releases,
                        "wrap",
                        "--auto-download",
                        "--cmd",
                        COMMAND));
    }

    /// A `lavap` that is a script and starts sooner than the devnet's.
    private static byte[] script(String version, String serving) {
        return ("#!/bin/sh\ncase $1 in version) echo " + version + ";; *) " + serving + ";; esac\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void addSlow() {
        // Five restarts, with pauses of 1, 2, 4, 8 and 16 s.
        checks.addSlow(
                "stopping: giving up on <service>: restarted <n> times within <time>; it exited:"
                        + " code <n>",
                row -> {
                    try (Visor visor = wrap(scene.network, _ -> DIES, "")) {
                        Visor.Result result = visor.end();
                        assertThat(result.err()).containsPattern(row.pattern());
                        assertThat(row.exit()).isEqualTo(Row.OF_COMMAND);
                        assertThat(result.code()).isEqualTo(7);
                    }
                });
        checks.addSlow(
                STAGE + "<address> does not answer in time" + KEEPING,
                row -> new Offers().offer(row, Fault.STALLED));
    }

    private void addStaging() {
        staging("<asset>: sha256 is <digest> but <digest> was announced", Fault.CORRUPT);
        staging("<address> sends less than it announces", Fault.TRUNCATED);
        staging("<version> is not published: nothing at <address>", Fault.MISSING);
        staging("\"<command>\" prints <version>, not <version>", Fault.WRONG_VERSION);
        staging("<address> does not name <asset>", Fault.UNLISTED);
        checks.logs(
                STAGE
                        + "<version> is not in <directory>; use --auto-download, or put the binary"
                        + " at <file>; nothing runs yet, next try in <time>",
                () ->
                        scene.place.start(
                                scene.network.flags(
                                        scene.home(),
                                        scene.network.devnet.rpcUrl(),
                                        "wrap",
                                        "--cmd",
                                        COMMAND)));
    }

    private void staging(String why, Fault fault) {
        checks.add(STAGE + why + KEEPING, row -> offers.offer(row, fault));
    }

    /// A wrap that broken releases are offered to, one after the other; none of them gets in.
    private final class Offers {

        private @Nullable Network network;
        private @Nullable Visor visor;
        private int releases;

        synchronized void offer(Row row, Fault fault) throws IOException {
            if (network == null || visor == null) {
                network = scene.keep(network());
                Path home = scene.home("programs: {lavap: {upgrade: {health-window: 100ms}}}\n");
                visor = scene.keep(scene.place.start(network.wrap(home, network.devnet.rpcUrl())));
                visor.awaitErr("lavap 1.0.0 is committed");
            }
            Version next = Version.of("3." + ++releases + ".0");
            network.devnet.releases().publish(next, Map.of(), 0);
            network.devnet.releases().breakRelease(next, fault);
            network.propose("1.0.0", next.toString());
            ErrorChecks.assertLogged(row, visor);
        }
    }

    private void addHealth() {
        failing(FAILED + "; going back to <version>", "1.0.0", "auto");
        failing(
                "<program> is back on <version>; <version> is on hold until a newer target appears",
                "1.0.0",
                "auto");
        failing(
                FAILED + "; still trying it: the network refuses <version> (min <version>)",
                "1.1.0",
                "auto");
        failing(FAILED + "; still trying it: upgrade.rollback is \"never\"", "1.0.0", "never");
        checks.add(
                "<program> failed on the version before as well (<why>), so <version> is not to"
                        + " blame; it is tried again in <time>",
                row -> {
                    Path broken = scene.home().resolve("broken");
                    String old = "test ! -e " + broken + " || exit 7; " + LIVES;
                    String next = "touch " + broken + "; exit 7";
                    try (Network network = network();
                            Visor visor =
                                    wrap(
                                            network,
                                            version -> version.equals("1.0.0") ? old : next,
                                            "health-window: 1s")) {
                        visor.awaitErr("lavap 1.0.0 is committed");
                        network.propose("1.0.0", "1.1.0");
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
        checks.logs(
                FAILED + "; still trying it: there is no older version",
                () -> wrap(scene.network, _ -> DIES, ""));
    }

    /// What is said when a release dies that is offered to a wrap of 1.0.0.
    private void failing(String message, String min, String rollback) {
        checks.add(
                message,
                row -> {
                    String upgrade = "health-window: 1s, rollback: " + rollback;
                    try (Network network = network();
                            Visor visor =
                                    wrap(
                                            network,
                                            version -> version.equals("1.0.0") ? LIVES : DIES,
                                            upgrade)) {
                        visor.awaitErr("lavap 1.0.0 is committed");
                        network.propose(min, "1.1.0");
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
    }

    private void addActive() {
        restarted("<file> was changed: its sha256 is <digest> but was <digest>", RunErrors::change);
        restarted(
                "<directory> has no manifest that can be read",
                binary -> {
                    Files.writeString(binary.resolveSibling("manifest.json"), "{");
                    Files.setLastModifiedTime(binary, FileTime.fromMillis(0));
                });
        checks.add(
                "cannot run <program> <version>: <file> was changed: its sha256 is <digest> but was"
                        + " <digest>",
                row -> {
                    Path home = scene.home();
                    Path binary = put(home);
                    try (Visor first = keep(home)) {
                        first.awaitErr("runs as pid");
                    }
                    change(binary);
                    try (Visor second = keep(home)) {
                        ErrorChecks.assertLogged(row, second);
                    }
                });
    }

    private void addSwitch() {
        checks.add(
                "cannot switch <program> to <version>: <why>; keeping <version>, next try in"
                        + " <time>",
                row -> {
                    Path home =
                            scene.home("programs: {lavap: {upgrade: {health-window: 100ms}}}\n");
                    ErrorScene.give(home.resolve(".lavavisor"));
                    try (Network network = network();
                            Visor visor =
                                    scene.startAsOther(
                                            network.wrap(
                                                    home,
                                                    network.devnet.rpcUrl(),
                                                    "--instance",
                                                    "w"))) {
                        visor.awaitErr("lavap 1.0.0 is committed");
                        ErrorScene.closed(home.resolve(".lavavisor/instances/w/bin"));
                        network.propose("1.0.0", "1.1.0");
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
    }

    /// What is said when a command is started again whose binary was harmed meanwhile.
    private void restarted(String why, ErrorScene.Harm harm) {
        checks.add(
                "cannot start <service>: " + why,
                row -> {
                    Path home = scene.home();
                    Path binary = put(home);
                    try (Visor visor = keep(home)) {
                        String pid = visor.awaitErr("runs as pid (\\d+)").group(1);
                        harm.to(binary);
                        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
    }

    /// Wraps what is in its place, and fetches nothing.
    private Visor keep(Path home) {
        return scene.place.start(
                scene.network.flags(home, scene.network.devnet.rpcUrl(), "wrap", "--cmd", COMMAND));
    }

    private static Path put(Path home) throws IOException {
        return ErrorScene.put(home, script("1.0.0", LIVES));
    }

    private static void change(Path binary) throws IOException {
        Files.delete(binary);
        Files.writeString(binary, "something else");
    }

    /// One visor with all the services that do not do well.
    private final class Services {

        private final List<String> mappings = new ArrayList<>();
        private @Nullable Visor visor;

        void add(String message, String mapping) {
            mappings.add("{name: s" + mappings.size() + ", " + mapping + "}");
            checks.add(message, row -> ErrorChecks.assertLogged(row, visor()));
        }

        private synchronized Visor visor() throws IOException {
            if (visor == null) {
                Path home = scene.home("services: [" + String.join(", ", mappings) + "]\n");
                write(home, "text", "no script", "rw-r--r--");
                write(home, "script", "#!/none/sh\n", "rwxr-xr-x");
                write(home, "elf", "\u007fELF", "rwxr-xr-x");
                Files.createDirectories(home.resolve(".lavavisor/services/logs/loud.log"));
                visor =
                        scene.keep(
                                scene.place.start(
                                        scene.network.flags(
                                                home, scene.network.devnet.rpcUrl(), "start")));
            }
            return visor;
        }
    }

    private static void write(Path home, String name, String text, String permissions)
            throws IOException {
        Path file = home.resolve(".lavavisor").resolve(name);
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        ErrorScene.allow(file, permissions);
    }

    private void cannotStart(String why, String mapping) {
        services.add("cannot start <service>: " + why, mapping + ", restart: {mode: no}");
    }

    private void addStarts() {
        cannotStart("no <word> on PATH", "command: lavad --serve");
        cannotStart("<file> is not there", "command: ./none");
        cannotStart("<file> is a directory", "command: ./services");
        cannotStart("<file> may not be executed", "command: ./text");
        cannotStart("<file> needs an interpreter that is not there", "command: ./script");
        cannotStart("<file> is no program for this machine", "command: ./elf");
        cannotStart(
                "its working directory <directory> is not there",
                "command: sleep 1000, working-directory: none");
        services.mappings.add(
                "{name: loud, command: \"sh -c 'echo x; exec sleep 1000'\", restart: {mode: no}}");
        checks.add(
                "cannot write <log>: <why>; what its service prints is dropped until it can be"
                        + " written again",
                row -> ErrorChecks.assertLogged(row, services.visor()));
    }

    private void addEnds() {
        String exits = "command: sh -c 'exit 3'";
        services.add("<service> exited: code <n> after <time>", exits);
        services.add("<service> starts again in <time> (attempt <n>)", exits);
        services.add("<service> is given up: it exited: code <n>", exits + ", restart: {mode: no}");
        services.add(
                "<service> is given up: it exited: code <n>, and never-on has <condition>",
                exits + ", restart: {never-on: [3]}");
        services.add(
                "<service> is given up: it could not be started: <why>",
                "command: ./none, restart: {mode: no}");
        services.add(
                "<service> is given up: restarted <how often> within <time>; it exited: code <n>",
                exits + ", restart: {delay: 1ms, limit: 1/10m}");
    }

    private void addStop() {
        checks.add(
                "<service> (pid <pid>) did not end within <time>: SIGKILL",
                row -> {
                    Path home =
                            scene.home(
                                    """
                                    services:
                                      - name: deaf
                                        command: sh -c 'trap "" TERM; echo deaf; sleep 1000'
                                        stop: {grace: 100ms}
                                    """);
                    Path log = home.resolve(".lavavisor/services/logs/deaf.log");
                    try (Visor visor =
                            scene.place.start(
                                    scene.network.flags(
                                            home, scene.network.devnet.rpcUrl(), "start"))) {
                        await().until(() -> Files.exists(log) && Files.size(log) > 0);
                        visor.signal("TERM");
                        assertThat(visor.end().err()).containsPattern(row.pattern());
                        assertThat(row.exit()).isEqualTo(Row.GOES_ON);
                    }
                });
    }
}
