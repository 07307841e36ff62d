package io.visor.api;

import io.visor.api.ControlException.Kind;
import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.Durations;
import io.visor.model.FileFailures;
import io.visor.model.ServiceName;
import io.visor.time.Clock;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// Asks an instance, over its socket. Every call makes one connection and one request, and bounds
/// its time and the size of the answer. The calling thread is blocked meanwhile.
public final class ControlClient {

    /// The name of the socket in an instance's folder.
    public static final String SOCKET = "control.sock";

    /// How long visor may take for an answer that needs nothing to happen first.
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /// How soon a connection is tried again while visor has too many of them.
    private static final Duration AGAIN = Duration.ofMillis(20);

    private static final int MAX_ANSWER = 8 << 20;
    private static final int PIECE = 16 << 10;
    private static final int PAGE = 200;

    private final Path folder;
    private final Clock clock;

    /// Makes a client.
    ///
    /// @param folder the instance's folder
    public ControlClient(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /// Whether somebody listens.
    ///
    /// @throws ControlException if that cannot be told, because the socket is somebody else's
    public boolean isAnswered() throws InterruptedException {
        try (SocketChannel _ = connect(clock.monotonic().plus(PATIENCE))) {
            return true;
        } catch (ControlException e) {
            if (e.kind() == Kind.NOBODY) {
                return false;
            }
            throw e;
        } catch (IOException e) {
            throw new ControlException(Kind.BROKEN, FileFailures.why(socket(), e), e);
        }
    }

    /// All of it.
    ///
    /// @throws ControlException if visor does not say
    public InstanceStatus status() throws InterruptedException {
        return get("/api/v1/status", InstanceStatus::read);
    }

    /// All services.
    ///
    /// @throws ControlException if visor does not say
    public List<ServiceStatus> services() throws InterruptedException {
        List<ServiceStatus> all = new ArrayList<>();
        int pages = 1;
        for (int page = 1; page <= pages; page++) {
            String path = "/api/v1/services?page=" + page + "&size=" + PAGE;
            Listing<ServiceStatus> listing =
                    get(path, json -> Listing.read(json, ServiceStatus::read));
            all.addAll(listing.items());
            pages = listing.items().isEmpty() ? 0 : listing.pages();
        }
        return all;
    }

    /// One service.
    ///
    /// @throws ControlException if visor does not say
    public ServiceStatus service(ServiceName name) throws InterruptedException {
        return get("/api/v1/services/" + name, ServiceStatus::read);
    }

    /// What can be asked for.
    public enum Action {
        START,
        STOP,
        RESTART;

        /// The verb, on the wire and for people.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Asks for something to happen to a service, and waits until it has.
    ///
    /// @param wait how long; at most ten minutes
    /// @return where the service stands then
    /// @throws ControlException if visor refuses
    public ServiceStatus act(Action action, ServiceName name, Duration wait)
            throws InterruptedException {
        String path =
                "/api/v1/services/" + name + "/" + action.word() + "?waitMs=" + wait.toMillis();
        return post(path, wait, ServiceStatus::read);
    }

    /// Makes something of an answer.
    ///
    /// @param <T> what
    @FunctionalInterface
    public interface Reading<T> {
        /// @throws JsonException if it is another answer
        T of(Json json);
    }

    /// Asks for what needs nothing to happen first.
    ///
    /// @throws ControlException if visor does not say
    public <T> T get(String path, Reading<T> reading) throws InterruptedException {
        return read(ask("GET", path, PATIENCE), reading);
    }

    /// Has something done.
    ///
    /// @param wait how long visor may take for it
    /// @throws ControlException if visor refuses
    public <T> T post(String path, Duration wait, Reading<T> reading) throws InterruptedException {
        return read(ask("POST", path, wait.plus(PATIENCE)), reading);
    }

    private static <T> T read(byte[] body, Reading<T> reading) {
        try {
            return reading.of(Json.parse(body));
        } catch (JsonException e) {
            throw new ControlException(
                    Kind.BROKEN,
                    "visor's answer is not understood: "
                            + e.getMessage()
                            + "; use the visor of the same version as the one that runs",
                    e);
        }
    }

    /// Sends a request, and gives the body of the answer.
    private byte[] ask(String method, String path, Duration patience) throws InterruptedException {
        Duration deadline = clock.monotonic().plus(patience);
        // RFC 9110, 7.2: there must be a Host, and for a socket it names nobody in particular.
        String request =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                        + (method.equals("POST") ? "Content-Length: 0\r\n" : "")
                        + "Connection: close\r\n\r\n";
        HttpReader answer = new HttpReader(MAX_ANSWER);
        try (SocketChannel channel = connect(deadline);
                Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                await(selector, deadline, patience);
                channel.write(out);
            }
            key.interestOps(SelectionKey.OP_READ);
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            do {
                await(selector, deadline, patience);
                piece.clear();
                if (channel.read(piece) < 0) {
                    throw new ControlException(
                            Kind.BROKEN, "visor hung up before it had answered; see its log");
                }
                piece.flip();
            } while (!answer.take(piece));
        } catch (HttpException e) {
            throw new ControlException(Kind.BROKEN, "visor answers with " + e.why(), e);
        } catch (IOException e) {
            throw new ControlException(
                    Kind.BROKEN, "visor hung up: " + e.getMessage() + "; see its log", e);
        }
        return accepted(answer);
    }

    private void await(Selector selector, Duration deadline, Duration patience)
            throws IOException, InterruptedException {
        do {
            long left = deadline.minus(clock.monotonic()).toMillis();
            if (left <= 0) {
                throw new ControlException(
                        Kind.BROKEN,
                        "visor did not answer within "
                                + Durations.exact(patience)
                                + "; see its log");
            }
            selector.select(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        } while (selector.selectedKeys().isEmpty());
        selector.selectedKeys().clear();
    }

    private static byte[] accepted(HttpReader answer) {
        String line = answer.head().map(HttpHead::firstLine).orElse("");
        if (!line.matches("HTTP/1\\.1 [1-5][0-9][0-9]( .*)?")) {
            throw new ControlException(Kind.BROKEN, "what listens there speaks no HTTP/1.1");
        }
        int status = Integer.parseInt(line.substring(9, 12));
        if (status == 200 || status == 202) {
            return answer.body();
        }
        Refusal refusal = read(answer.body(), Refusal::read);
        throw new ControlException(
                switch (status) {
                    case 404 -> Kind.UNKNOWN;
                    case 422 -> Kind.IMPOSSIBLE;
                    default -> Kind.REFUSED;
                },
                refusal.next().isEmpty()
                        ? refusal.message()
                        : refusal.message() + "; " + refusal.next());
    }

    private Path socket() {
        return folder.resolve(SOCKET);
    }

    /// Connects, and leaves the channel so that it does not block.
    private SocketChannel connect(Duration deadline) throws IOException, InterruptedException {
        try (SocketPath path = SocketPath.to(folder, SOCKET.length())) {
            while (true) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.configureBlocking(false);
                    if (channel.connect(UnixDomainSocketAddress.of(path.socket(SOCKET)))) {
                        return channel;
                    }
                } catch (SocketException e) {
                    channel.close();
                    if (!isBusy(e) || clock.monotonic().compareTo(deadline) >= 0) {
                        throw notConnected(e);
                    }
                }
                channel.close();
                clock.sleep(AGAIN);
            }
        }
    }

