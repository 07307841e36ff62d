package io.visor.config;

import java.util.List;

/// What visor needs to know of the configuration file of a consumer or a provider of Lava's.
///
/// @param text the file, as it is written
/// @param chainIds the chains of its endpoints, in the file's order; at least one
public record ProtocolConfig(String text, List<String> chainIds) {

    public ProtocolConfig {
        chainIds = List.copyOf(chainIds);
        if (chainIds.isEmpty()) {
            throw new IllegalArgumentException("no endpoint");
        }
    }

    /// The chain that names the service.
    public String chainId() {
        return chainIds.getFirst();
    }
}
