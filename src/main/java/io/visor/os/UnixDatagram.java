package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Sends datagrams to a socket of this machine (unix(7)).
public final class UnixDatagram {

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_BYTES = 2;

    /// `sizeof sun_path`.
    private static final int MAX_PATH = 108;

    private static final MemorySegment SOCKET = Linux.find("socket");
    private static final MemorySegment SENDTO = Linux.find("sendto");

    private UnixDatagram() {}

    /// Sends one datagram.
    ///
    /// @param address an absolute path, or a name behind `@` for a socket of the abstract namespace
    /// @throws OsException if it cannot be sent
    /// @throws IllegalArgumentException if that is no such address
    public static void send(String address, String text) {
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = address.startsWith("@");
        if (!isAbstract && !address.startsWith("/") || path.length < 2 || path.length >= MAX_PATH) {
            throw new IllegalArgumentException(address + " is no address of a unix socket");
        }
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            // A path ends with a zero byte; an abstract name begins with one and has none behind.
            int length = FAMILY_BYTES + path.length + (isAbstract ? 0 : 1);
            MemorySegment to = arena.allocate(FAMILY_BYTES + MAX_PATH, 8);
            to.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, to, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
            if (isAbstract) {
                to.set(ValueLayout.JAVA_BYTE, FAMILY_BYTES, (byte) 0);
            }
            MemorySegment body = arena.allocate(Math.max(1, message.length));
            MemorySegment.copy(message, 0, body, ValueLayout.JAVA_BYTE, 0, message.length);
            int socket =
                    Linux.call(SOCKET, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
                            .orThrow("making a socket");
            try {
                int unused =
                        Linux.call(
                                        SENDTO,
                                        socket,
                                        body.address(),
                                        message.length,
                                        MSG_NOSIGNAL,
                                        to.address(),
                                        length)
                                .orThrow("sending to " + address);
            } finally {
                Linux.close(socket);
            }
        }
    }
}
