package io.visor.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.visor.model.HealthSpec;
import io.visor.model.OutputPattern;
import io.visor.model.ProcessSpec;
import io.visor.model.VisorException;
import io.visor.net.GrpcClient.Bytes;
import io.visor.net.Http;
import io.visor.net.Proxies;
import io.visor.process.ChildTable;
import io.visor.process.ShortCommand;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The probers against real servers and commands.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ProbersTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Answer GOOD = new Answer.Good();

    private final SystemScheduler scheduler = new SystemScheduler((_, _) -> {});
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose.reversed()) {
            closeable.close();
        }
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        toClose.add(closeable);
        return closeable;
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /// A port where nobody listens.
    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(loopback());
            return socket.getLocalPort();
        }
    }

    /// A server that takes connections and never says anything.
    private int silentPort() throws IOException {
        ServerSocket socket = closing(new ServerSocket());
        socket.bind(loopback());
        return socket.getLocalPort();
    }

    private static Answer bad(String why) {
        return new Answer.Bad(why);
    }

    // http

    private final Map<String, String> received = new ConcurrentHashMap<>();

    /// Answers `/<status>`, `/to/<status>?<location>` and `/big`.
    private String webServer() throws IOException {
        HttpServer server = HttpServer.create(loopback(), 0);
        server.createContext(
                "/",
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    exchange.getRequestHeaders()
                            .forEach((name, values) -> received.put(name, values.getFirst()));
                    byte[] body =
                            ("{\"path\": \"" + path + "\"}\n").getBytes(StandardCharsets.UTF_8);
                    int status = 200;
                    if (path.startsWith("/to/")) {
                        status = Integer.parseInt(path.substring(4));
                        exchange.getResponseHeaders()
                                .set("Location", exchange.getRequestURI().getQuery());
                    } else if (path.equals("/big")) {
                        body =
                                ("x".repeat((1 << 20) - 4) + "in\nout")
                                        .getBytes(StandardCharsets.UTF_8);
                    } else {
                        status = Integer.parseInt(path.substring(1));
                    }
                    boolean empty = status == 204 || status == 304;
                    exchange.sendResponseHeaders(status, empty ? -1 : body.length);
                    try (OutputStream out = exchange.getResponseBody()) {
                        if (!empty) {
                            out.write(body);
                        }
                    } catch (IOException e) {
                        // The other side has read enough.
                        exchange.close();
                    }
                    exchange.close();
                });
        server.start();
        toClose.add(() -> server.stop(0));
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Answer http(String url, @Nullable Integer status, @Nullable String body) {
        return http(url, status, body, LIMIT);
    }

    private Answer http(
            String url, @Nullable Integer status, @Nullable String body, Duration limit) {
        Http.Limits none = new Http.Limits(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        Http client = closing(new Http(new Proxies(Map.of()), none, "visor/test"));
        HealthSpec.Http probe =
                new HealthSpec.Http(
                        URI.create(url), status, body == null ? null : new OutputPattern(body));
        return new HttpProber(probe, () -> client, scheduler.clock()).ask(limit);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 299, 304, 399})
    void aStatusFrom200To399IsGood(int status) throws IOException {
        assertThat(http(webServer() + "/" + status, null, null)).isEqualTo(GOOD);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 500, 503})
    void anyOtherStatusIsBad(int status) throws IOException {
        String url = webServer() + "/" + status;
        assertThat(http(url, null, null)).isEqualTo(bad(url + " answered " + status));
    }

    @Test
    void theStatusThatIsAskedForIsTheOnlyGoodOne() throws IOException {
        String base = webServer();
        assertThat(http(base + "/503", 503, null)).isEqualTo(GOOD);
        assertThat(http(base + "/200", 503, null))
                .isEqualTo(bad(base + "/200 answered 200, not 503"));
    }

    @Test
    void theBodyIsLookedAt() throws IOException {
        String base = webServer();
        assertThat(http(base + "/200", null, "\"path\": *\"/200\"")).isEqualTo(GOOD);
        assertThat(http(base + "/404", 404, "^\\{.*\\}$")).isEqualTo(GOOD);
        assertThat(http(base + "/200", null, "ok"))
                .isEqualTo(bad(base + "/200 answered 200, but nothing in its body matches \"ok\""));
    }

    @Test
    void theFirstMegabyteOfTheBodyIsLookedAt() throws IOException {
        String base = webServer();
        assertThat(http(base + "/big", null, "xin$")).isEqualTo(GOOD);
        assertThat(http(base + "/big", null, "out")).isNotEqualTo(GOOD);
        assertThat(http(base + "/big", null, null)).as("a long answer is fine").isEqualTo(GOOD);
    }

    @Test
    void redirectsAreFollowedOnTheSameHostOnly() throws IOException {
        String base = webServer();
        String other = webServer();
        assertThat(http(base + "/to/302?/204", null, null)).isEqualTo(GOOD);
        assertThat(http(base + "/to/301?/503", null, null))
                .isEqualTo(bad(base + "/503 answered 503"));
        assertThat(http(base + "/to/302?" + other + "/500", null, null))
                .as("another port of the same host is followed, as a kubelet does")
                .isEqualTo(bad(other + "/500 answered 500"));
        assertThat(http(base + "/to/302?http://elsewhere.invalid/", null, null))
                .as("another host is not asked")
                .isEqualTo(GOOD);
        assertThat(http(base + "/to/302?http://else%20where", null, null)).isEqualTo(GOOD);
        assertThat(http(base + "/to/302?/503", 302, null)).isEqualTo(GOOD);
    }

    @Test
    void redirectsWithoutEndAreBad() throws IOException {
        String base = webServer();
        String url = base + "/to/302?/to/302";
        HttpServer loop = HttpServer.create(loopback(), 0);
        loop.createContext(
                "/",
                exchange -> {
                    exchange.getResponseHeaders().set("Location", "/");
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
        loop.start();
        toClose.add(() -> loop.stop(0));
        String around = "http://127.0.0.1:" + loop.getAddress().getPort() + "/";
        assertThat(http(around, null, null))
                .isEqualTo(bad(around + " redirects more than 10 times"));
        assertThat(http(url, null, null)).isNotEqualTo(GOOD);
    }

    @Test
    void aUserIsSentAndNotShown() throws IOException {
        String url = webServer().replace("http://", "http://u:hunter2@") + "/500?token=hunter2";
        Answer answer = http(url, null, null);
        assertThat(answer.toString()).doesNotContain("hunter2").contains("answered 500");
        assertThat(received).containsEntry("Authorization", "Basic dTpodW50ZXIy");
        assertThat(received).containsEntry("Connection", "close");
    }

    @Test
    void whoRefusesConnectionsSaysSo() throws IOException {
        String url = "http://127.0.0.1:" + closedPort() + "/health";
        assertThat(http(url, null, null)).isEqualTo(bad(url + " refuses connections"));
    }

    @Test
    void whoIsSilentIsLate() throws IOException {
        String url = "http://127.0.0.1:" + silentPort() + "/health";
        assertThat(http(url, null, null, SHORT)).isEqualTo(bad(url + ": no answer within 300ms"));
    }

    @Test
    void aBodyThatTricklesIsLate() throws Exception {
        ServerSocket server = closing(new ServerSocket());
        server.bind(loopback());
        scheduler.start(
                "trickle",
                () -> {
                    try (Socket socket = server.accept()) {
                        OutputStream out = socket.getOutputStream();
                        out.write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                        while (true) {
                            out.write('x');
                            out.flush();
                            scheduler.clock().sleep(Duration.ofMillis(20));
                        }
                    } catch (IOException e) {
                        // The other side has given up, which is what is wanted.
                        return;
                    }
                });
        String url = "http://127.0.0.1:" + server.getLocalPort() + "/";
        assertThat(http(url, null, "ok", SHORT)).isEqualTo(bad(url + ": no answer within 300ms"));
    }

    // tcp

    private static Answer tcp(String host, int port, Duration limit) {
        return new TcpProber(new HealthSpec.Tcp(host, port)).ask(limit);
    }

    @Test
    void aPortThatListensIsGood() throws IOException {
        assertThat(tcp("127.0.0.1", silentPort(), LIMIT)).isEqualTo(GOOD);
        assertThat(tcp("localhost", silentPort(), LIMIT)).isEqualTo(GOOD);
    }

    @Test
    void aPortThatDoesNotIsBad() throws IOException {
        int port = closedPort();
        assertThat(tcp("127.0.0.1", port, LIMIT))
                .isEqualTo(bad("127.0.0.1:" + port + " refuses connections"));
    }

    @Test
    void aFullQueueIsLate() throws IOException {
        ServerSocket server = closing(new ServerSocket());
        server.bind(loopback(), 1);
        Answer answer = GOOD;
        for (int i = 0; i < 20 && answer.equals(GOOD); i++) {
            Socket socket = closing(new Socket());
            try {
                socket.connect(server.getLocalSocketAddress(), 200);
            } catch (IOException e) {
                answer = tcp("127.0.0.1", server.getLocalPort(), SHORT);
            }
        }
        assertThat(answer)
                .isEqualTo(bad("127.0.0.1:" + server.getLocalPort() + ": no answer within 300ms"));
    }

    @Test
    void anUnknownHostIsBad() {
        assertThat(tcp("nowhere.invalid", 1, LIMIT))
                .isEqualTo(bad("nowhere.invalid:1: the host is unknown"));
    }

    // grpc

    private static final MethodDescriptor<byte[], byte[]> CHECK =
            MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("grpc.health.v1.Health/Check")
                    .setRequestMarshaller(Bytes.MARSHALLER)
                    .setResponseMarshaller(Bytes.MARSHALLER)
                    .build();

    private final List<byte[]> requests = new CopyOnWriteArrayList<>();

    private int grpcServer(byte @Nullable [] answer) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(loopback()).directExecutor();
        builder.addService(
                ServerServiceDefinition.builder("grpc.health.v1.Health")
                        .addMethod(
                                CHECK,
                                ServerCalls.asyncUnaryCall((request, observer) -> {
                                    requests.add(request);
                                    if (answer == null) {
                                        String why = request.length == 0 ? "" : "unknown service";
                                        observer.onError(
                                                Status.NOT_FOUND
                                                        .withDescription(why)
                                                        .asRuntimeException());
                                    } else {
                                        observer.onNext(answer);
                                        observer.onCompleted();
                                    }
                                }))
                        .build());
        Server server = builder.build().start();
        toClose.add(() -> {
            Server unused = server.shutdownNow();
        });
        return server.getPort();
    }

    private static Answer grpc(int port, String service, Duration limit) {
        return new GrpcProber(new HealthSpec.Grpc(false, "127.0.0.1", port, service), "visor/test")
                .ask(limit);
    }

    @Test
    void whoServesIsGood() throws IOException {
        assertThat(grpc(grpcServer(new byte[] {8, 1}), "", LIMIT)).isEqualTo(GOOD);
        assertThat(requests).containsExactly(new byte[0]);
    }

    @Test
    void theServiceIsAskedFor() throws IOException {
        String service = "s".repeat(300);
        int port = grpcServer(new byte[] {8, 2});
        assertThat(grpc(port, "a.B", LIMIT))
                .isEqualTo(bad("127.0.0.1:" + port + " answered NOT_SERVING for a.B"));
        assertThat(grpc(port, service, LIMIT)).isNotEqualTo(GOOD);
        assertThat(requests.getFirst()).isEqualTo(new byte[] {10, 3, 'a', '.', 'B'});
        assertThat(requests.getLast()).hasSize(303).startsWith(10, 0xac, 2, 's');
    }

    @Test
    void aServiceThatTheServerDoesNotKnowIsBad() throws IOException {
        int port = grpcServer(null);
        assertThat(grpc(port, "a.B", LIMIT))
                .isEqualTo(
                        bad(
                                "127.0.0.1:"
                                        + port
                                        + " answers with gRPC status NOT_FOUND: unknown service"));
        assertThat(grpc(port, "", LIMIT))
                .isEqualTo(bad("127.0.0.1:" + port + " answers with gRPC status NOT_FOUND"));
    }

    @Test
    void aGrpcServerThatIsSilentOrNotThereIsBad() throws IOException {
        int silent = silentPort();
        assertThat(grpc(silent, "", SHORT))
                .isEqualTo(bad("127.0.0.1:" + silent + ": no answer within 300ms"));
        int closed = closedPort();
        assertThat(grpc(closed, "", LIMIT))
                .isEqualTo(bad("127.0.0.1:" + closed + " refuses connections"));
    }

    @Test
    void anAnswerThatIsTooLongIsBad() throws IOException {
        int port = grpcServer(new byte[100_000]);
        assertThat(grpc(port, "", LIMIT).toString()).contains("answers with more than it may");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "08 01, 1",
        "08 00, 0",
        "08 81 00, 1",
        "12 02 08 01, 0",
        "12 01 61 08 01, 1",
        "15 01 02 03 04 08 01, 1",
        "11 01 02 03 04 05 06 07 08 08 01, 1",
        "08 02 08 01, 1",
        "10 01, 0",
        "08, -1",
        "08 81, -1",
        "12 7f 01, -1",
        "15 01, -1",
        "0b, -1",
        "12 ff ff ff ff ff ff ff ff ff 01, -1",
        "08 ff ff ff ff ff ff ff ff ff ff 01, -1"
    })
    void anAnswerIsDecodedAsProtobufHasIt(String hex, long status) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(GrpcProber.status(bytes)).isEqualTo(status);
    }

    // exec

    @TempDir private Path directory;

    private Answer exec(Duration limit, String... command) throws InterruptedException {
        return exec(ProcessSpec.INHERITED, limit, command);
    }

    private Answer exec(ProcessSpec process, Duration limit, String... command)
            throws InterruptedException {
        return new ExecProber(
                        new HealthSpec.Exec(List.of(command)),
                        new ShortCommand(new ChildTable()),
                        directory,
                        Map.of("PATH", System.getenv("PATH"), "WHO", "alice"),
                        process)
                .ask(limit);
    }

    private String script(String text) throws IOException {
        Path script = directory.resolve("check.sh");
        Files.writeString(script, text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    @Test
    void aCommandHasTheProcessAttributesOfTheService() throws Exception {
        ProcessSpec masked = new ProcessSpec(0027, null, null, null, Map.of());
        assertThat(exec(masked, LIMIT, "sh", "-c", "test $(umask) = 0027")).isEqualTo(GOOD);
    }

    @Test
    void aCommandRunsAsTheUserOfTheService() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may change the user");
        ProcessSpec.Owner owner =
                new ProcessSpec.Owner("65534", "65534", new ProcessSpec.Ids(65534L, 65534), null);
        ProcessSpec nobody = new ProcessSpec(null, owner, null, null, Map.of());
        assertThat(exec(nobody, LIMIT, "sh", "-c", "test $(id -u) = 65534")).isEqualTo(GOOD);
    }

    @Test
    void aCommandThatEndsWith0IsGood() throws Exception {
        assertThat(exec(LIMIT, "true")).isEqualTo(GOOD);
        assertThat(
                        exec(
                                LIMIT,
                                "sh",
                                "-c",
                                "test $WHO = alice && test \"$PWD\" = '" + directory + "'"))
                .as("it has the environment and the directory of the service")
                .isEqualTo(GOOD);
    }

    @Test
    void aCommandThatDoesNotSaysHowAndItsLastLine() throws Exception {
        assertThat(exec(LIMIT, "false")).isEqualTo(bad("false exited with 1"));
        assertThat(
                        exec(
                                LIMIT,
                                "sh",
                                "-c",
                                "echo out; echo one >&2; printf '\\033[31mtwo\\033[0m\\n\\n' >&2;"
                                        + " exit 3"))
                .isEqualTo(bad("sh exited with 3: \"two\""));
        assertThat(exec(LIMIT, "sh", "-c", "echo not synced; exit 1"))
                .isEqualTo(bad("sh exited with 1: \"not synced\""));
        assertThat(exec(LIMIT, "sh", "-c", "kill -9 $$")).isEqualTo(bad("sh was ended by SIGKILL"));
        assertThat(exec(LIMIT, script("#!/bin/sh\nexit 1\n")))
                .isEqualTo(bad("check.sh exited with 1"));
    }

    @Test
    void aCommandThatDoesNotEndIsKilled() throws Exception {
        Path pid = directory.resolve("pid");
        assertThatThrownBy(
                        () -> exec(SHORT, "sh", "-c", "sleep 1000 & echo $! > '" + pid + "'; wait"))
                .isInstanceOf(VisorException.class)
                .hasMessageContaining("did not end within 300ms and was killed");
        long child = Long.parseLong(Files.readString(pid).strip());
        await().until(() -> ProcessHandle.of(child).map(handle -> !handle.isAlive()).orElse(true));
    }

    @Test
    void aCommandThatIsNotThereSaysSo() {
        assertThatThrownBy(() -> exec(LIMIT, "no-such-command"))
                .isInstanceOf(VisorException.class)
                .hasMessage("no no-such-command on PATH");
    }

    @Test
    void aCommandThatFloodsItsOutputIsReadToItsEnd() throws Exception {
        assertThat(exec(LIMIT, "sh", "-c", "head -c 3000000 /dev/zero; exit 2").toString())
                .contains("exited with 2");
    }
}
