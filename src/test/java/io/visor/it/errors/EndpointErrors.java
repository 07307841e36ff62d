package io.visor.it.errors;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.visor.it.Visor;
import io.visor.it.errors.FakeHost.Answer;
import io.visor.net.GrpcClient.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Messages about nodes that do not answer as they should, and about chain ids.
final class EndpointErrors {

    private static final String ASK = "cannot ask the chain: ";
    private static final String CHECK = "; check --node";
    private static final String FOLLOW = "cannot follow the chain: ";
    private static final String NEXT_TRY = "; next try in <time>";
    private static final String NOBODY = "tcp://127.0.0.1:1";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    EndpointErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addSlow();
        addConnections();
        addTls();
        addHttp();
        addRedirects();
        addRpc();
        addRest();
        addGrpc();
        addChainId();
        addLog();
    }

    private String[] init(String node, String... more) throws IOException {
        String[] words = new String[more.length + 1];
        words[0] = "init";
        System.arraycopy(more, 0, words, 1, more.length);
        return scene.network.flags(scene.home(), node, words);
    }

    /// What `init` says of a node.
    private void asked(String why, String node) {
        checks.ends(ASK + why + CHECK, () -> scene.run(init(node)));
    }

    private void askedRpc(String why, Answer answer) {
        asked(why, scene.fake.serve(answer));
    }

    private String rest(Answer answer) {
        return "rest+" + scene.fake.serve(answer);
    }

    private Visor follow(String node) throws IOException {
        return scene.place.start(scene.network.flags(scene.home(), node, "start"));
    }

    private void addSlow() {
        checks.endsLate(
                ASK + "<endpoint> does not answer in time" + CHECK,
                () -> scene.run(init(scene.fake.serve(scene.fake.silence()))));
        checks.logsLate(
                "the chain has not answered within 5s; going on with what is installed, and asking"
                        + " on",
                () -> follow(scene.fake.serve(scene.fake.silence())));
    }

    private void addConnections() {
        asked("<endpoint> refuses connections", NOBODY);
        asked("<endpoint>: the host is unknown", "tcp://nowhere.invalid:26657");
        checks.ends(
                ASK + "<endpoint>: no route to the host" + CHECK,
                () -> {
                    // A network without any interface that is up.
                    List<String> offline = List.of("unshare", "--map-root-user", "--net", "--");
                    Assumptions.assumeTrue(mayUnshare(), "no network of one's own here");
                    try (Visor visor = scene.startBy(offline, init("tcp://192.0.2.1:26657"))) {
                        return visor.end();
                    }
                });
        asked("<endpoint> does not speak HTTP: <reason>", raw("hello\r\n"));
        asked("<endpoint>: the connection broke: <reason>", raw(""));
        checks.ends(
                ASK + "<endpoint>: <why>; <endpoint>: <why>" + CHECK,
                () -> scene.run(init("tcp://nowhere.invalid:26657,tcp://nobody.invalid:26657")));
    }

    private static boolean mayUnshare() throws IOException, InterruptedException {
        return new ProcessBuilder("unshare", "--map-root-user", "--net", "true").start().waitFor()
                == 0;
    }

    /// A host that reads a request, says something, and hangs up.
    private String raw(String answer) {
        try {
            ServerSocket server =
                    scene.keep(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()));
            Thread unused = Thread.ofVirtual().start(() -> serve(server, answer));
            return "tcp://127.0.0.1:" + server.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(ServerSocket server, String answer) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                int unused = in.read(new byte[8192]);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                // What is not read would make the kernel send a reset instead of the answer.
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The client is gone, or the test is over.
                continue;
            }
        }
    }

    private void addTls() {
        asked(
                "<endpoint>: no secure connection: it does not speak TLS",
                scene.network.devnet.rpcUrl().replace("tcp:", "https:"));
        checks.ends(
                ASK + "<endpoint>: no secure connection: <reason>" + CHECK,
                () -> {
                    HttpsServer server = https();
                    server.start();
                    try {
                        return scene.run(
                                init("https://127.0.0.1:" + server.getAddress().getPort()));
                    } finally {
                        server.stop(0);
                    }
                });
    }

    /// A host with a certificate that nobody else vouches for.
    private HttpsServer https() throws Exception {
        Path file = scene.home().resolve("keys.p12");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        new ProcessBuilder(
                        (keytool
                                        + " -genkeypair -alias a -dname CN=127.0.0.1 -keyalg EC"
                                        + " -storetype PKCS12 -storepass changeit -keystore "
                                        + file)
                                .split(" "))
                .start()
                .waitFor();
        char[] password = "changeit".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }

    private void addHttp() {
        askedRpc("<endpoint> answers with HTTP status <n>", FakeHost.status(502));
        askedRpc(
                "<endpoint> answers with more than <n> bytes",
                FakeHost.text(" ".repeat((1 << 20) + 1)));
    }

    private void addRedirects() {
        asked(
                "<endpoint> redirects more than 5 times",
                rest(exchange ->
                        FakeHost.redirect(exchange.getRequestURI().toString()).to(exchange)));
        asked(
                "<endpoint> redirects to something that is no address",
                rest(FakeHost.redirect("http://a b/")));
        asked(
                "<endpoint> redirects to <address>, which is not followed",
                rest(FakeHost.redirect("ftp://mirror.example/")));
        asked("<endpoint> is no address that can be asked", "tcp://" + "a".repeat(64) + ".example");
    }

    private void addRpc() {
        askedRpc(
                "<endpoint> refuses <method>: <message>",
                FakeHost.text("{\"error\": {\"message\": \"Method not found\"}}"));
        askedRpc(
                "<endpoint> refuses the query with code <n>: <message>",
                FakeHost.rpc(
                        FakeHost.status(false),
                        "{\"result\": {\"response\": {\"code\": 6, \"log\": \"unknown path\"}}}"));
        askedRpc(
                "<endpoint> answers <method> with something unreadable: <reason>",
                FakeHost.text("<html>a wallet</html>"));
        askedRpc(
                "<endpoint> answers with parameters that do not decode",
                FakeHost.rpc(
                        FakeHost.status(false),
                        "{\"result\": {\"response\": {\"value\": \"Cgc=\"}}}"));
    }

    private void addRest() {
        asked(
                "<endpoint> answers for <what> with something unreadable: <reason>",
                rest(FakeHost.text("{\"block\": {}}")));
        asked("<endpoint> answers with <key> \"<text>\", which is no version", params("newest"));
        asked("<endpoint> answers with versions that no chain has: <problem>", params("1.0.0-rc1"));
        asked("<endpoint> is catching up, at height <n>", rest(FakeHost.rest(true, () -> 5)));
    }

    private String params(String target) {
        return rest(
                FakeHost.rest(
                        false,
                        () -> 5,
                        """
                        {"params": {"version": {"provider_target": "%s", "provider_min": "1.0.0",
                         "consumer_target": "1.0.0", "consumer_min": "1.0.0"}}}
                        """
                                .formatted(target)));
    }

    private void addGrpc() {
        asked("<endpoint> does not speak gRPC", "grpc://127.0.0.1:" + scene.fake.port());
        asked(
                "<endpoint> answers with gRPC status <status>: <reason>",
                grpc(null, Status.INTERNAL.withDescription("panic")));
        asked(
                "<endpoint> cannot be reached over gRPC",
                grpc(null, Status.UNAVAILABLE.withDescription("going down")));
        asked(
                "<endpoint> answers with more than it may: <reason>",
                grpc(new byte[17 << 20], Status.OK));
        asked(
                "<endpoint> answers with a block that does not decode",
                grpc(new byte[] {(byte) 0xff}, Status.OK));
    }

    /// A gRPC server that answers every call the same.
    private String grpc(byte @Nullable [] message, Status status) {
        HandlerRegistry every =
                new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(
                            String method, @Nullable String authority) {
                        return ServerMethodDefinition.create(
                                MethodDescriptor.<byte[], byte[]>newBuilder()
                                        .setType(MethodDescriptor.MethodType.UNARY)
                                        .setFullMethodName(method)
                                        .setRequestMarshaller(Bytes.MARSHALLER)
                                        .setResponseMarshaller(Bytes.MARSHALLER)
                                        .build(),
                                (call, _) -> answer(call, message, status));
                    }
                };
        try {
            Server server =
                    NettyServerBuilder.forAddress(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .directExecutor()
                            .fallbackHandlerRegistry(every)
                            .build()
                            .start();
            scene.keep(server::shutdownNow);
            return "grpc://127.0.0.1:" + server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerCall.Listener<byte[]> answer(
            ServerCall<byte[], byte[]> call, byte @Nullable [] message, Status status) {
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                if (message != null) {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(message);
                }
                call.close(status, new Metadata());
            }
        };
    }

    private void addChainId() {
        String another = "<endpoint> answers for \"<chain id>\", not \"<chain id>\"";
        checks.ends(
                FOLLOW + another + "; correct --chain-id or --node",
                () -> {
                    String[] flags = init(scene.network.devnet.rpcUrl());
                    flags[List.of(flags).indexOf("--chain-id") + 1] = "lava-mainnet-1";
                    return scene.run(flags);
                });
        checks.logs(
                FOLLOW + another + "; asking the next endpoint",
                () -> {
                    String[] flags =
                            scene.network.flags(
                                    scene.home(),
                                    scene.network.devnet.rpcUrl() + "," + NOBODY,
                                    "start");
                    flags[List.of(flags).indexOf("--chain-id") + 1] = "lava-mainnet-1";
                    return scene.place.start(flags);
                });
    }

    private void addLog() {
        checks.logs(FOLLOW + "<why>" + NEXT_TRY, () -> follow(NOBODY));
        checks.logs(
                FOLLOW + "<why>; asking the next endpoint",
                () ->
                        follow(
                                NOBODY.replace("//", "//u:" + ErrorChecks.SECRET + "@")
                                        + ","
                                        + scene.network.devnet.rpcUrl()));
        checks.logs(
                FOLLOW + "<endpoint> is catching up, at height <n>" + NEXT_TRY,
                () -> follow(rest(FakeHost.rest(true, () -> 5))));
        AtomicInteger asked = new AtomicInteger();
        checks.logs(
                FOLLOW + "<endpoint> is at height <n>, behind <n> that was seen before" + NEXT_TRY,
                // REST asks three times for a field of the block.
                () ->
                        follow(
                                rest(
                                        FakeHost.rest(
                                                false,
                                                () -> asked.getAndIncrement() == 0 ? 9 : 5))));
    }
}
