package io.visor.sim.world;

import io.visor.chain.SimNode;
import io.visor.model.ProtocolVersions;
import io.visor.model.Version;
import io.visor.sim.SimScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The chain and the nodes that follow it.
final class Chain implements SimNode.Chain {

    static final String ID = "lava";

    private final SimScheduler scheduler;
    private final Duration blockTime;
    private final List<SimNode> nodes = new ArrayList<>();
    private long height = 100;
    private Instant time;
    private Version min;
    private Version target;

    Chain(
            SimScheduler scheduler,
            Duration blockTime,
            int nodeCount,
            Version first,
            SplittableRandom random) {
        this.scheduler = scheduler;
        this.blockTime = blockTime;
        this.time = scheduler.clock().now();
        this.min = first;
        this.target = first;
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new SimNode("tcp://node" + i + ":26657", this, random.split()));
        }
        scheduler.at(blockTime, this::block);
    }

    private void block() {
        grow();
        scheduler.at(blockTime, this::block);
    }

    /// One more block, now.
    void grow() {
        height++;
        time = scheduler.clock().now();
        nodes.forEach(SimNode::announce);
    }

    List<SimNode> nodes() {
        return nodes;
    }

    void want(Version newMin, Version newTarget) {
        min = newMin;
        target = newTarget;
    }

    Version min() {
        return min;
    }

    Version target() {
        return target;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public long height() {
        return height;
    }

    @Override
    public Instant blockTime() {
        return time;
    }

    @Override
    public ProtocolVersions versions() {
        return new ProtocolVersions(min, target, min, target);
    }
}
