package io.visor.devnet;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.visor.json.Json;
import io.visor.model.Version;
import io.visor.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A whole network on loopback: one node over all its transports, and a release host.
public final class Devnet implements AutoCloseable {

    /// The file in the devnet's directory that says where it listens.
    static final String ADDRESSES = "devnet.json";

    private final EventLoopGroup group;
    private final DevnetChain chain;
    private final RpcServer rpc;
    private final GrpcServer grpc;
    private final RestServer rest;
    private final ReleaseHost releases;

    /// What a devnet is made of.
    ///
    /// @param directory where its releases are kept; made if it is not there
    /// @param chainId the chain's id
    /// @param blockTime from one block to the next
    /// @param versions the releases that are published, the first of which the chain asks for at
    ///   first
    /// @param padding how many bytes of noise make each release larger
    /// @param rpcPort where CometBFT RPC listens; 0: any free port, as for the others
    /// @param grpcPort where gRPC listens
    /// @param restPort where REST listens
    /// @param releasesPort where the release host listens
    public record Options(
            Path directory,
            String chainId,
            Duration blockTime,
            List<Version> versions,
            long padding,
            int rpcPort,
            int grpcPort,
            int restPort,
            int releasesPort) {

        public static final List<Version> VERSIONS =
                List.of(Version.of("1.0.0"), Version.of("1.1.0"), Version.of("2.0.0"));

        /// A devnet on free ports.
        public Options(Path directory, Duration blockTime) {
            this(directory, "lava", blockTime, VERSIONS, 0, 0, 0, 0, 0);
        }
    }

    /// Starts everything but the making of blocks.
    public Devnet(Options options, Scheduler scheduler) throws IOException {
        if (Files.exists(options.directory()) && !Files.isDirectory(options.directory())) {
            throw new NotDirectoryException(options.directory().toString());
        }
        Files.createDirectories(options.directory());
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Version first = options.versions().getFirst();
        chain =
                new DevnetChain(
                        options.chainId(),
                        options.blockTime(),
                        DevnetChain.versions(first, first),
                        scheduler);
        rpc = new RpcServer(chain, group, options.rpcPort());
        grpc = new GrpcServer(chain, group, options.grpcPort());
        rest = new RestServer(chain, group, options.restPort());
        releases =
                new ReleaseHost(
                        options.directory().resolve("releases"), group, options.releasesPort());
        for (Version version : options.versions()) {
            releases.publish(version, Map.of(), options.padding());
        }
        Json addresses =
                Json.object(
                        "rpc",
                        rpcUrl(),
                        "grpc",
                        grpcUrl(),
                        "rest",
                        restUrl(),
                        "releases",
                        releasesUrl(),
                        "chain-id",
                        options.chainId());
        // Whoever waits for the file finds all of it.
        Path temporary = options.directory().resolve(ADDRESSES + ".tmp");
        Files.writeString(temporary, addresses.writePretty() + "\n");
        Files.move(
                temporary, options.directory().resolve(ADDRESSES), StandardCopyOption.ATOMIC_MOVE);
    }

    public DevnetChain chain() {
        return chain;
    }

    public ReleaseHost releases() {
        return releases;
    }

    public String rpcUrl() {
        return "tcp://127.0.0.1:" + rpc.port();
    }

    public String grpcUrl() {
        return "grpc://127.0.0.1:" + grpc.port();
    }

    public String restUrl() {
        return "rest+http://127.0.0.1:" + rest.port();
    }

    public String releasesUrl() {
        return "http://127.0.0.1:" + releases.port();
    }

    /// The template that finds an asset here.
    public String releaseTemplate() {
        return releasesUrl() + "/v{version}/lavap-v{version}-{os}-{arch}";
    }

    /// The template that finds the checksums here.
    public String checksumTemplate() {
        return releasesUrl() + "/v{version}/sha256sum.txt";
    }

    @Override
    public void close() {
        chain.close();
        rpc.close();
        grpc.close();
        rest.close();
        releases.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
