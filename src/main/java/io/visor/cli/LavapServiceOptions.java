package io.visor.cli;

import io.visor.daemon.units.UnitRequest;
import io.visor.model.CannotException;
import io.visor.model.EndpointAddress;
import io.visor.model.Role;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What `lavap` is told, as LavaVisor's `create-service` takes it.
final class LavapServiceOptions {

    private static final String LOG_LEVEL = "--log_level";
    private static final String DEFAULT_LOG_LEVEL = "debug";

    @Parameters(
            index = "0",
            paramLabel = "CONFIG",
            description = "The configuration file of the consumer or provider; it is copied.")
    private String config = "";

    @Option(
            names = "--from",
            required = true,
            paramLabel = "KEY",
            description = "The key that it signs with.")
    private String from = "";

    @Option(
            names = "--geolocation",
            required = true,
            paramLabel = "N",
            description = "Where it serves, as Lava numbers regions: 1 is the US, 2 is Europe.")
    private long geolocation;

    @Option(
            names = "--chain-id",
            required = true,
            paramLabel = "ID",
            description = "The network that it works on, such as lava-mainnet-1.")
    private String chainId = "";

    @Option(
            names = "--keyring-backend",
            required = true,
            paramLabel = "BACKEND",
            description = "Where the key is: os, file, test, ...")
    private String keyringBackend = "";

    @Option(
            names = "--node",
            paramLabel = "URL",
            defaultValue = "tcp://localhost:26657",
            description = "The node that it asks (default: ${DEFAULT-VALUE}).")
    private String node = "";

    @Option(
            names = "--parallel-connections",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How many connections a provider keeps to its nodes; a consumer has no such"
                            + " flag, and is not given it (default: ${DEFAULT-VALUE}).")
    private int parallelConnections;

    @Option(
            names = "--working-directory",
            paramLabel = "DIR",
            description =
                    "Where it runs, and a provider keeps its rewards (default: as before if the"
                            + " unit is there, else a directory of its own in the home).")
    private @Nullable String workingDirectory;

    /// The command that these options are part of: its `--log_level` is lavap's and not visor's,
    /// which has no log here.
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Mixin private IgnoredTransactionOptions ignored = new IgnoredTransactionOptions();

    @Nullable String workingDirectory() {
        return workingDirectory;
    }

    /// What is asked for.
    UnitRequest request(Role role, Console console) {
        for (String[] given :
                new String[][] {
                    {"--from", from}, {"--chain-id", chainId}, {"--keyring-backend", keyringBackend}
                }) {
            if (given[1].isBlank()) {
                throw CannotException.untilChanged(
                        "understand " + given[0], "it is empty; give it a value");
            }
        }
        if (geolocation < 1) {
            throw CannotException.untilChanged(
                    "understand --geolocation", geolocation + " is below 1; 1 is the US");
        }
        if (parallelConnections < 1) {
            throw CannotException.untilChanged(
                    "understand --parallel-connections",
                    parallelConnections + " is below 1; write how many");
        }
        return new UnitRequest.OfLavap(
                role,
                console.path("the command line", config),
                from,
                geolocation,
                chainId,
                keyringBackend,
                node(),
                logLevel(),
                parallelConnections);
    }

    /// The node's address as it was given; `lavap` needs a scheme.
    private String node() {
        try {
            EndpointAddress address = EndpointAddress.parseNode(node);
            if (address.transport() != EndpointAddress.Transport.RPC) {
                throw new IllegalArgumentException(
                        "lavap asks CometBFT RPC, not " + address + "; use tcp://host:port");
            }
            return node.contains("://") ? node : "tcp://" + node;
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged("understand --node", String.valueOf(e.getMessage()));
        }
    }

    private String logLevel() {
        return Optional.ofNullable(command)
                .map(spec -> spec.commandLine().getParseResult().matchedOption(LOG_LEVEL))
                .flatMap(option -> option.originalStringValues().stream().findFirst())
                .orElse(DEFAULT_LOG_LEVEL);
    }
}
