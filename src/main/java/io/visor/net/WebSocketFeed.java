package io.visor.net;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/// A WebSocket (RFC 6455) on which texts come. A message longer than 8 MiB ends it: the library
/// would hold all of it.
public final class WebSocketFeed implements AutoCloseable {

    private static final long MAX_MESSAGE_BYTES = 8 << 20;
    private static final Duration PING_EVERY = Duration.ofSeconds(15);

    private final WebSocket socket;

    private WebSocketFeed(WebSocket socket) {
        this.socket = socket;
    }

    /// Told what happens on a feed, one call at a time, on a thread of the library's.
    public interface Listener {

        void onOpen(WebSocketFeed feed);

        void onText(WebSocketFeed feed, String text);

        /// The feed ended; nothing comes any more. Called once.
        void onEnd(NetException why);
    }

    static WebSocketFeed open(
            OkHttpClient client, Request request, String where, Listener listener) {
        AtomicLong budget = new AtomicLong(MAX_MESSAGE_BYTES);
        OkHttpClient bounded =
                client.newBuilder()
                        .socketFactory(new BoundedSockets(budget))
                        .protocols(List.of(Protocol.HTTP_1_1))
                        .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                        .callTimeout(Duration.ZERO)
                        .pingInterval(PING_EVERY)
                        .build();
        AtomicBoolean ended = new AtomicBoolean();
        return new WebSocketFeed(
                bounded.newWebSocket(
                        request,
                        new WebSocketListener() {
                            @Override
                            public void onOpen(WebSocket webSocket, Response response) {
                                budget.set(MAX_MESSAGE_BYTES);
                                listener.onOpen(new WebSocketFeed(webSocket));
                            }

                            @Override
                            public void onMessage(WebSocket webSocket, String text) {
                                budget.set(MAX_MESSAGE_BYTES);
                                listener.onText(new WebSocketFeed(webSocket), text);
                            }

                            @Override
                            public void onClosing(WebSocket webSocket, int code, String reason) {
                                webSocket.close(code, null);
                                end(
                                        new NetException(
                                                NetException.Kind.BROKEN,
                                                where + " closed the feed: " + code));
                            }

                            @Override
                            public void onFailure(
                                    WebSocket webSocket, Throwable t, @Nullable Response response) {
                                if (response != null && response.code() != 101) {
                                    end(NetException.status(where, response.code()));
                                } else if (t instanceof IOException e) {
                                    end(NetException.of(where, e));
                                } else {
                                    end(
                                            new NetException(
                                                    NetException.Kind.BROKEN, where + ": " + t));
                                }
                            }

                            private void end(NetException why) {
                                if (ended.compareAndSet(false, true)) {
                                    listener.onEnd(why);
                                }
                            }
                        }));
    }

    /// Sends a text; it is dropped if the feed has ended.
    public void send(String text) {
        boolean unused = socket.send(text);
    }

    /// Ends the feed at once.
    @Override
    public void close() {
        socket.cancel();
    }

    /// Makes sockets that break when more comes than the budget has left.
    private static final class BoundedSockets extends SocketFactory {

        private final AtomicLong budget;

        BoundedSockets(AtomicLong budget) {
            this.budget = budget;
        }

        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public InputStream getInputStream() throws IOException {
                    return new BoundedStream(super.getInputStream(), budget);
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return createSocket(InetAddress.getByName(host), port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort)
                throws IOException {
            return createSocket(InetAddress.getByName(host), port, local, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return createSocket(host, port, Inet4Address.getByAddress(new byte[4]), 0);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
                throws IOException {
            Socket socket = createSocket();
            socket.bind(new InetSocketAddress(local, localPort));
            socket.connect(new InetSocketAddress(host, port));
            return socket;
        }
    }

    private static final class BoundedStream extends FilterInputStream {

        private final AtomicLong budget;

        BoundedStream(InputStream in, AtomicLong budget) {
            super(in);
            this.budget = budget;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            if (count > 0 && budget.addAndGet(-count) < 0) {
                throw new IOException(
                        "a message is longer than " + (MAX_MESSAGE_BYTES >> 20) + " MiB");
            }
            return count;
        }
    }
}
