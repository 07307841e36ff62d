package io.visor.sim.disk.medium;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.IntPredicate;

/// A regular file: what is seen, and what is durable.
public final class FileNode extends Node {

    private Content content = new Content();
    private Content durable = new Content();

    /// The least length that it has had since it was last flushed: what stood behind that is gone
    /// as soon as any later write has reached the disk.
    private long leastLength;

    /// Pages that a failed flush has given up.
    private final BitSet lost = new BitSet();

    private int opened;

    FileNode(long inode, Metadata metadata) {
        super(inode, metadata);
    }

    /// Reads as much as there is, and fits.
    ///
    /// @return how many bytes; -1 at or behind the end
    public int read(long at, ByteBuffer into) {
        return content.read(at, into);
    }

    int write(long at, ByteBuffer from, Space space) throws ErrnoException {
        int count = content.write(at, from, durable, space);
        if (count > 0 && !lost.isEmpty()) {
            lost.clear((int) (at / Content.PAGE), (int) ((at + count - 1) / Content.PAGE) + 1);
        }
        return count;
    }

    void truncate(long length, Space space) {
        int before = content.taken();
        content.setLength(length);
        leastLength = Math.min(leastLength, length);
        // The page in which the file ends now is written anew, and those behind it are no more.
        int last = (int) (length / Content.PAGE);
        lost.clear(last, Math.max(last, lost.length()));
        space.givePages(before - content.taken());
    }

    /// Makes the content and the length durable, but for what an earlier failure has given up.
    void syncContent() {
        Content flushed = content.copy();
        for (int i = lost.nextSetBit(0); i >= 0; i = lost.nextSetBit(i + 1)) {
            flushed.share(durable, i);
        }
        durable = flushed;
        leastLength = content.length();
    }

    /// Gives up what is not durable: a flush has failed.
    void loseUnsynced() {
        for (int i = 0; i < content.pageCount(); i++) {
            if (!content.shares(durable, i)) {
                lost.set(i);
            }
        }
    }

    boolean hasUnsyncedContent() {
        return leastLength < durable.length() || !content.isSameAs(durable);
    }

    /// The length of what is durable.
    long durableLength() {
        return durable.length();
    }

    /// The length of what is durable and has not been cut off since.
    long remainingLength() {
        return Math.min(leastLength, durable.length());
    }

    /// What is on the disk when nothing has reached it since the last flush.
    Content dropped() {
        return durable;
    }

    /// What is on the disk when some of what was written since the last flush has reached it.
    ///
    /// @param written by number, the pages that have, unless they were given up
    /// @param upTo where writing broke off, in bytes from the beginning
    Content torn(IntPredicate written, long upTo, long length) {
        Content base = durable.copy();
        base.setLength(remainingLength());
        return base.blend(content, i -> written.test(i) && !lost.get(i), upTo, length);
    }

    /// As it is read from the disk after a power cut.
    void reloadContent(Content survived) {
        durable = survived;
        content = survived.copy();
        leastLength = survived.length();
        lost.clear();
        opened = 0;
    }

    int pages() {
        return content.taken();
    }

    void open() {
        opened++;
    }

    void close() {
        opened--;
    }

    /// Whether nothing refers to it any more.
    boolean isGone() {
        return names() == 0 && opened == 0;
    }

    @Override
    public long size() {
        return content.length();
    }
}
