package io.visor.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

final class ProbeServerTest {

    private static final int MAX_REQUESTS = 8;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final SystemScheduler scheduler =
            new SystemScheduler((_, failure) -> failures.add(failure));

    private static final ProbeServer.View READY =
            new ProbeServer.View() {
                @Override
                public void turn(Runnable action) {
                    action.run();
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public boolean isStarted() {
                    return true;
                }
            };

    @Test
    void requestsThatDoNotComeHoldNoMoreThreadsThanProbesMay() throws Exception {
        try (ProbeServer probes =
                ProbeServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        scheduler,
                        READY,
                        new Metrics("1"))) {
            List<SocketChannel> idle = new ArrayList<>();
            try {
                for (int i = 0; i < 50; i++) {
                    SocketChannel channel = SocketChannel.open(probes.address());
                    idle.add(channel);
                    channel.write(ByteBuffer.wrap("GET /liv".getBytes(StandardCharsets.UTF_8)));
                    channel.configureBlocking(false);
                }
                await().until(() ->
                        idle.stream().filter(ProbeServerTest::isOver).count() == 50 - MAX_REQUESTS);
                assertThat(
                                Thread.getAllStackTraces().keySet().stream()
                                        .filter(thread -> thread.getName().equals("probe")))
                        .hasSize(MAX_REQUESTS);
            } finally {
                for (SocketChannel channel : idle) {
                    channel.close();
                }
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> ask(probes.address()).startsWith("HTTP/1.1 200"));
        }
        assertThat(failures).isEmpty();
    }

    private static boolean isOver(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static String ask(InetSocketAddress address) {
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(
                    ByteBuffer.wrap(
                            "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .getBytes(StandardCharsets.UTF_8)));
            ByteBuffer bytes = ByteBuffer.allocate(12);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            return new String(bytes.array(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
