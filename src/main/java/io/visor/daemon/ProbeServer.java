package io.visor.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.visor.model.CannotException;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Answers an orchestrator's probes. `/livez`: visor's own loop turns; it says nothing of the
/// child, the chain or an upgrade, so that none of these makes a kubelet kill a pod. `/readyz`:
/// every wanted service runs. `/startupz`: that was so at least once.
final class ProbeServer implements AutoCloseable {

    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);

    /// How many probes are answered at a time; more are hung up on.
    private static final int MAX_REQUESTS = 8;

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
    /// @throws CannotException if the address is taken
    static ProbeServer start(InetSocketAddress address, Scheduler scheduler, View view) {
        try {
            ProbeServer probes = new ProbeServer(HttpServer.create(address, 16), scheduler, view);
            probes.server.setExecutor(task -> scheduler.start("probe", task::run));
            probes.server.createContext("/livez", exchange -> probes.answer(exchange, () -> true));
            probes.server.createContext(
                    "/readyz", exchange -> probes.answer(exchange, view::isReady));
            probes.server.createContext(
                    "/startupz", exchange -> probes.answer(exchange, view::isStarted));
            probes.server.start();
            return probes;
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    "serve probes",
                    address.getHostString()
                            + ":"
                            + address.getPort()
                            + " cannot be listened on ("
                            + e.getMessage()
                            + "); name another address with --probes");
        }
    }

    private void answer(HttpExchange exchange, BooleanSupplier question) throws IOException {
        if (!requests.tryAcquire()) {
            exchange.close();
            return;
        }
        try (exchange) {
            AtomicBoolean answer = new AtomicBoolean();
            Wakeup answered = scheduler.wakeup();
            view.turn(() -> {
                answer.set(question.getAsBoolean());
                answered.signal();
            });
            boolean ok = answered.await(LOOP_PATIENCE) && answer.get();
            byte[] body = (ok ? "ok\n" : "not ok\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(ok ? 200 : 503, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            requests.release();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
