package io.visor.sim.disk.medium;

/// The room on a disk. Files take whole pages, a directory takes one; names, links and inodes take
/// none, as a full ext4 mostly still has room for them.
public final class Space {

    private static final long UNLIMITED = 1L << 40;

    private long capacity = UNLIMITED;
    private long used;

    /// What fits on it, in bytes.
    public long capacity() {
        return capacity;
    }

    public void setCapacity(long bytes) {
        capacity = bytes;
    }

    public long used() {
        return used;
    }

    public long free() {
        return Math.max(0, capacity - used);
    }

    /// Takes one page.
    ///
    /// @return whether there is one
    boolean takePage() {
        boolean fits = used + Content.PAGE <= capacity;
        used += fits ? Content.PAGE : 0;
        return fits;
    }

    void givePages(int count) {
        used -= (long) count * Content.PAGE;
    }

    /// Counts anew.
    void setUsedPages(int count) {
        used = (long) count * Content.PAGE;
    }
}
