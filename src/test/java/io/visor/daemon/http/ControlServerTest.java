package io.visor.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.json.Json;
import io.visor.time.Loop;
import io.visor.time.SystemScheduler;
import io.visor.time.Task;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ControlServerTest {

    @TempDir private Path directory;
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> bugs = new ConcurrentLinkedQueue<>();
    private final SystemScheduler scheduler = new SystemScheduler((_, bug) -> bugs.add(bug));
    private final AtomicBoolean parked = new AtomicBoolean();
    private final AtomicBoolean outOfFiles = new AtomicBoolean();
    private final AtomicBoolean gone = new AtomicBoolean();
    private UnixDomainSocketAddress address;
    private Loop loop;
    private ControlServer server;
    private Task task;

    @BeforeEach
    void start() throws IOException {
        address = UnixDomainSocketAddress.of(directory.resolve("s"));
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(address);
        loop = scheduler.loop("visor");
        Routes routes =
                new Routes(
                        List.of(
                                new Route("GET", "/ok", Access.READ, ControlServerTest::ok),
                                new Route("GET", "/large", Access.READ, ControlServerTest::large),
                                new Route("GET", "/fault", Access.READ, ControlServerTest::fault),
                                new Route("GET", "/silent", Access.READ, _ -> {}),
                                new Route("POST", "/park", Access.CONTROL, this::park)));
        server =
                new ControlServer(
                        listener,
                        routes,
                        loop,
                        scheduler.clock(),
                        warnings::add,
                        () -> {
                            if (outOfFiles.getAndSet(false)) {
                                throw new IOException("Too many open files");
                            }
                            return Selector.open();
                        });
        task = scheduler.start("control", server::run);
    }

    private static void ok(Call call) {
        call.answer(Answer.ok(() -> Json.object("body", call.request().body().length)));
    }

    private static void large(Call call) {
        call.answer(Answer.ok(() -> Json.object("text", "x".repeat(1 << 20))));
    }

    private static void fault(Call call) {
        throw new IllegalStateException("on purpose");
    }

    private void park(Call call) {
        call.park(Duration.ofMinutes(1), () -> gone.set(true));
        parked.set(true);
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
        assertThat(task.join(Duration.ofSeconds(5))).isTrue();
        loop.close();
    }

    @Test
    void aSelectorThatCannotBeOpenedDoesNotEndTheChannel() throws Exception {
        outOfFiles.set(true);
        try (SocketChannel refused = SocketChannel.open(address)) {
            assertThat(refused.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        await().untilAsserted(() ->
                assertThat(warnings).containsExactly("cannot take a call: Too many open files"));
        try (SocketChannel next = send("GET /ok HTTP/1.1\r\nHost: visor\r\n\r\n")) {
            assertThat(next.read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    private SocketChannel send(String text) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        return channel;
    }

    private String ask(String method, String path) throws IOException {
        try (SocketChannel channel = send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void answersOneRequestAConnectionAndGoesBackToSleep() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(ask("GET", "/ok"))
                    .startsWith("HTTP/1.1 200 \r\n")
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("\r\n\r\n{\"body\":0}\n");
        }
        assertThat(ask("GET", "/nothing")).startsWith("HTTP/1.1 404 ");
        assertThat(ask("PUT", "/ok")).startsWith("HTTP/1.1 405 ");
        assertThat(warnings).isEmpty();
    }

    @Test
    void aFaultOfAHandlerIsToldAndEndsNothing() throws Exception {
        assertThat(ask("GET", "/fault")).startsWith("HTTP/1.1 500 ").contains("\"fault\"");
        await().untilAsserted(() ->
                assertThat(bugs).singleElement().isInstanceOf(IllegalStateException.class));
        assertThat(ask("GET", "/ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aLoopThatDoesNotAnswerIsNotWaitedForForLong() throws Exception {
        assertThat(ask("GET", "/silent")).startsWith("HTTP/1.1 504 ").contains("\"late\"");
    }

    @Test
    void whoHangsUpIsForgotten() throws Exception {
        try (SocketChannel _ = send("POST /park HTTP/1.1\r\nHost: x\r\n\r\n")) {
            await().untilTrue(parked);
        }
        await().untilTrue(gone);
    }

    @Test
    void manyLargeBodiesAtOnceAreRefusedBeforeMemoryEnds() throws Exception {
        String head = "GET /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SocketChannel channel = send(head);
            channel.configureBlocking(false);
            clients.add(channel);
        }
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    for (SocketChannel client : clients) {
                        if (sendMore(client).contains("HTTP/1.1 503 ")) {
                            return true;
                        }
                    }
                    return false;
                });
        for (SocketChannel client : clients) {
            client.close();
        }
        assertThat(ask("GET", "/ok")).startsWith("HTTP/1.1 200 ");
    }

    /// Sends as much as there is room for, and gives what has come back.
    private static String sendMore(SocketChannel client) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1000);
        int count = client.read(answer);
        if (count == 0) {
            int unused = client.write(ByteBuffer.allocate(20_000));
        }
        return new String(answer.array(), StandardCharsets.US_ASCII);
    }

    @Test
    void largeAnswersThatNobodyTakesHoldUpNobodyWhoTakesHis() throws Exception {
        try (SocketChannel _ = send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(ask("GET", "/large")).hasSizeGreaterThan(1 << 20);
            assertThat(ask("GET", "/ok")).startsWith("HTTP/1.1 200 ");
        }
    }
}
