package io.visor.it.errors;

import io.visor.it.Visor;
import io.visor.store.Schema;
import io.visor.store.SqliteDatabase;
import io.visor.upgrade.record.UpgradeSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// Messages about homes and other directories, and about ports.
final class HomeErrors {

    private final ErrorScene scene;
    private final ErrorChecks checks;

    HomeErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addStart();
        addDatabase();
        addResults();
        addInUse();
        addInit();
        addLinks();
        addDevnet();
        addDevnetDirectory();
        addPorts();
    }

    private static Path root(Path home) throws IOException {
        return Files.createDirectories(home.resolve(".lavavisor"));
    }

    private static String[] start(Path home) {
        return new String[] {"start", "--directory", home.toString()};
    }

    private void addStart() {
        checks.ends(
                "cannot start: <path> is no directory; name another directory with --directory",
                () -> {
                    Path home = scene.home();
                    Files.writeString(root(home).resolve("instances"), "a file");
                    return scene.run(start(home));
                });
        checks.ends(
                "cannot start: <path> is not there; name another directory with --directory",
                () -> scene.run(start(Path.of("/proc/none"))));
        checks.ends(
                "cannot start: <path>: permission denied for user <user>; name another directory"
                        + " with --directory",
                () -> scene.runAsOther(start(ErrorScene.closed(scene.home()))));
        checks.ends(
                "cannot start: <path>: <reason>; name another directory with --directory",
                () -> {
                    Path home = scene.home();
                    Files.createDirectories(root(home).resolve("instances/start/lock"));
                    return scene.run(start(home));
                });
        checks.ends(
                "cannot start: the disk of <path> is full; make room, or name another directory"
                        + " with --directory",
                () -> {
                    Path home = scene.home();
                    Path lock = root(home).resolve("instances/start/lock");
                    Files.createDirectories(lock.getParent());
                    Files.createSymbolicLink(lock, Path.of("/dev/full"));
                    return scene.run(start(home));
                });
    }

    private void addDatabase() {
        checks.ends(
                "cannot read <file>: a newer visor has written it (form <n> of <part>, this one"
                        + " knows <n>); use that visor, or --directory",
                () -> {
                    Path home = scene.home();
                    List<List<String>> steps = new ArrayList<>(UpgradeSchema.SCHEMA.steps());
                    steps.add(List.of("CREATE TABLE to_come (id INTEGER)"));
                    SqliteDatabase.open(
                                    root(home).resolve("visor.db"),
                                    List.of(new Schema(UpgradeSchema.SCHEMA.part(), steps)))
                            .close();
                    return scene.run(start(home));
                });
    }

    /// Runs a command whose results go somewhere else.
    private void printed(String message, String to) {
        checks.ends(
                message,
                () -> {
                    List<String> by = List.of("sh", "-c", "exec \"$0\" \"$@\" >" + to);
                    try (Visor visor =
                            scene.startBy(
                                    by, "config", "show", "--directory", scene.home().toString())) {
                        return visor.end();
                    }
                });
    }

    private void addResults() {
        printed(
                "cannot print the result: the disk of standard output is full; make room, or send"
                        + " it elsewhere",
                "/dev/full");
        printed("cannot print the result: standard output: <reason>; send it elsewhere", "&-");
    }

    private void addInUse() {
        checks.ends(
                "cannot start: <home> is in use by pid <pid> (<command>, since <time> ago); stop it"
                        + " or use --directory",
                () -> {
                    Path home = scene.home();
                    String[] start =
                            scene.network.flags(home, scene.network.devnet.rpcUrl(), "start");
                    try (Visor first = scene.place.start(start)) {
                        first.awaitErr("following");
                        return scene.run(start);
                    }
                });
        checks.ends(
                "cannot start: <home> is in use by another visor; stop it or use --directory",
                () -> {
                    Path home = scene.home();
                    Path lock = root(home).resolve("instances/start/lock");
                    Files.createDirectories(lock.getParent());
                    Process holder =
                            new ProcessBuilder("flock", lock.toString(), "sh", "-c", "echo; cat")
                                    .start();
                    try (BufferedReader locked = holder.inputReader()) {
                        locked.readLine();
                        return scene.run(start(home));
                    } finally {
                        holder.outputWriter().close();
                        holder.waitFor();
                    }
                });
    }

    private void addInit() {
        checks.ends(
                "cannot set up the home: <path> is no directory; name another directory with"
                        + " --directory",
                () -> {
                    Path home = scene.home();
                    Files.writeString(root(home).resolve("bin"), "a file");
                    return scene.runOn(home, "init");
                });
        checks.ends(
                "cannot set up the home: <path>: permission denied for user <user>; name another"
                        + " directory with --directory",
                () -> scene.runAsOther(init(ErrorScene.closed(scene.home()))));
        checks.ends(
                "cannot read the active link: <link>: permission denied for user <user>; name"
                        + " another directory with --directory",
                () -> {
                    Path home = scene.home();
                    Path bin = Files.createDirectories(ErrorScene.give(root(home)).resolve("bin"));
                    ErrorScene.allow(bin, "---------");
                    return scene.runAsOther(init(home));
                });
        checks.ends(
                "cannot link <link>: <path>: permission denied for user <user>; name another"
                        + " directory with --directory",
                () -> {
                    Path home = scene.home();
                    ErrorScene.closed(ErrorScene.give(root(home)).resolve("bin"));
                    return scene.runAsOther(init(home));
                });
    }

    private String[] init(Path home, String... more) {
        String[] words = new String[more.length + 2];
        words[0] = "init";
        words[1] = "--auto-download";
        System.arraycopy(more, 0, words, 2, more.length);
        return scene.network.flags(home, scene.network.devnet.rpcUrl(), words);
    }

    private void addLinks() {
        checks.ends(
                "cannot link <link>: it points to <path>, which visor did not make; replace it with"
                        + " --force, name another directory with --link-dir, or have <directory> on"
                        + " PATH",
                () -> {
                    Path links = scene.home();
                    Files.createSymbolicLink(links.resolve("lavap"), Path.of("/bin/true"));
                    return scene.run(init(scene.home(), "--link-dir", links.toString()));
                });
        checks.ends(
                "cannot link <link>: <directory> is inside the home; name another directory with"
                        + " --link-dir, or have <directory> on PATH",
                () -> {
                    Path home = scene.home();
                    Path releases = root(home).resolve("upgrades").toAbsolutePath();
                    return scene.run(init(home, "--link-dir", releases.toString()));
                });
        checks.ends(
                "cannot link <link>: it is a directory; name another directory with --link-dir, or"
                        + " have <directory> on PATH",
                () -> {
                    Path links = scene.home();
                    Files.createDirectories(links.resolve("lavap"));
                    return scene.run(init(scene.home(), "--link-dir", links.toString()));
                });
        checks.ends(
                "cannot link <link>: <path> is no directory; name another directory with"
                        + " --link-dir, or have <directory> on PATH",
                () -> {
                    Path file = Files.writeString(scene.home().resolve("links"), "a file");
                    return scene.run(init(scene.home(), "--link-dir", file.toString()));
                });
        checks.ends(
                "cannot link <link>: <path>: permission denied for user <user>; name another"
                        + " directory with --link-dir, or have <directory> on PATH",
                () -> {
                    Path links = ErrorScene.closed(scene.home());
                    return scene.runAsOther(
                            init(ErrorScene.give(scene.home()), "--link-dir", links.toString()));
                });
    }

    private Visor.Result devnet(Path directory, String... more) {
        String[] words = new String[more.length + 3];
        words[0] = "devnet";
        words[1] = "--directory";
        words[2] = directory.toString();
        System.arraycopy(more, 0, words, 3, more.length);
        return scene.runAsOther(words);
    }

    private Visor.Result propose(Path directory, String... more) {
        String[] words = new String[more.length + 4];
        words[0] = "devnet";
        words[1] = "propose";
        words[2] = "--directory";
        words[3] = directory.toString();
        System.arraycopy(more, 0, words, 4, more.length);
        return scene.runAsOther(words);
    }

    private void addDevnet() {
        checks.ends(
                "cannot propose <version>: <why>; correct --target, --min or --at-height",
                () ->
                        propose(
                                scene.directory.resolve("devnet"),
                                "--target",
                                "1.0.0",
                                "--at-height",
                                "1"));
        checks.ends(
                "cannot find the devnet: none was started in <directory>; start it with visor"
                        + " devnet",
                () -> propose(scene.home(), "--target", "1.1.0"));
        checks.ends(
                "cannot find the devnet: <file>: permission denied for user <user>; name its"
                        + " directory with --directory",
                () -> {
                    Path directory = scene.home();
                    Path file = Files.writeString(directory.resolve("devnet.json"), "{}");
                    ErrorScene.allow(file, "---------");
                    return propose(directory, "--target", "1.1.0");
                });
        checks.ends(
                "cannot find the devnet: <file> cannot be understood; start it anew with visor"
                        + " devnet",
                () -> {
                    Path directory = scene.home();
                    Files.writeString(directory.resolve("devnet.json"), "{}");
                    return propose(directory, "--target", "1.1.0");
                });
        checks.ends(
                "cannot reach the devnet of <directory>: <why>; start it with visor devnet",
                () -> {
                    Path directory = scene.home();
                    Files.writeString(
                            directory.resolve("devnet.json"), "{\"rpc\": \"tcp://127.0.0.1:1\"}");
                    return propose(directory, "--target", "1.1.0");
                });
    }

    private void addDevnetDirectory() {
        checks.ends(
                "cannot run the devnet: <path> is no directory; name another directory with"
                        + " --directory",
                () -> devnet(Files.writeString(scene.home().resolve("devnet"), "a file")));
        checks.ends(
                "cannot run the devnet: <path>: permission denied for user <user>; name another"
                        + " directory with --directory",
                () -> devnet(ErrorScene.closed(scene.home()).resolve("devnet")));
    }

    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private void addPorts() {
        probes(
                "cannot understand --probes: \"<value>\" is no address; write host:port, or :port"
                        + " for all addresses",
                "8086");
        probes(
                "cannot understand --probes: the host of \"<value>\" is unknown; name an address of"
                        + " this machine",
                "nowhere.invalid:8086");
        probes(
                "cannot serve probes: <address> cannot be listened on: <reason>; name another"
                        + " address with --probes",
                // Set aside for documentation (RFC 5737): no machine has it.
                "192.0.2.1:8086");
        checks.ends(
                "cannot serve probes: <address> is in use; name another address with --probes, or"
                        + " stop who uses it",
                () -> {
                    try (ServerSocket taken = taken()) {
                        return pod("127.0.0.1:" + taken.getLocalPort());
                    }
                });
        checks.ends(
                "cannot understand <flag>: <n> is no port; write 1 to 65535, or 0 for any that is"
                        + " free",
                () -> devnet(scene.home(), "--rpc-port", "70000"));
        checks.ends(
                "cannot run the devnet: port <n> is in use; name another one, or 0 for any",
                () -> {
                    try (ServerSocket taken = taken()) {
                        return devnet(
                                ErrorScene.give(scene.home()),
                                "--rpc-port",
                                String.valueOf(taken.getLocalPort()));
                    }
                });
        checks.ends(
                "cannot run the devnet: port <n> cannot be listened on: <reason>; name another one,"
                        + " or 0 for any",
                () -> {
                    Assumptions.assumeTrue(
                            firstFreePort() > 1, "every user may listen on every port here");
                    return devnet(ErrorScene.give(scene.home()), "--rpc-port", "1");
                });
    }

    /// The lowest port that every user may listen on (ip-sysctl, `ip_unprivileged_port_start`).
    private static int firstFreePort() throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        try (InputStream in = Files.newInputStream(setting)) {
            // One read must take all of it: the kernel gives nothing to a second one.
            byte[] text = new byte[32];
            int count = in.read(text);
            return Integer.parseInt(new String(text, 0, count, StandardCharsets.US_ASCII).strip());
        }
    }

    private void probes(String message, String address) {
        checks.ends(message, () -> pod(address));
    }

    private Visor.Result pod(String address) throws IOException {
        return scene.runOn(scene.home(), "pod", "--cmd", "lavap", "--probes", address);
    }
}
