package io.visor.devnet;

import com.google.protobuf.CodedOutputStream;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.visor.devnet.DevnetChain.Block;
import io.visor.devnet.HttpServer.Request;
import io.visor.devnet.HttpServer.Response;
import io.visor.devnet.HttpServer.Socket;
import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.ProtocolVersions;
import io.visor.model.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// CometBFT's JSON-RPC and WebSocket over a devnet's chain, as a real node answers (CometBFT 0.37;
/// errors included).
final class RpcServer implements AutoCloseable {

    private static final String PARAMS_PATH = "/lavanet.lava.protocol.Query/Params";

    private final DevnetChain chain;
    private final HttpServer server;
    private final Map<Socket, Map<String, Consumer<Block>>> subscriptions =
            new ConcurrentHashMap<>();

    RpcServer(DevnetChain chain, EventLoopGroup group, int port) throws IOException {
        this.chain = chain;
        this.server = new HttpServer(group, port, this::handle, "/websocket", new Sockets());
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        subscriptions.values().forEach(queries -> queries.values().forEach(chain::unlisten));
        server.close();
    }

    private Response handle(Request request) {
        if (request.method().equals("POST")) {
            return HttpServer.json(200, answer(request.body()).write());
        }
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        Map<String, Json> parameters = new LinkedHashMap<>();
        query.parameters().forEach((name, values) -> parameters.put(name, unquoted(values)));
        String method = query.path().replaceFirst("^/", "");
        return method.isEmpty()
                ? new HttpServer.Text(
                        200, "text/html", "<html><body>devnet</body></html>", Map.of())
                : HttpServer.json(
                        200,
                        call(new Json.Num(BigDecimal.valueOf(-1)), method, new Json.Obj(parameters))
                                .write());
    }

    private static Json unquoted(List<String> values) {
        String value = values.getFirst();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return new Json.Str(quoted ? value.substring(1, value.length() - 1) : value);
    }

    private Json answer(String text) {
        try {
            Json request = Json.parse(text);
            return call(
                    request.at("id").orElse(new Json.Null()),
                    request.string("method"),
                    request.at("params").orElse(Json.object()));
        } catch (JsonException e) {
            return error(new Json.Null(), -32700, "Parse error. Invalid JSON", e.why());
        }
    }

    private Json call(Json id, String method, Json parameters) {
        try {
            return switch (method) {
                case "status" -> result(id, status());
                case "abci_query" -> result(id, abciQuery(parameters));
                case "block" -> result(id, block(parameters));
                case "health" -> result(id, Json.object());
                case "devnet_propose" -> result(id, propose(parameters));
                default -> error(id, -32601, "Method not found", null);
            };
        } catch (JsonException e) {
            return error(id, -32602, "Invalid params", e.why());
        } catch (IllegalArgumentException e) {
            return error(id, -32603, "Internal error", e.getMessage());
        }
    }

    private static Json result(Json id, Json result) {
        return Json.object("jsonrpc", "2.0", "id", id, "result", result);
    }

    private static Json error(Json id, int code, String message, @Nullable String data) {
        return Json.object(
                "jsonrpc",
                "2.0",
                "id",
                id,
                "error",
                Json.object("code", code, "message", message, "data", data));
    }

    private Json status() {
        Block block = chain.newest();
        return Json.object(
                "node_info",
                Json.object("network", chain.chainId(), "version", "0.37.5", "moniker", "devnet"),
                "sync_info",
                Json.object(
                        "latest_block_height",
                        String.valueOf(block.height()),
                        "latest_block_time",
                        block.time().toString(),
                        "catching_up",
                        chain.isCatchingUp()));
    }

