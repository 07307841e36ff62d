package io.visor.model;

import java.time.Instant;

/// One answer of one endpoint: what the chain asks for, and how far the node that says so is.
///
/// @param endpoint who answered, without secrets
/// @param chainId the chain that the node follows
/// @param versions what the chain asks for at `height`
/// @param height the height that the answer is of, at least 1
/// @param blockTime the time in that block's header
/// @param catchingUp whether the node is still behind the chain
/// @param at when the answer came, by this machine's clock
public record Observation(
        String endpoint,
        String chainId,
        ProtocolVersions versions,
        long height,
        Instant blockTime,
        boolean catchingUp,
        Instant at) {}
