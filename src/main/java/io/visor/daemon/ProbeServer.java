package io.visor.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.visor.model.CannotException;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.time.Wakeup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Answers an orchestrator's probes. `/livez`: visor's own loop turns; it says nothing of the
/// child, the chain or an upgrade, so that none of these makes a kubelet kill a pod. `/readyz`:
/// every wanted service runs. `/startupz`: that was so at least once.
final class ProbeServer implements AutoCloseable {

    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);

    /// How many probes are read or answered at a time; more are hung up on.
    private static final int MAX_REQUESTS = 8;

    /// How many may be connected; more are hung up on.
    private static final int MAX_CONNECTIONS = 64;

    /// How long a request may take to come, and its answer to be made and taken.
    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(10);

    /// What the JDK says of an address that another process listens on.
    private static final String IN_USE = "Address already in use";

    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final Scheduler scheduler;
    private final View view;
    private final Semaphore requests = new Semaphore(MAX_REQUESTS);

    /// What the probes look at. [#isReady] and [#isStarted] are called on the loop.
    interface View {

        /// Runs an action on the instance's loop.
        void turn(Runnable action);

        boolean isReady();

        boolean isStarted();
    }

    private ProbeServer(HttpServer server, Scheduler scheduler, View view) {
        this.server = server;
        this.scheduler = scheduler;
        this.view = view;
    }

    /// Listens.
    ///
    /// @throws CannotException if the address is taken, or cannot be listened on
    static ProbeServer start(
            InetSocketAddress address, Scheduler scheduler, View view, Metrics metrics) {
        setLimits();
        try {
            ProbeServer probes = new ProbeServer(HttpServer.create(address, 16), scheduler, view);
            probes.server.setExecutor(probes::run);
            probes.serve("/livez", exchange -> probes.probe(exchange, () -> true));
            probes.serve("/readyz", exchange -> probes.probe(exchange, view::isReady));
            probes.serve("/startupz", exchange -> probes.probe(exchange, view::isStarted));
            probes.serve(
                    "/metrics",
                    exchange -> send(exchange, 200, Metrics.CONTENT_TYPE, metrics.write()));
            probes.server.start();
            return probes;
        } catch (IOException e) {
            String where = address.getHostString() + ":" + address.getPort();
            String message = String.valueOf(e.getMessage());
            if (message.contains(IN_USE)) {
                throw CannotException.now(
                        "serve probes",
                        where
                                + " is in use; name another address with --probes, or stop who uses"
                                + " it",
                        e);
            }
            throw CannotException.untilChanged(
                    "serve probes",
                    where
                            + " cannot be listened on: "
                            + message.toLowerCase(Locale.ROOT)
                            + "; name another address with --probes");
        }
    }

    /// The JDK's server reads its limits once, when its first server is made; it has no others
    /// (module jdk.httpserver).
    private static void setLimits() {
        String patience = String.valueOf(CLIENT_PATIENCE.toSeconds());
        System.setProperty("sun.net.httpserver.maxReqTime", patience);
        System.setProperty("sun.net.httpserver.maxRspTime", patience);
        System.setProperty("jdk.httpserver.maxConnections", String.valueOf(MAX_CONNECTIONS));
    }

    /// Reads and answers one request, within the limit of requests at a time.
    ///
    /// @throws RejectedExecutionException if there are too many, upon which the server hangs up
    private void run(Runnable exchange) {
        if (!requests.tryAcquire()) {
            throw new RejectedExecutionException("too many probes");
        }
        Task unused =
                scheduler.start(
                        "probe",
                        () -> {
                            try {
                                exchange.run();
                            } finally {
                                requests.release();
                            }
                        });
    }

    /// Answers a path, and nothing below it.
    private void serve(String path, HttpHandler handler) {
        server.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        String method = exchange.getRequestMethod();
                        if (!exchange.getRequestURI().getPath().equals(path)) {
                            send(
                                    exchange,
                                    404,
                                    TEXT,
                                    "not found\n".getBytes(StandardCharsets.UTF_8));
                        } else if (!method.equals("GET") && !method.equals("HEAD")) {
                            send(exchange, 405, TEXT, "use GET\n".getBytes(StandardCharsets.UTF_8));
                        } else {
                            handler.handle(exchange);
                        }
                    }
                });
    }

    /// Where it listens.
    InetSocketAddress address() {
        return server.getAddress();
    }

    private void probe(HttpExchange exchange, BooleanSupplier question) throws IOException {
        AtomicBoolean answer = new AtomicBoolean();
        Wakeup answered = scheduler.wakeup();
        view.turn(() -> {
            answer.set(question.getAsBoolean());
            answered.signal();
        });
        try {
            boolean ok = answered.await(LOOP_PATIENCE) && answer.get();
            send(
                    exchange,
                    ok ? 200 : 503,
                    TEXT,
                    (ok ? "ok\n" : "not ok\n").getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String contentType, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
