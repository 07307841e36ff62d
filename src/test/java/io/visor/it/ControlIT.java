package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.api.ControlClient;
import io.visor.api.InstanceStatus;
import io.visor.api.ServiceStatus;
import io.visor.it.Visor.Result;
import io.visor.json.Json;
import io.visor.model.ServiceName;
import io.visor.time.Clock;
import io.visor.time.SystemScheduler;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
final class ControlIT extends OnDevnet {

    private static final String TWO_SERVICES =
            """
            programs: {lavap: {upgrade: {health-window: 300ms}}}
            services:
              - {name: a, command: sleep 1000}
              - {name: b, command: sleep 1000}
            """;

    private static final ServiceName A = new ServiceName("a");
    private static final ServiceName B = new ServiceName("b");

    private Visor startVisor(Path home) {
        Visor visor = start(home, "start");
        visor.awaitErr("visor|runs as pid|chain");
        awaitAnswers(home, "start");
        return visor;
    }

    private static ControlClient client(Path home, String instance) {
        Clock clock = new SystemScheduler((_, failure) -> failure.printStackTrace()).clock();
        return new ControlClient(home.resolve(".lavavisor/instances").resolve(instance), clock);
    }

    private static void awaitAnswers(Path home, String instance) {
        ControlClient client = client(home, instance);
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        client.isAnswered()
                                && client.status().phase() == InstanceStatus.Phase.RUNNING);
    }

    private Result run(Path home, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--directory", home.toString()));
        return place.run(all.toArray(String[]::new));
    }

    private static void awaitRunning(ControlClient client, ServiceName name) {
        await().until(() -> client.service(name).state().equals("running"));
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    @Test
    void servicesAreListedStoppedStartedAndRestarted() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        try (Visor visor = startVisor(home)) {
            ControlClient client = client(home, "start");
            awaitRunning(client, A);
            awaitRunning(client, B);
            long first = pid(client, A);

            Result list = run(home, "service", "list");
            assertThat(list.code()).isZero();
            assertThat(list.out())
                    .contains("SERVICE  BACKEND  STATE    PID")
                    .containsPattern("a +process  running +" + first)
                    .doesNotContain("\u001b");
            Json json = Json.parse(run(home, "service", "list", "-o", "json").out());
            assertThat(json.integer("total")).isEqualTo(2);
            assertThat(json.items("items").getFirst().string("wanted")).isEqualTo("up");

            Result restart = run(home, "service", "restart", "a");
            assertThat(restart.code()).isZero();
            long second = pid(client, A);
            assertThat(second).isNotEqualTo(first);
            assertThat(isAlive(first)).isFalse();
            assertThat(restart.out())
                    .matches("a runs as pid " + second + ", was down for [0-9.]+m?s\n");

            Result stop = run(home, "service", "stop", "a", "b");
            assertThat(stop.out()).isEqualTo("a is stopped (SIGTERM)\nb is stopped (SIGTERM)\n");
            assertThat(isAlive(second)).isFalse();
            assertThat(client.service(A).wanted()).isEqualTo(ServiceStatus.Wanted.DOWN);

            assertThat(run(home, "service", "start", "a").out()).matches("a runs as pid \\d+\n");
            assertThat(client.service(A).restarts()).isZero();

            Json status = Json.parse(run(home, "status", "-o", "json").out());
            assertThat(status.string("chain", "chainId")).isEqualTo("lava");
            assertThat(status.integer("chain", "latest", "height")).isPositive();
            assertThat(status.items("programs").getFirst().string("name")).isEqualTo("lavap");
            assertThat(status.items("services")).hasSize(2);
            assertThat(run(home, "status").out())
                    .contains("lava   height ")
                    .contains("PROGRAM  RUNNING")
                    .contains("a        process  running");
            assertThat(run(home, "service", "status", "b").out())
                    .startsWith("b\n  state        stopped\n  wanted       down\n")
                    .contains("last exit    SIGTERM after");
            assertThat(visor.isAlive()).isTrue();
        }
    }

    @Test
    void aStartThatSomebodyAskedForIsNoRestart() throws Exception {
        Path home =
                network.home(
                        "home",
                        """
                        services:
                          - {name: a, command: "sh -c 'exit 3'", restart: no}
                        """);
        try (Visor visor = startVisor(home)) {
            ControlClient client = client(home, "start");
            await().until(() -> client.service(A).state().equals("failed"));
            run(home, "service", "restart", "a");
            visor.awaitErr("(?s)a is given up.*a is given up");
            assertThat(client.service(A).restarts()).isZero();
        }
    }

    /// Only ends that visor had not asked for were counted once, and it asks an unhealthy process.
    @Test
    void aRestartForAFailedCheckIsCounted() throws Exception {
        Path home =
                network.home(
                        "home",
                        """
                        services:
                          - name: a
                            command: sleep 1000
                            restart: {delay: 10ms}
                            health: {liveness: {exec: "false", every: 100ms, failures: 1}}
                        """);
        try (Visor visor = startVisor(home)) {
            ControlClient client = client(home, "start");
            await().until(() -> client.service(A).restarts() > 1);
            assertThat(visor.isAlive()).isTrue();
        }
    }

    @Test
    void whatIsWantedOutlivesVisor() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        long pid;
        try (Visor visor = startVisor(home)) {
            ControlClient client = client(home, "start");
            awaitRunning(client, A);
            assertThat(run(home, "service", "stop", "a").code()).isZero();
            awaitRunning(client, B);
            pid = pid(client, B);
            visor.signal("KILL");
            visor.end();
            assertThat(home.resolve(".lavavisor/instances/start/control.sock")).exists();
            Result nobody = run(home, "service", "list");
            assertThat(nobody.code()).isEqualTo(3);
        }
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        for (int i = 0; i < 2; i++) {
            try (Visor visor = startVisor(home)) {
                ControlClient client = client(home, "start");
                awaitRunning(client, B);
                assertThat(client.service(A).state()).isEqualTo("stopped");
                assertThat(client.service(A).pid()).isNull();
                visor.signal("TERM");
                assertThat(visor.end().code()).isZero();
            }
        }
        try (Visor _ = startVisor(home)) {
            assertThat(run(home, "service", "start", "a").code()).isZero();
        }
        try (Visor _ = startVisor(home)) {
            awaitRunning(client(home, "start"), A);
        }
    }

    @Test
    void nobodyAnswersWhereNoVisorRuns() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        for (String[] command :
                new String[][] {
                    {"status"}, {"service", "list"}, {"service", "stop", "a"},
                }) {
            Result result = run(home, command);
            assertThat(result.code()).isEqualTo(3);
            assertThat(result.err())
                    .matches(
                            "cannot [a-z ]+: no visor runs on "
                                    + home
                                    + "/.lavavisor; start one with visor start\n");
        }
    }

    @Test
    void anUnknownServiceIsRefusedAndNothingHappens() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        try (Visor _ = startVisor(home)) {
            ControlClient client = client(home, "start");
            awaitRunning(client, A);
            long pid = pid(client, A);
            Result result = run(home, "service", "restart", "a", "bb");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .isEqualTo(
                            "cannot restart services: \"bb\" is no service here; did you mean"
                                    + " \"b\"? known: a, b\n");
            assertThat(pid(client, A)).isEqualTo(pid);
        }
    }

    @Test
    void theSocketIsTheUsersAloneAndGoneInTheEnd() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        Path socket = home.resolve(".lavavisor/instances/start/control.sock");
        Files.createDirectories(socket.getParent());
        Files.writeString(socket, "left behind");
        try (Visor visor = startVisor(home)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void aSocketThatCouldNotBeMadeIsMadeWhenItCan() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        Path socket = home.resolve(".lavavisor/instances/start/control.sock");
        Path file = Files.createFile(Files.createDirectories(socket).resolve("file"));
        try (Visor visor = start(home, "start")) {
            visor.awaitErr("cannot listen on .*control.sock");
            Files.delete(file);
            Files.delete(socket);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> run(home, "service", "list").code() == 0);
            assertThat(visor.err()).containsOnlyOnce("cannot listen on");
        }
    }

    @Test
    void aHomeWhosePathIsTooLongForASocketIsReached() throws Exception {
        Path home = network.home("x".repeat(150), TWO_SERVICES);
        try (Visor visor = startVisor(home)) {
            assertThat(run(home, "service", "list").code()).isZero();
            assertThat(visor.err()).doesNotContain("control.sock");
        }
    }

    @Test
    void twoInstancesOfAHomeAreToldApart() throws Exception {
        Path home = network.home("home");
        String[] one = network.wrap(home, network.devnet.rpcUrl(), "--instance", "one");
        String[] two = network.wrap(home, network.devnet.rpcUrl(), "--instance", "two");
        try (Visor first = place.start(one)) {
            first.awaitErr("lavap 1.0.0 is committed");
            awaitAnswers(home, "one");
            assertThat(run(home, "service", "list").out()).contains("lavap  ");
            try (Visor _ = place.start(two)) {
                awaitAnswers(home, "two");
                Result both = run(home, "status");
                assertThat(both.code()).isEqualTo(2);
                assertThat(both.err())
                        .contains("2 instances run on")
                        .contains("name one with --instance: one, two");
                assertThat(run(home, "status", "--instance", "two").code()).isZero();
                Result none = run(home, "status", "--instance", "three");
                assertThat(none.code()).isEqualTo(3);
                assertThat(none.err()).contains("no visor runs as three").contains("one, two");
            }
            assertThat(run(home, "service", "restart", "lavap").out())
                    .contains("lavap runs as pid");
            assertThat(run(home, "service", "stop", "lavap").code()).isZero();
            assertThat(first.isAlive()).as("a wrap whose child was stopped").isTrue();
        }
    }

    @Test
    void noRestartWhileItsProgramIsBeingUpgradedButAStopIsRemembered() throws Exception {
        Path home = network.home("home", "programs: {lavap: {upgrade: {health-window: 1m}}}\n");
        try (Visor visor = wrap(home, "--instance", "w")) {
            visor.awaitErr("runs as pid");
            awaitAnswers(home, "w");
            Result restart = run(home, "service", "restart", "lavap");
            assertThat(restart.code()).isEqualTo(1);
            assertThat(restart.err())
                    .contains("cannot restart lavap: lavap is being upgraded (watching)");
            assertThat(run(home, "service", "stop", "lavap").code()).isZero();
            assertThat(client(home, "w").service(new ServiceName("lavap")).wanted())
                    .isEqualTo(ServiceStatus.Wanted.DOWN);
        }
    }

    @Test
    void twoHundredClientsAtOnceAreAllAnsweredWhileSlowOnesWait() throws Exception {
        Path home = network.home("home", TWO_SERVICES);
        try (Visor _ = startVisor(home);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ControlClient client = client(home, "start");
            awaitRunning(client, A);
            long pid = pid(client, A);
            UnixDomainSocketAddress socket =
                    UnixDomainSocketAddress.of(
                            home.resolve(".lavavisor/instances/start/control.sock"));
            List<SocketChannel> slow = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(socket);
                channel.write(ByteBuffer.wrap("GET /api".getBytes(StandardCharsets.US_ASCII)));
                slow.add(channel);
            }
            Callable<ServiceStatus> question = () -> client.service(A);
            List<Future<ServiceStatus>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(threads.submit(question));
            }
            for (Future<ServiceStatus> answer : answers) {
                assertThat(answer.get().pid()).isEqualTo(pid);
            }
            for (SocketChannel channel : slow) {
                String refusal =
                        new String(
                                Channels.newInputStream(channel).readAllBytes(),
                                StandardCharsets.UTF_8);
                assertThat(refusal)
                        .startsWith("HTTP/1.1 408 ")
                        .contains("the request did not come within 10s");
                channel.close();
            }
            assertThat(pid(client, A)).isEqualTo(pid);
        }
    }

    private static long pid(ControlClient client, ServiceName name) throws InterruptedException {
        return Objects.requireNonNull(client.service(name).pid(), name.text());
    }
}