    /// Whether so many connections wait that there is no room for one more: connect(2), `EAGAIN`.
    private static boolean isBusy(SocketException e) {
        return String.valueOf(e.getMessage()).contains("temporarily unavailable");
    }

    /// The JDK gives no kinds, so the file system is asked what stands in the way.
    private ControlException notConnected(SocketException e) {
        Path socket = socket();
        try {
            PosixFileAttributes found =
                    Files.readAttributes(
                            socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!Files.isWritable(socket)) {
                return denied(found.owner().getName(), e);
            }
            return new ControlException(
                    isBusy(e) ? Kind.BROKEN : Kind.NOBODY, socket + ": " + reason(e), e);
        } catch (NoSuchFileException gone) {
            return new ControlException(Kind.NOBODY, socket + " is not there", gone);
        } catch (AccessDeniedException hidden) {
            return denied(ownerAbove(socket), hidden);
        } catch (IOException other) {
            return new ControlException(Kind.BROKEN, FileFailures.why(socket, other), other);
        }
    }

    private static String reason(SocketException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    private ControlException denied(String owner, IOException e) {
        return new ControlException(
                Kind.DENIED,
                socket()
                        + " belongs to user "
                        + owner
                        + ": "
                        + FileFailures.permissionDenied()
                        + "; run this as "
                        + owner,
                e);
    }

    /// Who owns the nearest thing on the way to a file that can be looked at.
    private static String ownerAbove(Path file) {
        Path above = file.getParent();
        while (above != null) {
            try {
                return Files.getOwner(above).getName();
            } catch (IOException e) {
                // This one is hidden too: the one above it says.
                above = above.getParent();
            }
        }
        return Objects.toString(System.getProperty("user.name"));
    }
}
