package io.visor.it;

import io.visor.devnet.Devnet;
import io.visor.devnet.DevnetChain;
import io.visor.model.Version;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A devnet in the test's own process, and the flags that lead a visor to it.
public final class Network implements AutoCloseable {

    public final Devnet devnet;
    private final Path directory;

    public Network(Path directory) throws IOException {
        this.directory = directory;
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        devnet =
                new Devnet(
                        new Devnet.Options(directory.resolve("devnet"), Duration.ofMillis(200)),
                        scheduler);
        devnet.chain().run();
        Files.writeString(
                directory.resolve("x.yml"),
                "endpoints:\n  - chain-id: LAV1\n    network-address: 127.0.0.1:0\n");
    }

    public void propose(String min, String target) {
        devnet.chain().propose(DevnetChain.versions(Version.of(min), Version.of(target)), 0);
    }

    /// A directory whose home has a short health window.
    public Path home(String name) throws IOException {
        return home(name, "programs: {lavap: {upgrade: {health-window: 300ms}}}\n");
    }

    /// A directory whose home has a configuration.
    public Path home(String name, String config) throws IOException {
        Path home = directory.resolve(name);
        Files.createDirectories(home.resolve(".lavavisor"));
        Files.writeString(home.resolve(".lavavisor/config.yml"), config);
        return home;
    }

    /// The flags of a command that follows the devnet.
    public String[] flags(Path home, String node, String... more) {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.addAll(
                List.of(
                        "--directory",
                        home.toString(),
                        "--node",
                        node,
                        "--chain-id",
                        "lava",
                        "--release-url",
                        devnet.releaseTemplate(),
                        "--checksum-url",
                        devnet.checksumTemplate()));
        return flags.toArray(String[]::new);
    }

    public String[] wrap(Path home, String node, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of("wrap", "--cmd", "lavap rpcconsumer x.yml", "--auto-download"));
        all.addAll(List.of(more));
        return flags(home, node, all.toArray(String[]::new));
    }

    @Override
    public void close() {
        devnet.close();
    }
}
