package io.visor.sim.disk.medium;

import java.nio.charset.StandardCharsets;

/// A symbolic link.
public final class LinkNode extends Node {

    private final String target;

    LinkNode(long inode, Metadata metadata, String target) {
        super(inode, metadata);
        this.target = target;
    }

    public String target() {
        return target;
    }

    @Override
    public long size() {
        return target.getBytes(StandardCharsets.UTF_8).length;
    }
}
