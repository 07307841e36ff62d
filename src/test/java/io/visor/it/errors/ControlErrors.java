package io.visor.it.errors;

import static org.awaitility.Awaitility.await;

import io.visor.api.ControlClient;
import io.visor.it.Visor;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Messages of the commands that ask a running visor: `status` and `service`.
final class ControlErrors {

    private static final String DO = "cannot <do>: ";
    private static final String ACT = "cannot <do> <service>: ";

    private static final String OF_PROGRAM =
            "services: [{name: consumer, program: lavap, command: lavap rpcconsumer x.yml}]\n";

    /// It does not end when it is asked to.
    static final String DEAF =
            """
            services:
              - {name: deaf, command: "sh -c 'trap \\"\\" TERM; echo up; sleep 1000'"}
            """;

    private static final String FAILING =
            DEAF
                    + """
                      - {name: a, command: sleep 1000}
                      - {name: ab, command: ./none}
                      - {name: broken, command: ./none, restart: {mode: no}}
                      - {name: down, command: sleep 1000}
                      - {name: patient, command: sleep 1000, after: [{service: ab}]}
                      - {name: hopeless, command: sleep 1000, after: [{service: broken}]}
                      - {name: orphan, command: sleep 1000, after: [{service: down}]}
                    """;

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final Asked asked = new Asked();

    ControlErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addSlow();
        addFlags();
        addNobody();
        addUnknown();
        addAnswers();
        addServices();
        addWaiting();
        addNotNow();
    }

    private static String[] on(Path home, String... words) {
        return Visor.words(new String[] {"--directory", home.toString()}, words);
    }

    private static Path folder(Path home, String instance) {
        return home.resolve(".lavavisor/instances").resolve(instance);
    }

    /// Waits until a visor answers.
    private static void awaitAnswer(Path home, String instance) {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        ControlClient client = new ControlClient(folder(home, instance), scheduler.clock());
        await().atMost(Duration.ofSeconds(30)).until(client::isAnswered);
    }

    private void addSlow() {
        checks.endsLate(
                DO + "visor did not answer within <time>; see its log",
                () -> received(ControlErrors::ignore, "list"));
    }

    private void addFlags() {
        checks.ends(
                "cannot understand --timeout: \"<value>\" is no duration up to 10m; write 30s or"
                        + " 2m",
                () -> scene.run(on(scene.home(), "service", "stop", "a", "--timeout", "1h")));
        checks.ends(
                "cannot understand the command line: \"<name>\" is no name of a service: <rule>",
                () -> scene.run(on(scene.home(), "service", "stop", "a/b")));
    }

    private void addNobody() {
        checks.ends(
                DO + "no visor runs on <home>; start one with visor start",
                () -> scene.run(on(scene.home(), "status")));
        checks.ends(
                DO + "no visor runs as <instance> on <home>; start one with visor start",
                () -> scene.run(on(scene.home(), "status", "--instance", "w")));
        checks.ends(
                DO + "no visor runs as <instance> on <home>; running: <names>",
                () -> scene.run(on(asked.home(), "status", "--instance", "w")));
        checks.ends(
                DO + "<n> instances run on <home>; name one with --instance: <names>",
                () -> {
                    Path home = scene.home();
                    try (Visor _ = wrap(home, "one");
                            Visor _ = wrap(home, "two")) {
                        awaitAnswer(home, "one");
                        awaitAnswer(home, "two");
                        return scene.run(on(home, "status"));
                    }
                });
    }

    private Visor wrap(Path home, String instance) {
        return scene.place.start(
                scene.network.wrap(home, scene.network.devnet.rpcUrl(), "--instance", instance));
    }

    /// A visor that is asked again and again.
    private final class Asked {

        private @Nullable Path home;

        synchronized Path home() throws IOException {
            Path asked = home;
            if (asked == null) {
                asked = scene.home(FAILING);
                Visor visor =
                        scene.keep(
                                scene.place.start(
                                        scene.network.flags(
                                                asked, scene.network.devnet.rpcUrl(), "start")));
                visor.awaitErr("broken is given up");
                awaitAnswer(asked, "start");
                awaitDeaf(asked);
                home = asked;
            }
            return asked;
        }
    }

    private void act(String message, String... words) {
        checks.ends(message, () -> scene.run(on(asked.home(), Visor.words(words, "service"))));
    }

    private void addUnknown() {
        act(DO + "\"<name>\" is no service here; known: <names>", "stop", "postgres");
        act(
                DO + "\"<name>\" is no service here; did you mean \"<name>\"? known: <names>",
                "stop",
                "brokn");
        checks.ends(
                DO + "\"<name>\" is no service here; there are none",
                () -> {
                    Path home = scene.home("");
                    try (Visor _ = start(home, scene.network.devnet.rpcUrl())) {
                        awaitAnswer(home, "start");
                        return scene.run(on(home, "service", "stop", "a"));
                    }
                });
    }

    private Visor start(Path home, String node) {
        return scene.place.start(scene.network.flags(home, node, "start"));
    }

    /// What is done with somebody who has connected.
    @FunctionalInterface
    private interface Reception {
        void of(SocketChannel channel) throws IOException;
    }

    /// Asks a socket that answers as no visor does.
    private Visor.Result answered(String answer, String... command) throws IOException {
        Reception reception =
                channel -> {
                    // Nothing comes of a question whether anybody is there.
                    if (channel.read(ByteBuffer.allocate(8192)) > 0) {
                        channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
                    }
                };
        return received(reception, command);
    }

    private Visor.Result received(Reception reception, String... command) throws IOException {
        Path home = scene.home();
        try (ServerSocketChannel _ = listen(home, reception)) {
            return scene.run(on(home, Visor.words(command, "service")));
        }
    }

    private static ServerSocketChannel listen(Path home, Reception reception) throws IOException {
        Path socket = Files.createDirectories(folder(home, "start")).resolve("control.sock");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread unused = Thread.ofPlatform().daemon().start(() -> serve(server, reception));
        return server;
    }

    private static void serve(ServerSocketChannel server, Reception reception) {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                reception.of(channel);
            } catch (IOException e) {
                // The client is gone, or the test is over.
                continue;
            }
        }
    }

    /// Listens and says nothing, until the other one hangs up.
    private static void ignore(SocketChannel channel) throws IOException {
        while (channel.read(ByteBuffer.allocate(8192)) >= 0) {
            continue;
        }
    }

    private void addAnswers() {
        checks.ends(
                DO + "visor hung up before it had answered; see its log",
                () -> answered("", "list"));
        checks.ends(
                DO + "visor hung up: <reason>; see its log",
                () -> received(SocketChannel::close, "list"));
        checks.ends(
                DO + "what listens there speaks no HTTP/1.1",
                () -> answered("220 ready\r\nContent-Length: 0\r\n\r\n", "list"));
        checks.ends(
                DO + "visor answers with <what is wrong>",
                () -> answered("HTTP/1.1 200 OK\n\n", "list"));
        checks.ends(
                DO
                        + "visor's answer is not understood: <reason>; use the visor of the same"
                        + " version as the one that runs",
                () -> answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "list"));
        checks.ends(
                DO
                        + "<socket> belongs to user <user>: permission denied for user <user>; run"
                        + " this as <user>",
                () -> {
                    Path home = scene.home();
                    try (ServerSocketChannel _ = listen(home, ControlErrors::ignore)) {
                        ErrorScene.allow(
                                folder(home, "start").resolve("control.sock"), "---------");
                        return scene.runAsOther(on(home, "service", "list"));
                    }
                });
    }

    private void addServices() {
        act(ACT + "it failed: <why>; see its output", "start", "broken");
        act(ACT + "it <why>; visor tries again by itself", "start", "ab");
        act(
                ACT + "it is still <state> as pid <pid> after <time>; visor goes on with it",
                "stop",
                "deaf",
                "--timeout",
                "100ms");
    }

    private void addWaiting() {
        act(
                ACT + "it waits until <what>, still after <time>; visor goes on with it",
                "start",
                "patient",
                "--timeout",
                "100ms");
        act(
                ACT + "it waits until <what>; <service> has failed: <why>; see to that first",
                "start",
                "hopeless");
        checks.ends(
                ACT
                        + "it waits until <what>; <service> was stopped and is wanted down; see to"
                        + " that first",
                () -> {
                    Visor.Result unused = scene.run(on(asked.home(), "service", "stop", "down"));
                    return scene.run(on(asked.home(), "service", "restart", "orphan"));
                });
        checks.ends(
                ACT
                        + "a later command has it <stopped, started or restarted>; see visor"
                        + " service status",
                () -> {
                    Path home = scene.home(DEAF);
                    try (Visor visor = start(home, scene.network.devnet.rpcUrl())) {
                        awaitDeaf(home);
                        awaitAnswer(home, "start");
                        try (Visor stop = scene.place.start(on(home, "service", "stop", "deaf"))) {
                            visor.awaitErr("stopping deaf");
                            Visor.Result unused =
                                    scene.run(
                                            on(
                                                    home,
                                                    "service",
                                                    "restart",
                                                    "deaf",
                                                    "--timeout",
                                                    "1ms"));
                            return stop.end();
                        }
                    }
                });
    }

    private void addNotNow() {
        checks.ends(
                ACT
                        + "<program> is being upgraded (<state>); try again when visor status says"
                        + " that it is over",
                () -> {
                    Path home = scene.home("programs: {lavap: {upgrade: {health-window: 1m}}}\n");
                    try (Visor visor = wrap(home, "w")) {
                        visor.awaitErr("runs as pid");
                        return restart(home, "w", "lavap");
                    }
                });
        checks.ends(
                ACT + "no version of <program> is here yet; visor status says what it waits for",
                () -> {
                    Path home = scene.home(OF_PROGRAM);
                    try (Visor visor = start(home, scene.network.devnet.rpcUrl())) {
                        visor.awaitErr("nothing runs yet, next try in");
                        return restart(home, "start", "consumer");
                    }
                });
        checks.ends(
                ACT
                        + "visor has not started its services yet: it waits for the chain; try"
                        + " again in a few seconds",
                () -> {
                    Path home = scene.home(OF_PROGRAM);
                    try (Visor _ = start(home, scene.fake.serve(scene.fake.silence()))) {
                        return restart(home, "start", "consumer");
                    }
                });
        checks.ends(
                ACT + "visor is being stopped; start it again",
                () -> {
                    Path home = scene.home(DEAF);
                    try (Visor visor = start(home, scene.network.devnet.rpcUrl())) {
                        awaitDeaf(home);
                        visor.signal("TERM");
                        visor.awaitErr("stopping deaf");
                        return restart(home, "start", "deaf");
                    }
                });
    }

    private Visor.Result restart(Path home, String instance, String service) {
        awaitAnswer(home, instance);
        return scene.run(on(home, "service", "restart", service));
    }

    static void awaitDeaf(Path home) {
        Path log = home.resolve(".lavavisor/services/logs/deaf.log");
        await().until(() -> Files.exists(log) && Files.size(log) > 0);
    }
}
