package io.visor.sim.disk.medium;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/// The bytes of a file, in pages. A page may be shorter than it could be: what is missing is zeros.
/// Pages are shared between what a file holds now and what is durable of it, and are copied before
/// they are written.
final class Content {

    /// Bytes in a page.
    static final int PAGE = 4096;

    private static final long MOST_BYTES = 1L << 31;

    /// A page that takes no room.
    private static final byte[] HOLE = new byte[0];

    private byte[][] pages = new byte[0][];
    private int taken;
    private long length;

    long length() {
        return length;
    }

    /// How many pages take room.
    int taken() {
        return taken;
    }

    private static int index(long at) {
        return (int) (at / PAGE);
    }

    private static int offset(long at) {
        return (int) (at % PAGE);
    }

    private static int count(long length) {
        return index(length + PAGE - 1);
    }

    private byte[] page(int index) {
        return index < pages.length ? pages[index] : HOLE;
    }

    private void setPage(int index, byte[] page) {
        if (index >= pages.length) {
            if (page.length == 0) {
                return;
            }
            int before = pages.length;
            pages = Arrays.copyOf(pages, Math.max(index + 1, before * 2));
            Arrays.fill(pages, before, pages.length, HOLE);
        }
        taken += (page.length > 0 ? 1 : 0) - (pages[index].length > 0 ? 1 : 0);
        pages[index] = page;
    }

    /// The same bytes, for as long as neither is written.
    Content copy() {
        Content copy = new Content();
        copy.pages = pages.clone();
        copy.taken = taken;
        copy.length = length;
        return copy;
    }

    /// Whether a page is the same here and there, not only equal.
    @SuppressWarnings("ReferenceEquality")
    boolean shares(Content other, int index) {
        return page(index) == other.page(index);
    }

    /// Whether all is the same here and there.
    boolean isSameAs(Content other) {
        if (length != other.length) {
            return false;
        }
        for (int i = 0; i < count(length); i++) {
            if (!shares(other, i)) {
                return false;
            }
        }
        return true;
    }

    /// Takes a page over from elsewhere.
    void share(Content other, int index) {
        setPage(index, other.page(index));
    }

    int pageCount() {
        return count(length);
    }

    /// Reads as much as there is, and fits.
    ///
    /// @return how many bytes; -1 at or behind the end
    int read(long at, ByteBuffer into) {
        if (at >= length) {
            return -1;
        }
        int count = (int) Math.min(into.remaining(), length - at);
        int done = 0;
        while (done < count) {
            byte[] page = page(index(at + done));
            int offset = offset(at + done);
            int piece = Math.min(PAGE - offset, count - done);
            int there = Math.clamp(page.length - (long) offset, 0, piece);
            into.put(page, Math.min(offset, page.length), there);
            for (int i = there; i < piece; i++) {
                into.put((byte) 0);
            }
            done += piece;
        }
        return count;
    }

    /// Writes as much as there is room for.
    ///
    /// @param kept shares pages that must stay as they are
    /// @return how many bytes
    /// @throws ErrnoException if there is room for none, or the file would be too large
    int write(long at, ByteBuffer from, Content kept, Space space) throws ErrnoException {
        if (at + from.remaining() > MOST_BYTES) {
            throw new ErrnoException(Errno.EFBIG);
        }
        int done = 0;
        while (from.hasRemaining()) {
            int index = index(at + done);
            int offset = offset(at + done);
            int piece = Math.min(PAGE - offset, from.remaining());
            byte[] page = page(index);
            if (page.length == 0 && !space.takePage()) {
                break;
            }
            if (page.length < offset + piece || shares(kept, index)) {
                int grown = Math.min(PAGE, Math.max(offset + piece, page.length * 2));
                page = Arrays.copyOf(page, Math.max(grown, page.length));
                setPage(index, page);
            }
            from.get(page, offset, piece);
            done += piece;
        }
        if (done == 0 && from.hasRemaining()) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        if (done > 0) {
            length = Math.max(length, at + done);
        }
        return done;
    }

    /// Cuts the end off, or adds zeros.
    void setLength(long newLength) {
        for (int i = count(newLength); i < pages.length; i++) {
            setPage(i, HOLE);
        }
        int rest = offset(newLength);
        byte[] last = page(index(newLength));
        if (rest > 0 && last.length > rest) {
            setPage(index(newLength), Arrays.copyOf(last, rest));
        }
        length = newLength;
    }

    /// What is on the disk when only a part of what was written has reached it.
    ///
    /// @param written by number, the pages that have reached it
    /// @param upTo where writing broke off, in bytes from the beginning
    Content blend(Content newer, IntPredicate written, long upTo, long newLength) {
        Content result = new Content();
        for (int i = 0; i < count(newLength); i++) {
            long start = (long) i * PAGE;
            byte[] page = page(i);
            if (written.test(i) && upTo > start) {
                byte[] wrote = newer.page(i);
                page = upTo >= start + PAGE ? wrote : joined(wrote, page, (int) (upTo - start));
            }
            result.setPage(i, page);
        }
        result.setLength(newLength);
        return result;
    }

    private static byte[] joined(byte[] first, byte[] rest, int at) {
        byte[] joined = Arrays.copyOf(rest, Math.max(rest.length, at));
        Arrays.fill(joined, 0, at, (byte) 0);
        System.arraycopy(first, 0, joined, 0, Math.min(first.length, at));
        return joined;
    }
}
