package io.visor.api;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts one HTTP/1.1 message together from the pieces in which it comes. It holds no more than what
/// has come, and no more than the limits.
public final class HttpReader {

    /// How long the first line and the header fields may be together, in bytes.
    public static final int MAX_HEAD = 16 << 10;

    private static final int FIRST_SIZE = 512;

    private final int maxBody;
    private byte[] bytes = new byte[FIRST_SIZE];
    private int length;
    private int headLength;
    private int bodyLength;
    private @Nullable HttpHead head;

    /// Makes a reader of one message.
    ///
    /// @param maxBody how long the body may be, in bytes
    public HttpReader(int maxBody) {
        this.maxBody = maxBody;
    }

    /// Takes a piece; what stands behind the message is left in it.
    ///
    /// @return whether the message is whole
    /// @throws HttpException if it is none, or too long
    public boolean take(ByteBuffer piece) {
        while (head == null && piece.hasRemaining()) {
            takeHeadByte(piece.get());
        }
        if (head == null) {
            return false;
        }
        int count = Math.min(headLength + bodyLength - length, piece.remaining());
        reserve(count);
        piece.get(bytes, length, count);
        length += count;
        return length == headLength + bodyLength;
    }

    private void takeHeadByte(byte next) {
        byte before = length == 0 ? 0 : bytes[length - 1];
        if (before == '\r' && next != '\n' || next == '\n' && before != '\r') {
            throw new HttpException(400, "a line that does not end in CR LF");
        }
        if (length == MAX_HEAD) {
            throw new HttpException(431, "a head of more than " + MAX_HEAD + " bytes");
        }
        reserve(1);
        bytes[length++] = next;
        if (next == '\n' && length >= 4 && bytes[length - 3] == '\n') {
            HttpHead read = HttpHead.parse(bytes, length);
            bodyLength = read.bodyLength(maxBody);
            headLength = length;
            head = read;
        }
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
    }

    /// How much memory it holds, in bytes.
    public int held() {
        return bytes.length;
    }

    /// The head, as soon as it is there.
    public Optional<HttpHead> head() {
        return Optional.ofNullable(head);
    }

    /// The body; what has come of it.
    public byte[] body() {
        return Arrays.copyOfRange(bytes, headLength, length);
    }
}
