package io.visor.chain;

import io.visor.chain.ChainException.Kind;
import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.EndpointAddress;
import io.visor.net.Http;
import io.visor.net.NetException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A node asked over its gRPC gateway (Cosmos SDK 0.47, `/cosmos/base/tendermint/v1beta1`).
final class RestNode implements Node {

    /// A block with all its transactions comes with its header.
    private static final int MAX_BLOCK_BYTES = 16 << 20;

    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final String BASE = "/cosmos/base/tendermint/v1beta1";
    private static final String HEIGHT_HEADER = "x-cosmos-block-height";

    private final Http http;
    private final EndpointAddress address;

    RestNode(Http http, EndpointAddress address) {
        this.http = http;
        this.address = address;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public Status status() {
        String block = get(BASE + "/blocks/latest", 0, MAX_BLOCK_BYTES);
        String syncing = get(BASE + "/syncing", 0, MAX_ANSWER_BYTES);
        try {
            return new Status(
                    header(block, "chain_id"),
                    Long.parseLong(header(block, "height")),
                    Instant.parse(header(block, "time")),
                    Json.parse(syncing).bool("syncing"));
        } catch (JsonException | NumberFormatException | DateTimeException e) {
            throw unreadable("its newest block", e);
        }
    }

    private static String header(String block, String field) {
        return Json.find(block, "block", "header", field)
                .orElseThrow(() -> new JsonException("no text at \"block.header." + field + "\""));
    }

    @Override
    public Versions versions(long height) {
        String answer = get(ProtocolParams.REST_PATH, height, MAX_ANSWER_BYTES);
        try {
            Json version =
                    Json.parse(answer)
                            .at("params", "version")
                            .orElseThrow(
                                    () -> new JsonException("no object at \"params.version\""));
            return new Versions(
                    ProtocolParams.versions(
                            version.string("provider_min"),
                            version.string("provider_target"),
                            version.string("consumer_min"),
                            version.string("consumer_target"),
                            name()),
                    0);
        } catch (JsonException e) {
            throw unreadable("its parameters", e);
        }
    }

    private ChainException unreadable(String what, RuntimeException e) {
        return new ChainException(
                Kind.UNREADABLE,
                name() + " answers for " + what + " with something unreadable: " + e.getMessage(),
                e);
    }

    private String get(String path, long height, int limit) {
        Map<String, String> headers = new HashMap<>(Http.basicAuthentication(address.userInfo()));
        if (height > 0) {
            headers.put(HEIGHT_HEADER, String.valueOf(height));
        }
        try {
            return new String(
                    http.get(URI.create(address.httpBase() + path), headers, limit),
                    StandardCharsets.UTF_8);
        } catch (NetException e) {
            throw new ChainException(Kind.NO_ANSWER, address.named(e.why()), e);
        }
    }

    @Override
    public Optional<Feed> subscribe(BlockListener listener) {
        return Optional.empty();
    }

    @Override
    public void close() {
        // The HTTP client is shared; its owner closes it.
    }
}
