package io.visor.chain;

import io.visor.model.ProtocolVersions;
import java.time.Instant;
import java.util.Optional;

/// One node of a Cosmos chain, asked over one of its transports. Every method may block for some
/// seconds.
interface Node extends AutoCloseable {

    /// Where a node is on its chain.
    ///
    /// @param chainId the chain that it follows
    /// @param height its newest block, at least 1
    /// @param blockTime the time in that block's header
    /// @param catchingUp whether it is still behind the chain
    record Status(String chainId, long height, Instant blockTime, boolean catchingUp) {}

    /// What a node says that the chain asks for.
    ///
    /// @param versions the versions
    /// @param height the height that they are of; 0 if the transport does not say it
    record Versions(ProtocolVersions versions, long height) {}

    /// The node for messages, without secrets.
    String name();

    /// Where it is now.
    ///
    /// @throws ChainException if it does not say
    Status status();

    /// What the chain asks for.
    ///
    /// @param height at which height; 0: the newest
    /// @throws ChainException if it does not say
    Versions versions(long height);

    /// Asks to be told of new blocks.
    ///
    /// @return nothing if the transport cannot
    Optional<Feed> subscribe(BlockListener listener);

    @Override
    void close();

    /// A subscription.
    @FunctionalInterface
    interface Feed {

        /// No more calls come, except one that is under way.
        void close();
    }

    /// Told of blocks, on any thread.
    interface BlockListener {

        /// The node has agreed to tell.
        void onSubscribed();

        /// The node has a new block.
        void onBlock();

        /// No more calls come.
        void onEnd(String why);
    }
}
