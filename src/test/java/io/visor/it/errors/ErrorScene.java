package io.visor.it.errors;

import io.visor.it.Network;
import io.visor.it.Visor;
import io.visor.it.Visor.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// What the checks of messages share: a devnet that asks for 1.0.0 all the time, hosts that answer
/// as they should not, and a user without rights.
final class ErrorScene implements AutoCloseable {

    private static final boolean IS_ROOT = System.getProperty("user.name", "").equals("root");

    /// The user and the group that own nothing.
    private static final String NOBODY = "65534";

    final Path directory;
    final Network network;
    final FakeHost fake = new FakeHost();
    final Place place;
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger homes = new AtomicInteger();

    ErrorScene(Path directory) throws IOException {
        this.directory = directory;
        // The other user must be able to come here.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        network = new Network(directory);
        place =
                Place.in(directory)
                        .with("PATH", directory.resolve("bin") + ":/usr/bin:/bin")
                        .with("NO_PROXY", "*");
    }

    /// A directory without a home.
    Path home() throws IOException {
        return Files.createDirectories(directory.resolve("home-" + homes.incrementAndGet()));
    }

    /// A directory whose home has a configuration.
    Path home(String config) throws IOException {
        return network.home("home-" + homes.incrementAndGet(), config);
    }

    Visor.Result run(String... arguments) {
        return place.run(arguments);
    }

    /// The flags of a command that fetches releases from another host than the devnet's.
    ///
    /// @param releases what stands in front of `/v<version>/`
    static String[] flags(Path home, String node, String releases, String... command) {
        List<String> flags = new ArrayList<>(List.of(command));
        flags.addAll(
                List.of(
                        "--directory",
                        home.toString(),
                        "--node",
                        node,
                        "--release-url",
                        releases + "/v{version}/lavap-v{version}-{os}-{arch}",
                        "--checksum-url",
                        releases + "/v{version}/sha256sum.txt"));
        return flags.toArray(String[]::new);
    }

    /// Runs a command on a home, with the devnet's node and releases.
    Visor.Result runOn(Path home, String... arguments) {
        return run(network.flags(home, network.devnet.rpcUrl(), arguments));
    }

    /// Starts a visor on a home, with the devnet's node and releases.
    Visor startOn(Path home) {
        return place.start(
                network.flags(home, network.devnet.rpcUrl(), "start", "--auto-download"));
    }

    /// Runs a command as a user who may write only what was given to him with [#give]; as the
    /// present one if that is not root.
    Visor.Result runAsOther(String... arguments) {
        try (Visor visor = startAsOther(arguments)) {
            return visor.end();
        }
    }

    Visor startAsOther(String... arguments) {
        return startBy(other(), arguments);
    }

    /// Runs a command where systemd does not run: in a machine that it does run, behind an empty
    /// `/run`.
    Visor.Result runWithoutSystemd(List<String> arguments) {
        List<String> by =
                Files.isDirectory(Path.of("/run/systemd/system"))
                        ? List.of(
                                "unshare",
                                "--map-root-user",
                                "--mount",
                                "sh",
                                "-c",
                                "mount -t tmpfs none /run && exec \"$0\" \"$@\"")
                        : List.of();
        try (Visor visor = startBy(by, arguments.toArray(String[]::new))) {
            return visor.end();
        }
    }

    /// What runs a command as the other user.
    static List<String> other() {
        return IS_ROOT
                ? List.of(
                        "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--")
                : List.of();
    }

    /// Starts a command by another one that runs it.
    Visor startBy(List<String> by, String... arguments) {
        List<String> command = new ArrayList<>(by);
        command.add(Visor.BIN.toString());
        command.addAll(List.of(arguments));
        return place.start(command);
    }

    static boolean isRoot() {
        return IS_ROOT;
    }

    /// Gives a file or a directory to the other user.
    static Path give(Path path) throws IOException {
        if (IS_ROOT) {
            Files.setOwner(
                    path,
                    path.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(NOBODY));
        }
        return path;
    }

    /// A directory that the other user may look into and not write.
    static Path closed(Path path) throws IOException {
        return allow(Files.createDirectories(path), "r-xr-xr-x");
    }

    static Path allow(Path path, String permissions) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /// Puts the binary of 1.0.0 in its place, as an operator does.
    static Path put(Path home, byte[] binary) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".lavavisor/upgrades/v1.0.0"));
        allow(folder, "rwxr-xr-x");
        return allow(Files.write(folder.resolve("lavap"), binary), "rwxr-xr-x");
    }

    /// What becomes of a binary in its place.
    @FunctionalInterface
    interface Harm {
        void to(Path binary) throws IOException;
    }

    /// Has something closed at the end.
    <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable closeable : opened.reversed()) {
            closeable.close();
        }
        fake.close();
        network.close();
    }
}
