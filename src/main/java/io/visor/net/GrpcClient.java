package io.visor.net;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.visor.net.NetException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A client of one gRPC server. Messages are bytes: the caller encodes and decodes them, so that no
/// generated classes, and no descriptors, are loaded
/// (docs/adr/0004-grpc-without-generated-stubs.md).
public final class GrpcClient implements AutoCloseable {

    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    /// The library logs failures with their stack traces, and reports them to the caller too: only
    /// the caller speaks. Kept here, because loggers that nobody keeps forget their level.
    private static final Logger LIBRARY = Logger.getLogger("io.grpc");

    static {
        LIBRARY.setLevel(Level.OFF);
    }

    private final ManagedChannel channel;
    private final String where;

    /// The answer to a call.
    ///
    /// @param message the encoded message
    /// @param headers what came in front of it, text values only, names in lower case
    public record Answer(byte[] message, Map<String, String> headers) {}

    /// Makes a client; it connects with the first call.
    ///
    /// @param where the server, for messages
    public GrpcClient(
            String host, int port, boolean tls, Proxies proxies, String userAgent, String where) {
        this(host, port, tls, proxies, userAgent, where, MAX_MESSAGE_BYTES);
    }

    /// Makes a client; it connects with the first call.
    ///
    /// @param where the server, for messages
    /// @param maxMessageBytes the longest answer that is taken
    public GrpcClient(
            String host,
            int port,
            boolean tls,
            Proxies proxies,
            String userAgent,
            String where,
            int maxMessageBytes) {
        this.where = where;
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(host, port)
                        .userAgent(userAgent)
                        .maxInboundMessageSize(maxMessageBytes)
                        .proxyDetector(detector(proxies, tls));
        channel = (tls ? builder.useTransportSecurity() : builder.usePlaintext()).build();
    }

    private static ProxyDetector detector(Proxies proxies, boolean tls) {
        return target -> {
            if (!(target instanceof InetSocketAddress address)) {
                return null;
            }
            Optional<Proxies.Choice> choice =
                    proxies.choose(tls, address.getHostString(), address.getPort());
            if (choice.isEmpty()
                    || !(choice.get().proxy().address() instanceof InetSocketAddress proxy)) {
                return null;
            }
            HttpConnectProxiedSocketAddress.Builder through =
                    HttpConnectProxiedSocketAddress.newBuilder()
                            .setProxyAddress(
                                    new InetSocketAddress(proxy.getHostString(), proxy.getPort()))
                            .setTargetAddress(address);
            int colon = choice.get().userInfo().indexOf(':');
            if (colon > 0) {
                through.setUsername(choice.get().userInfo().substring(0, colon));
                through.setPassword(choice.get().userInfo().substring(colon + 1));
            }
            return through.build();
        };
    }

    /// Calls a unary method.
    ///
    /// @param method `package.Service/Method`
    /// @param headers sent along
    /// @param limit how long the call may take
    /// @throws NetException if there is no answer, or an error
    public Answer call(String method, byte[] request, Map<String, String> headers, Duration limit) {
        Metadata sent = new Metadata();
        headers.forEach((name, value) -> sent.put(key(name), value));
        AtomicReference<Metadata> received = new AtomicReference<>(new Metadata());
        Channel intercepted =
                ClientInterceptors.intercept(
                        channel,
                        MetadataUtils.newAttachHeadersInterceptor(sent),
                        MetadataUtils.newCaptureMetadataInterceptor(
                                received, new AtomicReference<>(new Metadata())));
        try {
            byte[] message =
                    ClientCalls.blockingUnaryCall(
                            intercepted,
                            unary(method),
                            CallOptions.DEFAULT.withDeadlineAfter(
                                    limit.toNanos(), TimeUnit.NANOSECONDS),
                            request);
            return new Answer(message, texts(Objects.requireNonNull(received.get())));
        } catch (StatusRuntimeException e) {
            throw failure(e.getStatus());
        }
    }

    private NetException failure(Status status) {
        String reason =
                Optional.ofNullable(status.getDescription())
                        .orElse("")
                        .lines()
                        .findFirst()
                        .orElse("");
        return switch (status.getCode()) {
            case UNAVAILABLE ->
                    failedConnection(status.getCause())
                            .map(cause -> NetException.of(where, cause))
                            .orElseGet(() ->
                                    new NetException(
                                            Kind.UNREACHABLE,
                                            where + " cannot be reached over gRPC"));
            case DEADLINE_EXCEEDED, CANCELLED ->
                    new NetException(Kind.TIMEOUT, where + " does not answer in time");
            case RESOURCE_EXHAUSTED ->
                    new NetException(
                            Kind.TOO_LARGE, where + " answers with more than it may: " + reason);
            default ->
                    new NetException(
                            Kind.BROKEN,
                            reason.contains("http2 exception")
                                    ? where + " does not speak gRPC"
                                    : where
                                            + " answers with gRPC status "
                                            + status.getCode()
                                            + (reason.isEmpty() ? "" : ": " + reason));
        };
    }

    /// Why there is no connection: the innermost failure is the one that names the cause.
    private static Optional<IOException> failedConnection(@Nullable Throwable failure) {
        IOException found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException e) {
                found = e;
            }
        }
        return Optional.ofNullable(found);
    }

    private static Map<String, String> texts(Metadata metadata) {
        Map<String, String> texts = new HashMap<>();
        for (String name : metadata.keys()) {
            String value =
                    name.endsWith(Metadata.BINARY_HEADER_SUFFIX) ? null : metadata.get(key(name));
            if (value != null) {
                texts.put(name, value);
            }
        }
        return texts;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static MethodDescriptor<byte[], byte[]> unary(String method) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(Bytes.MARSHALLER)
                .setResponseMarshaller(Bytes.MARSHALLER)
                .build();
    }

    @Override
    public void close() {
        ManagedChannel unused = channel.shutdownNow();
    }

    /// Passes messages through as they are.
    public static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        public static final Bytes MARSHALLER = new Bytes();

        private Bytes() {}

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
