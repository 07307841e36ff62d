package io.visor.devnet;

import io.visor.model.ProtocolVersions;
import io.visor.model.Version;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A chain of one node: a block at every block time, and versions that change at a height.
public final class DevnetChain implements AutoCloseable {

    private static final int KEPT_BLOCKS = 1000;

    private final String chainId;
    private final Duration blockTime;
    private final Scheduler scheduler;
    private final Loop loop;
    private final CopyOnWriteArrayList<Consumer<Block>> listeners = new CopyOnWriteArrayList<>();
    private final NavigableMap<Long, ProtocolVersions> versions = new TreeMap<>();
    private final NavigableMap<Long, Block> blocks = new TreeMap<>();
    private Block newest;
    private boolean catchingUp;
    private @Nullable Timer timer;

    /// A block.
    ///
    /// @param chainId the chain
    /// @param height from 1
    /// @param time when it was made
    public record Block(String chainId, long height, Instant time) {}

    DevnetChain(String chainId, Duration blockTime, ProtocolVersions first, Scheduler scheduler) {
        this.chainId = chainId;
        this.blockTime = blockTime;
        this.scheduler = scheduler;
        this.newest = new Block(chainId, 1, scheduler.clock().now());
        this.versions.put(1L, first);
        this.loop = scheduler.loop("devnet-chain");
    }

    /// The same version for providers and consumers, as the chain demands.
    public static ProtocolVersions versions(Version min, Version target) {
        return new ProtocolVersions(min, target, min, target);
    }

    /// Begins to make blocks by itself.
    public synchronized void run() {
        timer = loop.schedule(blockTime, this::tick);
    }

    /// Makes no more blocks by itself.
    public synchronized void halt() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void tick() {
        synchronized (this) {
            if (timer == null) {
                return;
            }
            timer = loop.schedule(blockTime, this::tick);
        }
        Block unused = makeBlock();
    }

    /// Makes one block, and tells the listeners.
    public Block makeBlock() {
        Block block;
        synchronized (this) {
            block = new Block(chainId, newest.height() + 1, scheduler.clock().now());
            newest = block;
            blocks.put(block.height(), block);
            if (blocks.size() > KEPT_BLOCKS) {
                blocks.pollFirstEntry();
            }
        }
        listeners.forEach(listener -> listener.accept(block));
        return block;
    }

    /// A recent block.
    public synchronized Optional<Block> block(long height) {
        return Optional.ofNullable(blocks.get(height));
    }

    public synchronized Block newest() {
        return newest;
    }

    /// The versions at a height.
    ///
    /// @param height 0: the newest
    public synchronized ProtocolVersions versionsAt(long height) {
        Map.Entry<Long, ProtocolVersions> entry =
                versions.floorEntry(height == 0 ? newest.height() : height);
        return entry == null ? versions.firstEntry().getValue() : entry.getValue();
    }

    /// Changes the versions at a height that is still to come.
    ///
    /// @param height 0: the next block's
    /// @return the height
    /// @throws IllegalArgumentException if the chain would refuse it
    public synchronized long propose(ProtocolVersions proposal, long height) {
        proposal.problem()
                .ifPresent(problem -> {
                    throw new IllegalArgumentException(problem);
                });
        long at = height == 0 ? newest.height() + 1 : height;
        if (at <= newest.height()) {
            throw new IllegalArgumentException(
                    "height " + at + " is past; the chain is at " + newest.height());
        }
        versions.put(at, proposal);
        return at;
    }

    public synchronized boolean isCatchingUp() {
        return catchingUp;
    }

    /// Whether the node says that it is behind its chain.
    public synchronized void setCatchingUp(boolean newCatchingUp) {
        catchingUp = newCatchingUp;
    }

    /// Goes back to a lower height, as a node does that was restored from a snapshot.
    public synchronized void rewind(long height) {
        newest = new Block(chainId, height, scheduler.clock().now());
    }

    public String chainId() {
        return chainId;
    }

    void listen(Consumer<Block> listener) {
        listeners.add(listener);
    }

    void unlisten(Consumer<Block> listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {
        halt();
        loop.close();
    }
}
