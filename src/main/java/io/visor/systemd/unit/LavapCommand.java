package io.visor.systemd.unit;

import io.visor.model.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command line of a consumer or a provider.
///
/// @param binary the active link
/// @param role consumer or provider
/// @param config its configuration file, as `lavap` is told of it: relative to the working
///   directory, because `lavap` takes no absolute path
/// @param from the key that it signs with
/// @param geolocation where it serves, as Lava numbers regions
/// @param chainId the network that it pays on
/// @param keyringBackend where the key is
/// @param node the node of that network, with its scheme
/// @param logLevel what it logs
/// @param parallelConnections a provider's; `lavap rpcconsumer` does not know the flag
public record LavapCommand(
        Path binary,
        Role role,
        String config,
        String from,
        long geolocation,
        String chainId,
        String keyringBackend,
        String node,
        String logLevel,
        int parallelConnections) {

    /// What starts a consumer.
    static final String CONSUMER = "rpcconsumer";

    /// What starts a provider.
    static final String PROVIDER = "rpcprovider";

    /// Its words.
    public List<String> words() {
        List<String> words = new ArrayList<>();
        words.add(binary.toString());
        words.add(role == Role.PROVIDER ? PROVIDER : CONSUMER);
        words.add(config);
        words.addAll(List.of("--from", from));
        words.addAll(List.of("--keyring-backend", keyringBackend));
        if (role == Role.PROVIDER) {
            words.addAll(List.of("--parallel-connections", String.valueOf(parallelConnections)));
        }
        words.addAll(List.of("--chain-id", chainId));
        words.addAll(List.of("--geolocation", String.valueOf(geolocation)));
        words.addAll(List.of("--log_level", logLevel));
        words.addAll(List.of("--node", node));
        return words;
    }

    /// Which of the two a command line starts; nothing if neither.
    static Optional<Role> roleOf(List<String> words) {
        return words.size() < 2
                ? Optional.empty()
                : switch (words.get(1)) {
                    case CONSUMER -> Optional.of(Role.CONSUMER);
                    case PROVIDER -> Optional.of(Role.PROVIDER);
                    default -> Optional.empty();
                };
    }
}
