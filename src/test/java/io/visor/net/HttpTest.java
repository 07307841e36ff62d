package io.visor.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class HttpTest {

    private static final Http.Limits LIMITS =
            new Http.Limits(Duration.ofMillis(300), Duration.ofMillis(300), Duration.ZERO);

    /// A server that never stops beginning an answer.
    private static void drip(ServerSocket server) throws InterruptedException {
        try (Socket socket = server.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                Thread.sleep(Duration.ofMillis(20));
            }
        } catch (IOException e) {
            // The client has given up, as it should.
            return;
        }
    }

    @Test
    @Timeout(20)
    void headersThatComeBitByBitHaveALimitOfTime() throws Exception {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Http http = new Http(new Proxies(Map.of()), LIMITS, "test")) {
            scheduler.start("server", () -> drip(server));
            URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/list");
            assertThatThrownBy(() -> http.open(uri, Map.of()))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("does not answer in time");
        }
    }
}
