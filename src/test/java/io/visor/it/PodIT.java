package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PodIT extends OnDevnet {

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private HttpResponse<String> get(int port, String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void fetchesByItselfAndAnswersProbes() throws Exception {
        int port = freePort();
        Path home = directory.resolve("empty");
        try (Visor visor =
                start(
                        home,
                        "pod",
                        "--cmd",
                        "lavap rpcconsumer x.yml",
                        "--probes",
                        "127.0.0.1:" + port)) {
            visor.awaitErr("lavap runs as pid");
            await().until(() -> get(port, "/readyz").statusCode() == 200);
            assertThat(get(port, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(port, "/startupz").statusCode()).isEqualTo(200);
            assertThat(get(port, "/livez/x").statusCode()).isEqualTo(404);
            assertThat(get(port, "/metrics").body())
                    .contains("visor_service_up{service=\"lavap\"} 1.0")
                    .contains("visor_program_active_info{program=\"lavap\",version=\"1.0.0\"} 1.0");
            visor.awaitErr("Process Started");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
        }
    }

    @Test
    void isAliveButNotReadyWithoutABinary() throws Exception {
        int port = freePort();
        try (Visor visor =
                place.start(
                        "pod",
                        "--cmd",
                        "lavap rpcconsumer x.yml",
                        "--directory",
                        directory.resolve("empty").toString(),
                        "--node",
                        "tcp://127.0.0.1:1",
                        "--probes",
                        "127.0.0.1:" + port)) {
            visor.awaitErr("the chain has not answered within 5s");
            assertThat(get(port, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(port, "/readyz").statusCode()).isEqualTo(503);
            assertThat(get(port, "/startupz").statusCode()).isEqualTo(503);
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
        }
    }

    @Test
    void aProbePortThatIsTakenIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Visor.Result result =
                    place.run(
                            network.flags(
                                    directory.resolve("empty"),
                                    network.devnet.rpcUrl(),
                                    "pod",
                                    "--cmd",
                                    "lavap rpcconsumer x.yml",
                                    "--probes",
                                    ":" + taken.getLocalPort()));
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("cannot serve probes:");
        }
    }
}
