package io.visor.it.errors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.visor.model.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// A host whose answers are wrong in any way that is wanted: as a node over CometBFT's RPC or REST,
/// or as a host of releases.
final class FakeHost implements AutoCloseable {

    private static final String STATUS =
            """
            {"result": {"node_info": {"network": "lava"}, "sync_info": {"latest_block_height": "5",
             "latest_block_time": "2026-01-01T00:00:00Z", "catching_up": %s}}}
            """;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger served = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Answers a request.
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    FakeHost() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().split("/")[1];
            answers.getOrDefault(name, status(404)).to(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// An address below which everything is answered so.
    String serve(Answer answer) {
        String name = "a" + served.incrementAndGet();
        answers.put(name, answer);
        return "http://127.0.0.1:" + port() + "/" + name;
    }

    /// A text with a status of success.
    static Answer text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer bytes(byte[] bytes) {
        return exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        };
    }

    static Answer status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    static Answer redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    /// Says how much comes, and sends less, or as little as a byte a second.
    ///
    /// @param announced how many bytes
    /// @param drips whether anything comes at all
    Answer holdingBack(long announced, boolean drips) {
        return exchange -> {
            exchange.sendResponseHeaders(200, announced);
            OutputStream out = exchange.getResponseBody();
            out.flush();
            while (!closed.await(1, TimeUnit.SECONDS)) {
                if (drips) {
                    out.write(0);
                    out.flush();
                }
            }
        };
    }

    /// Says nothing at all.
    Answer silence() {
        return _ -> closed.await();
    }

    /// A release and the sum that goes with it.
    static Answer release(byte[] binary) {
        return release(Sha256.of(Sha256.digester().digest(binary)).hex(), bytes(binary));
    }

    /// A list of sums, and whatever is in the place of the release.
    static Answer release(String sums, Answer binary) {
        return exchange -> {
            boolean list = exchange.getRequestURI().getPath().endsWith("sha256sum.txt");
            (list ? text(sums) : binary).to(exchange);
        };
    }

    /// A node over CometBFT's RPC.
    ///
    /// @param abciQuery the answer to `abci_query`
    static Answer rpc(String status, String abciQuery) {
        return exchange -> {
            String request =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            text(request.contains("\"status\"") ? status : abciQuery).to(exchange);
        };
    }

    /// A sound answer to `status`.
    static String status(boolean catchingUp) {
        return STATUS.formatted(catchingUp);
    }

    /// A node over REST that answers for 1.0.0.
    static Answer rest(boolean catchingUp, LongSupplier height) {
        return rest(
                catchingUp,
                height,
                """
                {"params": {"version": {"provider_target": "1.0.0", "provider_min": "1.0.0",
                 "consumer_target": "1.0.0", "consumer_min": "1.0.0"}}}
                """);
    }

    /// A node over REST.
    ///
    /// @param params the answer for the parameters
    static Answer rest(boolean catchingUp, LongSupplier height, String params) {
        return exchange -> {
            String path = exchange.getRequestURI().getPath();
            String answer =
                    path.endsWith("/params")
                            ? params
                            : path.endsWith("/syncing")
                                    ? "{\"syncing\": " + catchingUp + "}"
                                    : block(height.getAsLong());
            text(answer).to(exchange);
        };
    }

    private static String block(long height) {
        return """
        {"block": {"header": {"chain_id": "lava", "height": "%d",
         "time": "2026-01-01T00:00:00Z"}}}
        """
                .formatted(height);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
