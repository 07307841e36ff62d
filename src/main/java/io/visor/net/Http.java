package io.visor.net;

import io.visor.model.Secrets;
import io.visor.net.NetException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.AsyncTimeout;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/// A client of HTTP/1.1 and WebSocket. Every answer has a limit of size, every exchange one of
/// time. TLS is loaded with the first `https` address.
public final class Http implements AutoCloseable {

    private static final int MAX_REDIRECTS = 5;
    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient cleartext;
    private final Duration untilHeaders;
    private final Proxies proxies;
    private final String userAgent;
    private volatile @Nullable OkHttpClient tls;

    /// The times that an exchange may take.
    ///
    /// @param connect to be connected
    /// @param read from one byte of the answer to the next
    /// @param call from the request to the answer's end; 0: no limit
    public record Limits(Duration connect, Duration read, Duration call) {

        /// For requests with short answers.
        public static final Limits SHORT =
                new Limits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    /// Makes a client.
    ///
    /// @param userAgent what it calls itself
    public Http(Proxies proxies, Limits limits, String userAgent) {
        this.proxies = proxies;
        this.userAgent = userAgent;
        untilHeaders = limits.connect().plus(limits.read());
        // Idle connections are given up soon: a node is asked once a block or left alone.
        cleartext =
                new OkHttpClient.Builder()
                        .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                        .protocols(List.of(Protocol.HTTP_1_1))
                        .connectionPool(new ConnectionPool(2, 90, TimeUnit.SECONDS))
                        .dispatcher(new Dispatcher())
                        .proxySelector(new Selector())
                        .proxyAuthenticator((_, response) -> authenticateToProxy(response))
                        .followRedirects(false)
                        .connectTimeout(limits.connect())
                        .readTimeout(limits.read())
                        .writeTimeout(limits.read())
                        .callTimeout(limits.call())
                        .build();
    }

    /// The answer to a GET.
    ///
    /// @param limit the most bytes that are taken
    /// @throws NetException if there is no answer, none with a status of success, or a longer one
    public byte[] get(URI uri, Map<String, String> headers, int limit) {
        try (Download download = open(uri, headers)) {
            return download.readAll(limit);
        }
    }

    /// The answer to a POST of JSON.
    ///
    /// @param limit the most bytes that are taken
    /// @throws NetException if there is no answer, none with a status of success, or a longer one
    public byte[] post(URI uri, Map<String, String> headers, String json, int limit) {
        Request request = request(uri, headers).post(RequestBody.create(json, JSON)).build();
        try (Download download = download(uri, exchange(uri, request))) {
            return download.readAll(limit);
        }
    }

    /// An answer, whatever its status.
    ///
    /// @param status the HTTP status
    /// @param location where it redirects to, as it was sent; empty if it does not
    /// @param body the first bytes of what came with it
    public record Answer(int status, String location, byte[] body) {}

    /// Asks once, and takes any answer; redirects are not followed.
    ///
    /// @param limit how long it may take, longer than 0; instead of the client's own limit
    /// @param most how many bytes of the body are read; what comes after them is dropped
    /// @throws NetException if there is no answer
    public Answer ask(URI uri, Map<String, String> headers, Duration limit, int most) {
        Call call = client(uri).newCall(request(uri, headers).get().build());
        Timeout unused = call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        try (Response response = call.execute()) {
            String location = response.isRedirect() ? response.header("Location") : null;
            return new Answer(
                    response.code(),
                    location == null ? "" : location,
                    response.body().byteStream().readNBytes(most));
        } catch (IOException e) {
            throw NetException.of(where(uri), e);
        }
    }

    /// Begins a GET whose answer is read bit by bit. Redirects are followed, five at most and never
    /// from `https` to `http`; credentials go to the first address only. Each address has the time
    /// to be connected and to send a byte for its headers as a whole.
    ///
    /// @throws NetException if there is no answer, or none with a status of success
    public Download open(URI uri, Map<String, String> headers) {
        URI at = uri;
        Map<String, String> sent = headers;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Response response = begin(at, request(at, sent).get().build());
            String location = response.isRedirect() ? response.header("Location") : null;
            if (location == null) {
                return download(at, response);
            }
            response.close();
            URI next = redirect(at, location);
            if (!next.getHost().equals(at.getHost())) {
                sent = Map.of();
            }
            at = next;
        }
        throw new NetException(
                Kind.BROKEN, where(uri) + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private static URI redirect(URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new NetException(
                    Kind.BROKEN, where(from) + " redirects to something that is no address");
        }
        boolean web = "http".equals(to.getScheme()) || "https".equals(to.getScheme());
        if (!web
                || to.getHost() == null
                || "https".equals(from.getScheme()) && "http".equals(to.getScheme())) {
            throw new NetException(
                    Kind.BROKEN,
                    where(from) + " redirects to " + where(to) + ", which is not followed");
        }
        return to;
    }

    private Request.Builder request(URI uri, Map<String, String> headers) {
        try {
            Request.Builder request =
                    new Request.Builder().url(uri.toString()).header("User-Agent", userAgent);
            headers.forEach(request::header);
            return request;
        } catch (IllegalArgumentException e) {
            // The library has more rules for a host than java.net.URI, and redirects come from
            // outside.
            throw new NetException(Kind.BROKEN, where(uri) + " is no address that can be asked");
        }
    }

