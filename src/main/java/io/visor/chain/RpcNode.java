package io.visor.chain;

import io.visor.chain.ChainException.Kind;
import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.EndpointAddress;
import io.visor.net.Http;
import io.visor.net.NetException;
import io.visor.net.WebSocketFeed;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// A node asked over CometBFT's JSON-RPC and WebSocket (CometBFT 0.37, rpc/openapi/openapi.yaml).
final class RpcNode implements Node {

    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final String PARAMS_PATH = "/" + ProtocolParams.SERVICE_METHOD;
    private static final String SUBSCRIBE =
            Json.object(
                            "jsonrpc",
                            "2.0",
                            "method",
                            "subscribe",
                            "id",
                            1,
                            "params",
                            Json.object("query", "tm.event='NewBlock'"))
                    .write();

    private final Http http;
    private final EndpointAddress address;
    private final Map<String, String> headers;

    RpcNode(Http http, EndpointAddress address) {
        this.http = http;
        this.address = address;
        this.headers = Http.basicAuthentication(address.userInfo());
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public Status status() {
        Json result = call("status", Json.object());
        try {
            Json sync =
                    result.at("sync_info")
                            .orElseThrow(() -> new JsonException("no object at \"sync_info\""));
            return new Status(
                    result.string("node_info", "network"),
                    sync.integer("latest_block_height"),
                    Instant.parse(sync.string("latest_block_time")),
                    sync.bool("catching_up"));
        } catch (JsonException | DateTimeException e) {
            throw unreadable("status", e);
        }
    }

    @Override
    public Versions versions(long height) {
        Json result =
                call(
                        "abci_query",
                        Json.object(
                                "path",
                                PARAMS_PATH,
                                "data",
                                "",
                                "height",
                                String.valueOf(height),
                                "prove",
                                false));
        try {
            Json response =
                    result.at("response")
                            .orElseThrow(() -> new JsonException("no object at \"response\""));
            long code = response.at("code").isPresent() ? response.integer("code") : 0;
            if (code != 0) {
                String log = response.at("log").isPresent() ? response.string("log") : "";
                throw new ChainException(
                        Kind.NO_ANSWER,
                        name()
                                + " refuses the query with code "
                                + code
                                + ": "
                                + log.lines().findFirst().orElse(""));
            }
            byte[] value = Base64.getDecoder().decode(response.string("value"));
            long answered = response.at("height").isPresent() ? response.integer("height") : 0;
            return new Versions(ProtocolParams.decode(value, name()), answered);
        } catch (JsonException | IllegalArgumentException e) {
            throw unreadable("abci_query", e);
        }
    }

    private ChainException unreadable(String method, RuntimeException e) {
        return new ChainException(
                Kind.UNREADABLE,
                name() + " answers " + method + " with something unreadable: " + e.getMessage(),
                e);
    }

    private Json call(String method, Json parameters) {
        String request =
                Json.object("jsonrpc", "2.0", "id", 1, "method", method, "params", parameters)
                        .write();
        try {
            Json answer =
                    Json.parse(http.post(address.httpBase(), headers, request, MAX_ANSWER_BYTES));
            Optional<Json> error = answer.at("error");
            if (error.isPresent()) {
                String message =
                        error.get().at("message").isPresent()
                                ? error.get().string("message")
                                : "no reason";
                throw new ChainException(
                        Kind.NO_ANSWER, name() + " refuses " + method + ": " + message);
            }
            return answer.at("result").orElseThrow(() -> new JsonException("no \"result\""));
        } catch (NetException e) {
            throw new ChainException(Kind.NO_ANSWER, address.named(e.why()), e);
        } catch (JsonException e) {
            throw unreadable(method, e);
        }
    }

    @Override
    public Optional<Feed> subscribe(BlockListener listener) {
        URI uri = URI.create(address.httpBase() + "/websocket");
        WebSocketFeed feed = http.subscribe(uri, headers, new Subscription(listener));
        return Optional.of(feed::close);
    }

    @Override
    public void close() {
        // The HTTP client is shared; its owner closes it.
    }

    /// Asks for blocks as soon as the feed is open, and passes them on.
    private static final class Subscription implements WebSocketFeed.Listener {

        private final BlockListener listener;

        Subscription(BlockListener listener) {
            this.listener = listener;
        }

        @Override
        public void onOpen(WebSocketFeed feed) {
            feed.send(SUBSCRIBE);
        }

        @Override
        public void onText(WebSocketFeed feed, String text) {
            try {
                Optional<String> refusal = Json.find(text, "error", "message");
                if (refusal.isPresent()) {
                    feed.close();
                    listener.onEnd("the subscription is refused: " + refusal.get());
                } else if (Json.find(text, "result", "query").isPresent()) {
                    listener.onBlock();
                } else {
                    listener.onSubscribed();
                }
            } catch (JsonException e) {
                feed.close();
                listener.onEnd("the subscription brings something unreadable: " + e.why());
            }
        }

        @Override
        public void onEnd(NetException why) {
            listener.onEnd(why.why());
        }
    }
}
