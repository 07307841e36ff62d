package io.visor.chain;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.visor.chain.ChainException.Kind;
import io.visor.model.EndpointAddress;
import io.visor.net.GrpcClient;
import io.visor.net.NetException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A node asked over gRPC (Cosmos SDK 0.47, proto/cosmos/base/tendermint/v1beta1/query.proto).
final class GrpcNode implements Node {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String BASE = "cosmos.base.tendermint.v1beta1.Service/";
    private static final String HEIGHT_HEADER = "x-cosmos-block-height";
    private static final byte[] EMPTY = {};

    private final GrpcClient client;
    private final EndpointAddress address;

    GrpcNode(GrpcClient client, EndpointAddress address) {
        this.client = client;
        this.address = address;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public Status status() {
        byte[] latest = call(BASE + "GetLatestBlock", Map.of()).message();
        byte[] syncing = call(BASE + "GetSyncing", Map.of()).message();
        try {
            Header header = Header.read(latest);
            return new Status(header.chainId, header.height, header.time, varint(syncing, 1) != 0);
        } catch (IOException | DateTimeException | ArithmeticException e) {
            throw new ChainException(
                    Kind.UNREADABLE, name() + " answers with a block that does not decode", e);
        }
    }

    @Override
    public Versions versions(long height) {
        GrpcClient.Answer answer =
                call(
                        ProtocolParams.SERVICE_METHOD,
                        height == 0 ? Map.of() : Map.of(HEIGHT_HEADER, String.valueOf(height)));
        String answered = answer.headers().getOrDefault(HEIGHT_HEADER, "");
        long at = answered.matches("\\d{1,18}") ? Long.parseLong(answered) : 0;
        return new Versions(ProtocolParams.decode(answer.message(), name()), at);
    }

    private GrpcClient.Answer call(String method, Map<String, String> headers) {
        try {
            return client.call(method, EMPTY, headers, LIMIT);
        } catch (NetException e) {
            throw new ChainException(Kind.NO_ANSWER, e.why(), e);
        }
    }

    @Override
    public Optional<Feed> subscribe(BlockListener listener) {
        return Optional.empty();
    }

    @Override
    public void close() {
        client.close();
    }

    private static long varint(byte[] message, int wanted) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        long value = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (wanted << 3 | WireFormat.WIRETYPE_VARINT)) {
                value = in.readInt64();
            } else {
                in.skipField(tag);
            }
        }
        return value;
    }

    /// What is wanted of a `GetLatestBlockResponse{ Block block = 2 }`, `Block{ Header header = 1
    /// }`, `Header{ string chain_id = 2; int64 height = 3; Timestamp time = 4 }` (CometBFT,
    /// proto/tendermint/types/types.proto).
    private static final class Header {

        private static final int BLOCK = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private static final int HEADER = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private static final int CHAIN_ID = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private static final int HEIGHT = 3 << 3 | WireFormat.WIRETYPE_VARINT;
        private static final int TIME = 4 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

        private String chainId = "";
        private long height;
        private Instant time = Instant.EPOCH;

        static Header read(byte[] response) throws IOException {
            Header header = new Header();
            CodedInputStream in = CodedInputStream.newInstance(response);
            if (enter(in, BLOCK) && enter(in, HEADER)) {
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    header.readField(in, tag);
                }
            }
            if (header.height < 1 || header.chainId.isEmpty()) {
                throw new IOException("the block has no height or no chain id");
            }
            return header;
        }

        private void readField(CodedInputStream in, int tag) throws IOException {
            if (tag == CHAIN_ID) {
                chainId = in.readStringRequireUtf8();
            } else if (tag == HEIGHT) {
                height = in.readInt64();
            } else if (tag == TIME) {
                byte[] timestamp = in.readByteArray();
                time = Instant.ofEpochSecond(varint(timestamp, 1), varint(timestamp, 2));
            } else {
                in.skipField(tag);
            }
        }

        /// Goes to the first field of that tag and narrows the stream to its message.
        private static boolean enter(CodedInputStream in, int wanted) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == wanted) {
                    int unused = in.pushLimit(in.readRawVarint32());
                    return true;
                }
                in.skipField(tag);
            }
            return false;
        }
    }
}