    private Response exchange(URI uri, Request request) {
        try {
            return client(uri).newCall(request).execute();
        } catch (IOException e) {
            throw NetException.of(where(uri), e);
        }
    }

    /// The head of an answer; its body may take longer than the head may.
    private Response begin(URI uri, Request request) {
        Call call = client(uri).newCall(request);
        AsyncTimeout deadline =
                new AsyncTimeout() {
                    @Override
                    protected void timedOut() {
                        call.cancel();
                    }
                };
        Timeout unused = deadline.timeout(untilHeaders.toNanos(), TimeUnit.NANOSECONDS);
        Response response = null;
        IOException failure = null;
        boolean late;
        deadline.enter();
        try {
            response = call.execute();
        } catch (IOException e) {
            failure = e;
        } finally {
            late = deadline.exit();
        }
        if (response != null && !late) {
            return response;
        }
        if (response != null) {
            response.close();
        }
        throw NetException.of(
                where(uri),
                late || failure == null ? new SocketTimeoutException("timeout") : failure);
    }

    private static Download download(URI uri, Response response) {
        if (!response.isSuccessful()) {
            response.close();
            throw NetException.status(where(uri), response.code());
        }
        return new Download(where(uri), response);
    }

    /// Opens a WebSocket.
    ///
    /// @param uri `http://` or `https://`
    /// @param listener told what comes; its methods must return soon
    public WebSocketFeed subscribe(
            URI uri, Map<String, String> headers, WebSocketFeed.Listener listener) {
        return WebSocketFeed.open(client(uri), request(uri, headers).build(), where(uri), listener);
    }

    private OkHttpClient client(URI uri) {
        if (!"https".equals(uri.getScheme())) {
            return cleartext;
        }
        OkHttpClient made = tls;
        if (made == null) {
            synchronized (this) {
                made = tls;
                if (made == null) {
                    made =
                            cleartext
                                    .newBuilder()
                                    .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS))
                                    .build();
                    tls = made;
                }
            }
        }
        return made;
    }

    /// An address for messages: without user, password and query.
    static String where(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            // An authority that is none, such as one with an underscore.
            host = Secrets.hideUserInfo(String.valueOf(uri.getRawAuthority()));
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme()
                + "://"
                + host
                + port
                + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }

    /// The header for a user and a password (RFC 7617); nothing for no user.
    ///
    /// @param userInfo `user:password`, or empty
    public static Map<String, String> basicAuthentication(String userInfo) {
        return userInfo.isEmpty()
                ? Map.of()
                : Map.of(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(userInfo.getBytes(StandardCharsets.UTF_8)));
    }

    private @Nullable Request authenticateToProxy(Response response) {
        String userInfo =
                proxies.choose(
                                response.request().isHttps(),
                                response.request().url().host(),
                                response.request().url().port())
                        .map(Proxies.Choice::userInfo)
                        .orElse("");
        if (userInfo.isEmpty() || response.request().header("Proxy-Authorization") != null) {
            return null;
        }
        String value = basicAuthentication(userInfo).get("Authorization");
        return value == null
                ? null
                : response.request().newBuilder().header("Proxy-Authorization", value).build();
    }

    /// Closes what is idle; exchanges under way go on to their end.
    @Override
    public void close() {
        cleartext.dispatcher().cancelAll();
        cleartext.connectionPool().evictAll();
        cleartext.dispatcher().executorService().shutdown();
    }

    private final class Selector extends ProxySelector {
        @Override
        public List<Proxy> select(@Nullable URI uri) {
            if (uri == null || uri.getHost() == null) {
                return List.of(Proxy.NO_PROXY);
            }
            return List.of(
                    proxies.choose("https".equals(uri.getScheme()), uri.getHost(), uri.getPort())
                            .map(Proxies.Choice::proxy)
                            .orElse(Proxy.NO_PROXY));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException e) {
            // The exchange itself reports the failure.
        }
    }

    /// An answer that is being read. Closing it before its end drops the connection.
    public static final class Download implements AutoCloseable {

        private final String where;
        private final Response response;
        private final InputStream body;

        private Download(String where, Response response) {
            this.where = where;
            this.response = response;
            this.body = response.body().byteStream();
        }

        /// How many bytes the other side says that it sends.
        public OptionalLong length() {
            long length = response.body().contentLength();
            return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
        }

        /// Reads some bytes.
        ///
        /// @param offset where in the buffer they are put
        /// @param length how many at most
        /// @return how many; -1 at the end
        /// @throws NetException if the connection breaks, stalls, or ends before what was announced
        public int read(byte[] buffer, int offset, int length) {
            try {
                return body.read(buffer, offset, length);
            } catch (IOException e) {
                throw NetException.of(where, e);
            }
        }

        private byte[] readAll(int limit) {
            try {
                byte[] bytes = body.readNBytes(limit + 1);
                if (bytes.length > limit) {
                    throw new NetException(
                            Kind.TOO_LARGE, where + " answers with more than " + limit + " bytes");
                }
                return bytes;
            } catch (IOException e) {
                throw NetException.of(where, e);
            }
        }

        /// Where the bytes come from, without secrets.
        public String where() {
            return where;
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
