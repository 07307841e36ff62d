package io.visor.it.errors;

import io.visor.devnet.ReleaseHost.Fault;
import io.visor.it.Network;
import io.visor.it.Visor;
import io.visor.it.errors.FakeHost.Answer;
import io.visor.model.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Messages of `init` about releases, fetched and found.
final class ReleaseErrors {

    private static final String INSTALL = "cannot install <program> <version>: ";
    private static final String LATER = "; nothing was changed, try again later";
    private static final String UNCHANGED = "; nothing was changed";
    private static final String THERE = "; put the right binary there, or use --auto-download";
    private static final Version ASKED_FOR = Version.of("1.0.0");

    private final ErrorScene scene;
    private final ErrorChecks checks;

    ReleaseErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addSlow();
        addFaults();
        addHosts();
        addBinaries();
        addAssurance();
        addLocal();
        addChanged();
    }

    private String[] init(String releases) throws IOException {
        return ErrorScene.flags(
                scene.home(), scene.network.devnet.rpcUrl(), releases, "init", "--auto-download");
    }

    /// What `init` says when a release is fetched from such a host.
    private void fetched(String why, Answer answer) {
        checks.ends(INSTALL + why + LATER, () -> scene.run(init(scene.fake.serve(answer))));
    }

    private static byte[] script(String text) {
        return ("#!/bin/sh\n" + text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void fetchedLate(String why, Answer answer) {
        checks.endsLate(INSTALL + why + LATER, () -> scene.run(init(scene.fake.serve(answer))));
    }

    private void addSlow() {
        String sum = "0".repeat(64);
        fetchedLate(
                "<address> does not answer in time",
                FakeHost.release(sum, scene.fake.holdingBack(1000, false)));
        fetchedLate(
                "<address> sends less than <size> in <time>",
                FakeHost.release(sum, scene.fake.holdingBack(1000, true)));
        fetchedLate(
                "<file> did not end within <time> and was killed",
                FakeHost.release(script("exec sleep 1000")));
    }

    /// A release of a devnet's that is broken.
    private void broken(String why, Fault fault) {
        checks.ends(
                INSTALL + why + LATER,
                () -> {
                    Path home = scene.home();
                    try (Network network = new Network(home)) {
                        network.devnet.releases().breakRelease(ASKED_FOR, fault);
                        return scene.run(
                                network.flags(
                                        home, network.devnet.rpcUrl(), "init", "--auto-download"));
                    }
                });
    }

    private void addFaults() {
        broken("<version> is not published: nothing at <address>", Fault.MISSING);
        broken("<asset>: sha256 is <digest> but <digest> was announced", Fault.CORRUPT);
        broken("<address> sends less than it announces", Fault.TRUNCATED);
        broken("<address> does not name <asset>", Fault.UNLISTED);
        broken("\"<command>\" prints <version>, not <version>", Fault.WRONG_VERSION);
    }

    private void addHosts() {
        fetched("<address> answers with HTTP status <n>", FakeHost.status(503));
        checks.ends(
                INSTALL + "<address> refuses connections" + LATER,
                () -> scene.run(init("http://127.0.0.1:1")));
        fetched(
                "<address> redirects to <address>, which is not followed",
                FakeHost.redirect("ftp://mirror.example/"));
        fetched(
                "<address> has more than <size>",
                FakeHost.release("0".repeat(64), scene.fake.holdingBack(3_000_000_000L, false)));
        fetched(
                "<address> names <asset> twice",
                exchange -> {
                    String asset = "  lavap-v1.0.0-linux-";
                    String list = "";
                    for (String arch : new String[] {"amd64", "arm64"}) {
                        list += "0".repeat(64) + asset + arch + "\n";
                        list += "1".repeat(64) + asset + arch + "\n";
                    }
                    FakeHost.text(list).to(exchange);
                });
    }

    private void addBinaries() {
        fetched(
                "\"<command>\" exits with <status>: \"<line>\"",
                FakeHost.release(script("echo 'unknown command' >&2; exit 3")));
        fetched(
                "\"<command>\" prints no version: \"<line>\"",
                FakeHost.release(script("echo development")));
        fetched(
                "<file> needs an interpreter that is not there",
                FakeHost.release("#!/none/sh\n".getBytes(StandardCharsets.UTF_8)));
    }

    private void addAssurance() {
        checks.ends(
                INSTALL
                        + "<version> is proven at <level> (<word>) only, and <level> (<word>) is"
                        + " required; name the list of checksums, or require L0 in <file>",
                () ->
                        scene.run(
                                "init",
                                "--auto-download",
                                "--directory",
                                scene.home().toString(),
                                "--node",
                                scene.network.devnet.rpcUrl(),
                                "--release-url",
                                scene.network.devnet.releaseTemplate()));
        checks.ends(
                INSTALL
                        + "<version> is not in <directory>; use --auto-download, or put the binary"
                        + " at <file>",
                () -> scene.runOn(scene.home(), "init"));
        checks.ends(
                INSTALL + "<path>: permission denied for user <user>" + UNCHANGED,
                () -> {
                    Path home = scene.home();
                    Path root = Files.createDirectories(home.resolve(".lavavisor"));
                    ErrorScene.closed(ErrorScene.give(root).resolve("upgrades"));
                    return scene.runAsOther(
                            scene.network.flags(
                                    home,
                                    scene.network.devnet.rpcUrl(),
                                    "init",
                                    "--auto-download"));
                });
    }

    private void found(String why, ErrorScene.Harm harm) {
        checks.ends(INSTALL + why, () -> initWith(harm));
    }

    private Visor.Result initWith(ErrorScene.Harm harm) throws IOException {
        Path home = scene.home();
        harm.to(ErrorScene.put(home, script("echo 1.0.0")));
        return scene.runOn(home, "init");
    }

    private void addLocal() {
        found(
                "<file> is no regular file" + THERE,
                binary -> {
                    Files.delete(binary);
                    Files.createSymbolicLink(binary, Path.of("/bin/true"));
                });
        found(
                "<file> may not be executed; chmod +x it" + THERE,
                binary -> ErrorScene.allow(binary, "rw-r--r--"));
        found(
                "<path> may be written by others than its owner; chmod go-w it" + UNCHANGED,
                binary -> ErrorScene.allow(binary, "rwxrwxr-x"));
        checks.ends(
                INSTALL + "<path> belongs to <user>; chown it to <user>" + UNCHANGED,
                () -> {
                    Assumptions.assumeTrue(ErrorScene.isRoot(), "only root gives files away");
                    return initWith(ErrorScene::give);
                });
        found(
                "\"<command>\" prints <version>, not <version>" + THERE,
                binary -> Files.write(binary, script("echo 0.9.0")));
        checks.ends(
                "<program> <version> was moved to <directory>: <why>",
                () -> {
                    Path home = scene.home();
                    ErrorScene.put(home, script("echo 0.9.0"));
                    return scene.runOn(home, "init", "--auto-download");
                });
    }

    private void addChanged() {
        checks.ends(
                INSTALL
                        + "<file> was changed: its sha256 is <digest> but was <digest>; use"
                        + " --auto-download to have it fetched anew",
                () -> {
                    Path home = scene.home();
                    Path binary = ErrorScene.put(home, script("echo 1.0.0"));
                    Visor.Result unused = scene.runOn(home, "init");
                    Files.write(binary, script("echo 1.0.0 # changed"));
                    return scene.runOn(home, "init");
                });
    }
}
