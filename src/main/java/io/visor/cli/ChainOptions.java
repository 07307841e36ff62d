package io.visor.cli;

import io.visor.model.CannotException;
import io.visor.model.ChainSpec;
import io.visor.model.EndpointAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The chain that is followed; what is given here goes before the configuration file.
final class ChainOptions {

    @Option(
            names = "--node",
            paramLabel = "URL",
            split = ",",
            description = {
                "A node to ask: tcp://, http:// or https:// (CometBFT RPC), grpc://, grpcs://,"
                    + " rest+http:// or rest+https://. Repeat it, or write several with commas, to"
                    + " have others asked when the first one fails (default:"
                    + " tcp://localhost:26657)."
            })
    private @Nullable List<String> nodes;

    @Option(
            names = "--chain-id",
            paramLabel = "ID",
            description = "The chain that the node must follow (default: lava).")
    private @Nullable String chainId;

    @Option(
            names = "--grpc-addr",
            paramLabel = "HOST:PORT",
            description =
                    "A node's gRPC endpoint, asked first; over TLS unless --grpc-insecure is"
                            + " given.")
    private @Nullable String grpcAddress;

    @Option(names = "--grpc-insecure", description = "Speak to --grpc-addr without TLS.")
    private boolean grpcInsecure;

    @Option(
            names = "--height",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Read the versions at this height; 0 is the newest (default:"
                            + " ${DEFAULT-VALUE}).")
    private long height;

    /// The chain that a configuration and these options name together.
    ChainSpec over(ChainSpec configured) {
        List<EndpointAddress> endpoints = new ArrayList<>();
        if (grpcAddress != null) {
            endpoints.add(
                    parse(
                            "--grpc-addr",
                            grpcAddress,
                            text -> EndpointAddress.parseGrpc(text, grpcInsecure)));
        }
        if (nodes != null) {
            for (String node : nodes) {
                endpoints.add(parse("--node", node, EndpointAddress::parseNode));
            }
        }
        if (height < 0) {
            throw CannotException.untilChanged(
                    "understand --height", height + " is below 0; 0 is the newest");
        }
        if (chainId != null && chainId.isBlank()) {
            throw CannotException.untilChanged(
                    "understand --chain-id", "it is empty; name the chain that the node follows");
        }
        return new ChainSpec(
                chainId == null ? configured.chainId() : chainId,
                endpoints.isEmpty() ? configured.endpoints() : endpoints,
                height);
    }

    private static EndpointAddress parse(
            String option, String text, Function<String, EndpointAddress> parser) {
        if (text.isBlank()) {
            throw CannotException.untilChanged(
                    "understand " + option, "it is empty; write host:port");
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "understand " + option, String.valueOf(e.getMessage()));
        }
    }
}