    private Json block(Json parameters) {
        long height =
                parameters.at("height").isPresent()
                        ? parameters.integer("height")
                        : chain.newest().height();
        Block block =
                chain.block(height)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "height " + height + " is not available"));
        return Json.object(
                "block_id",
                Json.object("hash", ""),
                "block",
                Json.object("header", header(block), "data", Json.object("txs", List.of())));
    }

    private Json abciQuery(Json parameters) {
        long height = parameters.at("height").isPresent() ? parameters.integer("height") : 0;
        long answered = height == 0 ? chain.newest().height() : height;
        if (!parameters.at("path").isPresent() || !parameters.string("path").equals(PARAMS_PATH)) {
            return Json.object(
                    "response",
                    Json.object(
                            "code",
                            6,
                            "log",
                            "unknown query path: unknown request",
                            "info",
                            "",
                            "index",
                            "0",
                            "key",
                            new Json.Null(),
                            "value",
                            new Json.Null(),
                            "proofOps",
                            new Json.Null(),
                            "height",
                            String.valueOf(answered),
                            "codespace",
                            "sdk"));
        }
        String value = Base64.getEncoder().encodeToString(paramsResponse(chain.versionsAt(height)));
        return Json.object(
                "response",
                Json.object(
                        "code",
                        0,
                        "log",
                        "",
                        "info",
                        "",
                        "index",
                        "0",
                        "key",
                        new Json.Null(),
                        "value",
                        value,
                        "proofOps",
                        new Json.Null(),
                        "height",
                        String.valueOf(answered),
                        "codespace",
                        ""));
    }

    /// Encodes a `QueryParamsResponse` (lavanet/lava, proto/lavanet/lava/protocol).
    static byte[] paramsResponse(ProtocolVersions versions) {
        byte[] version =
                message(out -> {
                    out.writeString(1, versions.providerTarget().toString());
                    out.writeString(2, versions.providerMin().toString());
                    out.writeString(3, versions.consumerTarget().toString());
                    out.writeString(4, versions.consumerMin().toString());
                });
        byte[] params = message(out -> out.writeByteArray(1, version));
        return message(out -> out.writeByteArray(1, params));
    }

    /// Writes the fields of a message.
    interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The devnet's own method: what governance does on a real chain.
    private Json propose(Json parameters) {
        Version target = version(parameters, "target");
        Version min =
                parameters.at("min").isPresent()
                        ? version(parameters, "min")
                        : chain.versionsAt(0).providerMin();
        long height = parameters.at("height").isPresent() ? parameters.integer("height") : 0;
        long at = chain.propose(DevnetChain.versions(min, target), height);
        return Json.object("height", at, "min", min.toString(), "target", target.toString());
    }

    private static Version version(Json parameters, String key) {
        String text = parameters.string(key);
        return Version.parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "\"" + text + "\" is no version; write X.Y.Z"));
    }

    private final class Sockets implements HttpServer.SocketHandler {

        @Override
        public void onText(Socket socket, String text) {
            try {
                Json request = Json.parse(text);
                Json id = request.at("id").orElse(new Json.Null());
                socket.send(
                        switch (request.string("method")) {
                            case "subscribe" ->
                                    subscribe(socket, id, request.string("params", "query"))
                                            .write();
                            case "unsubscribe" ->
                                    unsubscribe(socket, id, request.string("params", "query"))
                                            .write();
                            default -> answer(text).write();
                        });
            } catch (JsonException e) {
                socket.send(
                        error(new Json.Null(), -32700, "Parse error. Invalid JSON", e.why())
                                .write());
            }
        }

        private Json subscribe(Socket socket, Json id, String query) {
            Map<String, Consumer<Block>> queries =
                    subscriptions.computeIfAbsent(socket, _ -> new ConcurrentHashMap<>());
            Consumer<Block> listener = block -> socket.send(event(id, query, block).write());
            if (queries.putIfAbsent(query, listener) != null) {
                return error(id, -32603, "Internal error", "already subscribed");
            }
            if (query.replace(" ", "").equals("tm.event='NewBlock'")) {
                chain.listen(listener);
            }
            return result(id, Json.object());
        }

        private Json unsubscribe(Socket socket, Json id, String query) {
            Optional<Consumer<Block>> listener =
                    Optional.ofNullable(subscriptions.get(socket))
                            .map(queries -> queries.remove(query));
            if (listener.isEmpty()) {
                return error(id, -32603, "Internal error", "subscription not found");
            }
            chain.unlisten(listener.get());
            return result(id, Json.object());
        }

        @Override
        public void onClose(Socket socket) {
            Map<String, Consumer<Block>> queries = subscriptions.remove(socket);
            if (queries != null) {
                queries.values().forEach(chain::unlisten);
            }
        }
    }

    private static Json event(Json id, String query, Block block) {
        return result(
                id,
                Json.object(
                        "query",
                        query,
                        "data",
                        Json.object(
                                "type",
                                "tendermint/event/NewBlock",
                                "value",
                                Json.object(
                                        "block",
                                        Json.object(
                                                "header",
                                                header(block),
                                                "data",
                                                Json.object("txs", List.of())))),
                        "events",
                        Json.object("tm.event", List.of("NewBlock"))));
    }

    static Json header(Block block) {
        return Json.object(
                "version",
                Json.object("block", "11"),
                "chain_id",
                block.chainId(),
                "height",
                String.valueOf(block.height()),
                "time",
                block.time().toString());
    }
}
