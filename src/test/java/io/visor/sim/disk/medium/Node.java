package io.visor.sim.disk.medium;

/// An inode.
public abstract sealed class Node permits FileNode, DirectoryNode, LinkNode {

    private final long inode;
    private Metadata metadata;
    private Metadata durable;
    private int names;

    Node(long inode, Metadata metadata) {
        this.inode = inode;
        this.metadata = metadata;
        this.durable = metadata;
    }

    public final long inode() {
        return inode;
    }

    public final Metadata metadata() {
        return metadata;
    }

    /// The length in bytes, as stat(2) gives it.
    public abstract long size();

    /// The number of hard links, as stat(2) gives it.
    public int linkCount() {
        return names;
    }

    final int names() {
        return names;
    }

    final void addNames(int count) {
        names += count;
    }

    final void set(Metadata changed) {
        metadata = changed;
    }

    final void syncMetadata() {
        durable = metadata;
    }

    /// As it is read from the disk after a power cut.
    ///
    /// @param kept whether what is not known to be durable has survived
    final void reload(boolean kept) {
        metadata = kept ? metadata : durable;
        durable = metadata;
        names = 0;
    }

    final boolean hasUnsyncedMetadata() {
        return !metadata.equals(durable);
    }
}
