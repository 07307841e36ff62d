package io.visor.devnet;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.visor.devnet.DevnetChain.Block;
import io.visor.net.GrpcClient.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongFunction;

/// The gRPC services of a node over a devnet's chain.
final class GrpcServer implements AutoCloseable {

    private static final Metadata.Key<String> HEIGHT =
            Metadata.Key.of("x-cosmos-block-height", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BASE = "cosmos.base.tendermint.v1beta1.Service";
    private static final String PARAMS = "lavanet.lava.protocol.Query";

    private final DevnetChain chain;
    private final Server server;

    GrpcServer(DevnetChain chain, EventLoopGroup group, int port) {
        this.chain = chain;
        this.server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .bossEventLoopGroup(group)
                        .workerEventLoopGroup(group)
                        .channelType(NioServerSocketChannel.class)
                        .directExecutor()
                        .addService(
                                ServerServiceDefinition.builder(PARAMS)
                                        .addMethod(
                                                method(PARAMS + "/Params"),
                                                answer(height ->
                                                        RpcServer.paramsResponse(
                                                                chain.versionsAt(height))))
                                        .build())
                        .addService(
                                ServerServiceDefinition.builder(BASE)
                                        .addMethod(
                                                method(BASE + "/GetLatestBlock"),
                                                answer(_ -> latestBlock()))
                                        .addMethod(
                                                method(BASE + "/GetSyncing"),
                                                answer(_ ->
                                                        RpcServer.message(out ->
                                                                out.writeBool(
                                                                        1, chain.isCatchingUp()))))
                                        .addMethod(
                                                method(BASE + "/GetNodeInfo"),
                                                answer(_ -> nodeInfo()))
                                        .build())
                        .build();
        try {
            Server unused = server.start();
        } catch (IOException e) {
            throw Ports.refused(port, e);
        }
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        Server unused = server.shutdownNow();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(name)
                .setRequestMarshaller(Bytes.MARSHALLER)
                .setResponseMarshaller(Bytes.MARSHALLER)
                .build();
    }

    /// Answers a call whose request says nothing.
    ///
    /// @param message gives the answer at the height that the caller asks for; 0: the newest
    private ServerCallHandler<byte[], byte[]> answer(LongFunction<byte[]> message) {
        return (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    String asked = headers.get(HEIGHT);
                    long height = asked == null ? 0 : Long.parseLong(asked);
                    Metadata sent = new Metadata();
                    sent.put(
                            HEIGHT, String.valueOf(height == 0 ? chain.newest().height() : height));
                    call.sendHeaders(sent);
                    call.sendMessage(message.apply(height));
                    call.close(Status.OK, new Metadata());
                }
            };
        };
    }

    private byte[] latestBlock() {
        Block block = chain.newest();
        byte[] time =
                RpcServer.message(out -> {
                    out.writeInt64(1, block.time().getEpochSecond());
                    out.writeInt32(2, block.time().getNano());
                });
        byte[] header =
                RpcServer.message(out -> {
                    out.writeString(2, block.chainId());
                    out.writeInt64(3, block.height());
                    out.writeByteArray(4, time);
                });
        byte[] encoded = RpcServer.message(out -> out.writeByteArray(1, header));
        return RpcServer.message(out -> out.writeByteArray(2, encoded));
    }

    private byte[] nodeInfo() {
        byte[] info = RpcServer.message(out -> out.writeString(4, chain.chainId()));
        return RpcServer.message(out -> out.writeByteArray(1, info));
    }
}
