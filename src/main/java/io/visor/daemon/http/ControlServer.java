package io.visor.daemon.http;

import io.visor.api.HttpException;
import io.visor.api.HttpReader;
import io.visor.api.Refusal;
import io.visor.time.Clock;
import io.visor.time.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Serves calls over any stream sockets, with one thread: whoever calls [#run]. Each connection
/// carries one request. As long as nobody is connected it waits in `accept` and holds nothing.
///
/// Bounds: 256 connections, more wait in the kernel; 4 MB of requests; 2 MB of answers that are not
/// sent yet, more are not asked of the loop; 10 s for a request to come and for its answer to be
/// taken; one handler at a time on the loop, within 5 s.
public final class ControlServer implements AutoCloseable {

    /// How many connections may wait in the kernel until they are accepted.
    public static final int BACKLOG = 256;

    /// How long a body may be, in bytes.
    static final int MAX_BODY = 1 << 20;

    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_REQUESTS = 4 << 20;
    private static final int MAX_UNSENT = 2 << 20;
    private static final int PIECE = 8 << 10;

    /// How long a client may take to send, or to take an answer.
    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(10);

    /// How long the loop may take.
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);

    /// How long what a refused client still sends is read and dropped: if it were not, the client's
    /// system could drop the refusal (RFC 9112, 9.6).
    private static final Duration LINGER = Duration.ofSeconds(1);

    /// How long nobody is accepted when the system is out of descriptors.
    private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

    private final ServerSocketChannel listener;
    private final Routes routes;
    private final Loop loop;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Selectors selectors;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Selector selector;
    private volatile boolean closed;

    // What follows belongs to the thread that runs the server.
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final Deque<Connection> ready = new ArrayDeque<>();
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private @Nullable Duration acceptAgainAt;
    private boolean asking;
    private int held;
    private int unsent;

    /// Opens selectors.
    interface Selectors {
        /// @throws IOException if there are too many open files
        Selector open() throws IOException;
    }

    /// Makes a server.
    ///
    /// @param listener bound and blocking; closed with the server
    /// @param loop where handlers run
    /// @param warnings told in words what hinders the server
    public ControlServer(
            ServerSocketChannel listener,
            Routes routes,
            Loop loop,
            Clock clock,
            Consumer<String> warnings) {
        this(listener, routes, loop, clock, warnings, Selector::open);
    }

    ControlServer(
            ServerSocketChannel listener,
            Routes routes,
            Loop loop,
            Clock clock,
            Consumer<String> warnings,
            Selectors selectors) {
        this.selectors = selectors;
        this.listener = listener;
        this.routes = routes;
        this.loop = loop;
        this.clock = clock;
        this.warnings = warnings;
    }

    /// Serves until [#close].
    ///
    /// @throws InterruptedException if the calling task is cancelled
    public void run() throws InterruptedException {
        try {
            while (!closed) {
                SocketChannel first = acceptFirst();
                Selector opened = first == null ? null : selectorFor(first);
                if (first != null && opened != null) {
                    serve(first, opened);
                }
            }
        } catch (IOException | CancelledKeyException e) {
            // Closing the listener ends in one of these.
            if (!closed) {
                warnings.accept("no more calls are taken: " + e.getMessage());
            }
        }
    }

    private @Nullable SocketChannel acceptFirst() throws IOException, InterruptedException {
        try {
            return listener.accept();
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            pauseAfter(e);
            return null;
        }
    }

    private void pauseAfter(IOException failure) throws InterruptedException {
        warnings.accept("cannot take a call: " + failure.getMessage());
        clock.sleep(ACCEPT_PAUSE);
    }

    private @Nullable Selector selectorFor(SocketChannel first)
            throws IOException, InterruptedException {
        try {
            return selectors.open();
        } catch (IOException e) {
            first.close();
            pauseAfter(e);
            return null;
        }
    }

    /// Serves this connection and those that come meanwhile, until there are none.
    private void serve(SocketChannel first, Selector opened) throws IOException {
        try (opened) {
            selector = opened;
            piece = ByteBuffer.allocate(PIECE);
            listener.configureBlocking(false);
            SelectionKey listening = listener.register(opened, SelectionKey.OP_ACCEPT);
            welcome(first, opened);
            while (!closed && !connections.isEmpty()) {
                listening.interestOps(mayAccept() ? SelectionKey.OP_ACCEPT : 0);
                opened.select(untilNextDeadline());
                turn(opened, listening);
            }
        } finally {
            selector = null;
            List.copyOf(connections).forEach(Connection::close);
            piece = ByteBuffer.allocate(0);
        }
        if (!closed) {
            listener.configureBlocking(true);
        }
    }

    private void turn(Selector from, SelectionKey listening) {
        for (SelectionKey key : from.selectedKeys()) {
            if (key.attachment() instanceof Connection connection) {
                connection.move();
            }
        }
        boolean calls = from.selectedKeys().contains(listening);
        from.selectedKeys().clear();
        for (Runnable next = inbox.poll(); next != null; next = inbox.poll()) {
            next.run();
        }
        if (calls) {
            acceptAll(from);
        }
        Duration now = clock.monotonic();
        for (Connection connection : List.copyOf(connections)) {
            if (connection.deadline.compareTo(now) <= 0) {
                connection.late();
            }
        }
        askNext();
    }

    private boolean mayAccept() {
        if (acceptAgainAt != null && clock.monotonic().compareTo(acceptAgainAt) >= 0) {
            acceptAgainAt = null;
        }
        return acceptAgainAt == null && connections.size() < MAX_CONNECTIONS;
    }

    private void acceptAll(Selector into) {
        try {
            while (connections.size() < MAX_CONNECTIONS) {
                SocketChannel channel = listener.accept();
                if (channel == null) {
                    return;
                }
                welcome(channel, into);
            }
        } catch (IOException e) {
            if (!closed) {
                warnings.accept("cannot take a call: " + e.getMessage());
                acceptAgainAt = clock.monotonic().plus(ACCEPT_PAUSE);
            }
        }
    }

    private void welcome(SocketChannel channel, Selector into) throws IOException {
        channel.configureBlocking(false);
        Connection connection = new Connection(channel);
        connection.key = channel.register(into, SelectionKey.OP_READ, connection);
        connections.add(connection);
    }

    private long untilNextDeadline() {
        Duration next = clock.monotonic().plus(CLIENT_PATIENCE);
        for (Connection connection : connections) {
            next = connection.deadline.compareTo(next) < 0 ? connection.deadline : next;
        }
        if (acceptAgainAt != null && acceptAgainAt.compareTo(next) < 0) {
            next = acceptAgainAt;
        }
        return Math.max(1, next.minus(clock.monotonic()).toMillis() + 1);
    }

    /// Asks the loop for the next answer, unless it is at one or too many are not sent yet.
    private void askNext() {
        while (!asking && unsent < MAX_UNSENT) {
            Connection next = ready.poll();
            if (next == null) {
                return;
            }
            if (next.phase instanceof Asked(Routes.Match match, Call call)) {
                asking = true;
                loop.execute(() -> ask(match.route(), call));
            }
        }
    }

    /// Runs a handler, on the loop.
    private void ask(Route route, Call call) {
        try {
            route.handler().handle(call);
        } catch (HttpException e) {
            call.answer(refusal(e));
        } catch (RuntimeException e) {
            call.answer(
                    refusal(new HttpException(500, "this is a fault in visor; its log says more")));
            throw e;
        } finally {
            post(() -> asking = false);
        }
    }

    /// Has something done on the server's thread; from any thread.
    private void post(Runnable action) {
        inbox.add(action);
        Selector current = selector;
        if (current != null) {
            current.wakeup();
        }
    }

    private static Answer refusal(HttpException e) {
        return switch (e.status()) {
            case 404 -> refusal(e, "unknown-path", e.why());
            case 405 -> refusal(e, "wrong-method", "the method is " + e.why());
            case 408 -> refusal(e, "too-slow", e.why());
            case 500 -> refusal(e, "fault", e.why());
            case 503 -> refusal(e, "busy", e.why());
            default -> refusal(e, "bad-request", "the request is refused: it has " + e.why());
        };
    }

    private static Answer refusal(HttpException e, String code, String message) {
        return Answer.refused(e.status(), new Refusal(code, message, ""));
    }

    /// Takes no more calls, and hangs up on whoever waits.
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            warnings.accept("the socket does not close: " + e.getMessage());
        }
        Selector current = selector;
        if (current != null) {
            current.wakeup();
        }
    }

    /// How far a connection is.
    private sealed interface Phase {}

    /// The request is coming.
    private record Reading(HttpReader reader) implements Phase {}

    /// The answer is awaited.
    private record Asked(Routes.Match match, Call call) implements Phase {}

    /// The answer is being sent.
    ///
    /// @param linger whether more of the request may come
    private record Writing(ByteBuffer bytes, boolean linger) implements Phase {}

    /// What comes is dropped.
    private record Lingering() implements Phase {}

    private final class Connection implements Call.Caller {

        private final SocketChannel channel;
        private @Nullable SelectionKey key;
        private Phase phase;
        private Duration deadline = clock.monotonic().plus(CLIENT_PATIENCE);

        Connection(SocketChannel channel) {
            this.channel = channel;
            HttpReader reader = new HttpReader(MAX_BODY);
            held += reader.held();
            this.phase = new Reading(reader);
        }

        /// Goes on as far as the client lets it.
        void move() {
            try {
                switch (phase) {
                    case Reading(HttpReader reader) -> read(reader);
                    case Asked(var _, Call call) -> {
                        // There is nothing more to be read: a client that ends is gone.
                        if (receive() < 0) {
                            leave(call);
                        }
                    }
                    case Writing(ByteBuffer bytes, boolean linger) -> write(bytes, linger);
                    case Lingering() -> {
                        if (receive() < 0) {
                            close();
                        }
                    }
                }
            } catch (IOException e) {
                // The client hung up. It is told nothing, and nobody else needs to know.
                if (phase instanceof Asked(var _, Call call)) {
                    leave(call);
                } else {
                    close();
                }
            }
        }

        private int receive() throws IOException {
            piece.clear();
            int count = channel.read(piece);
            piece.flip();
            return count;
        }

        private void read(HttpReader reader) throws IOException {
            if (receive() < 0) {
                close();
                return;
            }
            try {
                if (take(reader)) {
                    Request request = Request.of(reader.head().orElseThrow(), reader.body());
                    Routes.Match match = routes.find(request);
                    release();
                    phase = new Asked(match, new Call(request, match.parameters(), this));
                    deadline = clock.monotonic().plus(LOOP_PATIENCE);
                    ready.add(this);
                } else if (held > MAX_REQUESTS) {
                    throw new HttpException(503, "too many requests at a time; try again");
                }
            } catch (HttpException e) {
                send(refusal(e), true);
            }
        }

        private boolean take(HttpReader reader) {
            int before = reader.held();
            try {
                return reader.take(piece);
            } finally {
                held += reader.held() - before;
            }
        }

        /// Gives the memory of the request back.
        private void release() {
            if (phase instanceof Reading(HttpReader reader)) {
                held -= reader.held();
            }
        }

        @Override
        public void answer(Answer answer) {
            post(() -> {
                if (phase instanceof Asked) {
                    send(answer, false);
                }
            });
        }

        @Override
        public void park(Duration limit) {
            post(() -> {
                if (phase instanceof Asked) {
                    deadline = clock.monotonic().plus(limit).plus(LOOP_PATIENCE);
                }
            });
        }

        private void send(Answer answer, boolean linger) {
            release();
            byte[] body = (text(answer) + "\n").getBytes(StandardCharsets.UTF_8);
            byte[] head =
                    ("HTTP/1.1 "
                                    + answer.status()
                                    + " \r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length
                                    + "\r\nCache-Control: no-store\r\nX-Content-Type-Options:"
                                    + " nosniff\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII);
            ByteBuffer bytes = ByteBuffer.allocate(head.length + body.length);
            bytes.put(head).put(body).flip();
            unsent += bytes.capacity();
            phase = new Writing(bytes, linger);
            deadline = clock.monotonic().plus(CLIENT_PATIENCE);
            watch(SelectionKey.OP_WRITE);
            move();
        }

        /// What cannot be written must not end the server: nobody could ask any more.
        private String text(Answer answer) {
            try {
                return answer.body().get().write();
            } catch (RuntimeException e) {
                warnings.accept("cannot write an answer: " + e);
                return new Refusal("fault", "this is a fault in visor: " + e, "").json().write();
            }
        }

        private void write(ByteBuffer bytes, boolean linger) throws IOException {
            channel.write(bytes);
            if (bytes.hasRemaining()) {
                return;
            }
            if (!linger) {
                close();
                return;
            }
            unsent -= bytes.capacity();
            phase = new Lingering();
            channel.shutdownOutput();
            deadline = clock.monotonic().plus(LINGER);
            watch(SelectionKey.OP_READ);
        }

        private void watch(int operations) {
            if (key != null && key.isValid()) {
                key.interestOps(operations);
            }
        }

        /// The deadline has passed.
        void late() {
            switch (phase) {
                case Reading _ ->
                        send(
                                refusal(
                                        new HttpException(
                                                408,
                                                "the request did not come within "
                                                        + CLIENT_PATIENCE.toSeconds()
                                                        + "s")),
                                true);
                case Asked(var _, Call call) -> {
                    loop.execute(call::gone);
                    send(
                            Answer.refused(
                                    504,
                                    new Refusal(
                                            "late",
                                            "visor's loop did not answer in time",
                                            "see its log")),
                            false);
                }
                case Writing _, Lingering _ -> close();
            }
        }

        private void leave(Call call) {
            loop.execute(call::gone);
            close();
        }

        void close() {
            release();
            if (phase instanceof Writing(ByteBuffer bytes, boolean _)) {
                unsent -= bytes.capacity();
            }
            phase = new Lingering();
            connections.remove(this);
            try {
                channel.close();
            } catch (IOException e) {
                warnings.accept("a connection does not close: " + e.getMessage());
            }
        }
    }
}
