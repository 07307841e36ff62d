package io.visor.devnet;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.visor.devnet.DevnetChain.Block;
import io.visor.devnet.HttpServer.Request;
import io.visor.devnet.HttpServer.Response;
import io.visor.json.Json;
import io.visor.model.ProtocolVersions;
import java.io.IOException;
import java.util.List;

/// The gRPC gateway over a devnet's chain (Cosmos SDK 0.47).
final class RestServer implements AutoCloseable {

    private static final String BASE = "/cosmos/base/tendermint/v1beta1";

    private final DevnetChain chain;
    private final HttpServer server;

    RestServer(DevnetChain chain, EventLoopGroup group, int port) throws IOException {
        this.chain = chain;
        this.server = new HttpServer(group, port, this::handle, null, null);
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private Response handle(Request request) {
        String height = request.headers().getOrDefault("x-cosmos-block-height", "0");
        return switch (new QueryStringDecoder(request.uri()).path()) {
            case "/lavanet/lava/protocol/params" -> params(Long.parseLong(height));
            case BASE + "/blocks/latest" -> latestBlock();
            case BASE + "/syncing" ->
                    HttpServer.json(200, Json.object("syncing", chain.isCatchingUp()).write());
            case BASE + "/node_info" ->
                    HttpServer.json(
                            200,
                            Json.object(
                                            "default_node_info",
                                            Json.object("network", chain.chainId()))
                                    .write());
            default ->
                    HttpServer.json(
                            501,
                            Json.object(
                                            "code",
                                            12,
                                            "message",
                                            "Not Implemented",
                                            "details",
                                            List.of())
                                    .write());
        };
    }

    private Response params(long height) {
        ProtocolVersions versions = chain.versionsAt(height);
        return HttpServer.json(
                200,
                Json.object(
                                "params",
                                Json.object(
                                        "version",
                                        Json.object(
                                                "provider_target",
                                                versions.providerTarget().toString(),
                                                "provider_min",
                                                versions.providerMin().toString(),
                                                "consumer_target",
                                                versions.consumerTarget().toString(),
                                                "consumer_min",
                                                versions.consumerMin().toString())))
                        .write());
    }

    private Response latestBlock() {
        Block block = chain.newest();
        return HttpServer.json(
                200,
                Json.object(
                                "block_id",
                                Json.object("hash", ""),
                                "block",
                                Json.object(
                                        "header",
                                        RpcServer.header(block),
                                        "data",
                                        Json.object("txs", List.of())))
                        .write());
    }
}
