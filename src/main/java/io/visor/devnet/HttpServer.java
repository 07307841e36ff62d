package io.visor.devnet;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A small HTTP/1.1 server on loopback.
final class HttpServer implements AutoCloseable {

    private static final int MAX_REQUEST_BYTES = 1 << 20;

    private final Channel channel;

    /// A request.
    ///
    /// @param method in capitals
    /// @param uri path and query, as they came
    /// @param headers names in lower case
    /// @param body the whole of it
    record Request(String method, String uri, Map<String, String> headers, String body) {}

    /// An answer.
    sealed interface Response {}

    /// A short text.
    ///
    /// @param status the HTTP status
    /// @param contentType what it is
    /// @param body the text
    /// @param headers more headers
    record Text(int status, String contentType, String body, Map<String, String> headers)
            implements Response {}

    /// A file's bytes.
    ///
    /// @param file the file
    /// @param length how many bytes are announced
    /// @param sent how many are sent; if that is fewer, the connection is closed, or kept open if
    ///   `stall`
    /// @param stall whether nothing happens after `sent` bytes
    record Bytes(Path file, long length, long sent, boolean stall) implements Response {}

    /// Answers requests; may throw, which is answered with status 500.
    interface Handler {
        Response handle(Request request) throws IOException;
    }

    /// A WebSocket connection.
    interface Socket {
        void send(String text);
    }

    /// Takes what comes on WebSocket connections.
    interface SocketHandler {
        void onText(Socket socket, String text);

        void onClose(Socket socket);
    }

    /// Listens.
    ///
    /// @param port 0: any that is free
    /// @param socketPath the path of WebSocket connections; null: none
    /// @throws io.visor.model.CannotException if the port cannot be listened on
    HttpServer(
            EventLoopGroup group,
            int port,
            Handler handler,
            @Nullable String socketPath,
            @Nullable SocketHandler socketHandler) {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel ch) {
                                        ChannelPipeline pipeline = ch.pipeline();
                                        pipeline.addLast(new HttpServerCodec());
                                        pipeline.addLast(
                                                new HttpObjectAggregator(MAX_REQUEST_BYTES));
                                        if (socketPath != null && socketHandler != null) {
                                            pipeline.addLast(
                                                    new WebSocketServerProtocolHandler(socketPath));
                                            pipeline.addLast(new Frames(socketHandler));
                                        }
                                        pipeline.addLast(new Requests(handler));
                                    }
                                });
        ChannelFuture bound =
                bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        if (!bound.awaitUninterruptibly().isSuccess()) {
            throw Ports.refused(port, bound.cause());
        }
        channel = bound.channel();
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    static Text json(int status, String body) {
        return new Text(status, "application/json", body, Map.of());
    }

    static Text notFound() {
        return new Text(404, "text/plain", "Not Found\n", Map.of());
    }

    private static final class Requests extends SimpleChannelInboundHandler<FullHttpRequest> {

        private final Handler handler;

        Requests(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
            Map<String, String> headers = new HashMap<>();
            message.headers()
                    .forEach(entry ->
                            headers.put(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue()));
            Request request =
                    new Request(
                            message.method().name(),
                            message.uri(),
                            headers,
                            message.content().toString(StandardCharsets.UTF_8));
            boolean keepAlive = HttpUtil.isKeepAlive(message);
            try {
                switch (handler.handle(request)) {
                    case Text text -> send(context, text, keepAlive);
                    case Bytes bytes -> send(context, bytes, keepAlive);
                }
            } catch (IOException | RuntimeException e) {
                send(
                        context,
                        new Text(500, "text/plain", String.valueOf(e.getMessage()), Map.of()),
                        false);
            }
        }

        private static void send(ChannelHandlerContext context, Text text, boolean keepAlive) {
            FullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.valueOf(text.status),
                            Unpooled.copiedBuffer(text.body, StandardCharsets.UTF_8));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, text.contentType);
            text.headers.forEach((name, value) -> response.headers().set(name, value));
            HttpUtil.setContentLength(response, response.content().readableBytes());
            finish(context.writeAndFlush(withConnection(response, keepAlive)), keepAlive);
        }

        private static void send(ChannelHandlerContext context, Bytes bytes, boolean keepAlive)
                throws IOException {
            HttpResponse response =
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
            HttpUtil.setContentLength(response, bytes.length);
            context.write(withConnection(response, keepAlive));
            // The region closes the file when it has been sent.
            RandomAccessFile file = new RandomAccessFile(bytes.file.toFile(), "r");
            context.writeAndFlush(new DefaultFileRegion(file.getChannel(), 0, bytes.sent));
            if (bytes.sent == bytes.length) {
                finish(context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), keepAlive);
            } else if (!bytes.stall) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }

        private static HttpResponse withConnection(HttpResponse response, boolean keepAlive) {
            response.headers()
                    .set(
                            HttpHeaderNames.CONNECTION,
                            keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
            return response;
        }

        private static void finish(ChannelFuture written, boolean keepAlive) {
            if (!keepAlive) {
                written.addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // The client is gone, or does not speak HTTP.
            context.close();
        }
    }

    private static final class Frames extends SimpleChannelInboundHandler<TextWebSocketFrame> {

        private final SocketHandler handler;
        private @Nullable Socket socket;

        Frames(SocketHandler handler) {
            this.handler = handler;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
            if (socket == null) {
                Consumer<String> send =
                        text -> context.channel().writeAndFlush(new TextWebSocketFrame(text));
                socket = send::accept;
            }
            handler.onText(socket, frame.text());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            if (socket != null) {
                handler.onClose(socket);
            }
            super.channelInactive(context);
        }
    }
}
