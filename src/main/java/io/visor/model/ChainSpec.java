package io.visor.model;

import java.util.List;

/// The chain that says which versions are required.
///
/// @param chainId the id that its nodes must answer with
/// @param endpoints who is asked, the first one first; at least one
/// @param height the height at which versions are read; 0: the newest
public record ChainSpec(String chainId, List<EndpointAddress> endpoints, long height) {

    /// LavaVisor's default of `--chain-id`.
    public static final String DEFAULT_CHAIN_ID = "lava";

    /// LavaVisor's default of `--node`.
    public static final String DEFAULT_NODE = "tcp://localhost:26657";

    public ChainSpec {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least one endpoint");
        }
    }
}
