package io.visor.net;

import io.visor.net.NetException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Connections without a protocol on top.
public final class Tcp {

    private static final int MAX_ADDRESSES = 4;

    private Tcp() {}

    /// Opens a connection and closes it again. Where a name has several addresses, they are tried
    /// one after the other, each for its share of the time.
    ///
    /// @param host a name or an address
    /// @param limit how long it may take, besides the look-up of a name
    /// @param where the other side, for messages
    /// @throws NetException if no address accepts it
    public static void connect(String host, int port, Duration limit, String where) {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(host);
            int count = Math.min(addresses.length, MAX_ADDRESSES);
            int millis = (int) Math.clamp(limit.toMillis() / count, 1, Integer.MAX_VALUE);
            NetException failure = new NetException(Kind.UNREACHABLE, where + " has no address");
            for (int i = 0; i < count; i++) {
                try (SocketChannel channel = SocketChannel.open()) {
                    channel.socket().connect(new InetSocketAddress(addresses[i], port), millis);
                    return;
                } catch (IOException e) {
                    failure = NetException.of(where, e);
                }
            }
            throw failure;
        } catch (IOException e) {
            throw NetException.of(where, e);
        }
    }
}
