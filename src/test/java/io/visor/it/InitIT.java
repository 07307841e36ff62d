package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.devnet.ReleaseHost.Fault;
import io.visor.json.Json;
import io.visor.model.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InitIT extends OnDevnet {

    private Path home;
    private Path onPath;

    @BeforeEach
    void makePath() throws Exception {
        home = directory.resolve("h");
        onPath = Files.createDirectories(directory.resolve("go/bin"));
        place = place.with("PATH", onPath + ":/usr/bin:/bin");
    }

    private Visor.Result init(String... more) {
        return place.run(onDevnet(home, Visor.words(more, "init", "--auto-download")));
    }

    @Test
    void installsWhatTheChainAsksForAndLinksIt() throws Exception {
        Visor.Result first = init();
        assertThat(first.code()).as(first.err()).isZero();
        Path binary = home.resolve(".lavavisor/upgrades/v1.0.0/lavap");
        assertThat(first.out()).contains("lavap 1.0.0 is installed: " + binary);
        assertThat(home.resolve(".lavavisor/bin/lavap").toRealPath())
                .isEqualTo(binary.toRealPath());
        assertThat(Files.readSymbolicLink(home.resolve(".lavavisor/bin/lavap")))
                .as("a relative link: the home can be moved")
                .isEqualTo(Path.of("../upgrades/v1.0.0/lavap"));
        assertThat(onPath.resolve("lavap").toRealPath()).isEqualTo(binary.toRealPath());

        Visor.Result second = init();
        assertThat(second.code()).isZero();
        assertThat(second.out()).contains("lavap 1.0.0 is installed already: " + binary);
        assertThat(network.devnet.releases().downloads()).isEqualTo(1);
    }

    @Test
    void answersInJson() throws Exception {
        Json answer = Json.parse(init("-o", "json").out());
        assertThat(answer.string("version")).isEqualTo("1.0.0");
        assertThat(answer.string("path_link")).isEqualTo(onPath.resolve("lavap").toString());
        assertThat(answer.bool("changed")).isTrue();
        assertThat(Json.parse(init("-o", "json").out()).bool("changed")).isFalse();
    }

    @Test
    void keepsARegularFileThatStandsInTheLinksPlace() throws Exception {
        Files.writeString(onPath.resolve("lavap"), "make install put this here");
        Visor.Result result = init();
        assertThat(result.code()).isZero();
        assertThat(result.err())
                .contains(
                        "what stood in the link's place is now "
                                + onPath.resolve("lavap.before-visor"));
        assertThat(onPath.resolve("lavap.before-visor")).hasContent("make install put this here");
        assertThat(Files.isSymbolicLink(onPath.resolve("lavap"))).isTrue();
    }

    @Test
    void leavesALinkThatItDidNotMake() throws Exception {
        Files.createSymbolicLink(onPath.resolve("lavap"), Path.of("/usr/bin/env"));
        Visor.Result refused = init();
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "points to /usr/bin/env, which visor did not make; replace it with"
                                + " --force");
        assertThat(init("--force").code()).isZero();
        assertThat(onPath.resolve("lavap").toRealPath())
                .isEqualTo(home.resolve(".lavavisor/upgrades/v1.0.0/lavap").toRealPath());
    }

    @Test
    void takesOverALavaVisorsHomeAndLink() throws Exception {
        Path binary = home.resolve(".lavavisor/upgrades/v1.0.0/lavap");
        Files.createDirectories(binary.getParent());
        Files.copy(network.devnet.releases().file(Version.of("1.0.0")), binary);
        binary.toFile().setExecutable(true);
        Files.createFile(home.resolve(".lavavisor/config.yml"));
        Files.createSymbolicLink(onPath.resolve("lavap"), binary);
        Visor.Result result = place.run(onDevnet(home, "init"));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("lavap 1.0.0 was here already");
        assertThat(network.devnet.releases().downloads()).isZero();
        assertThat(home.resolve(".lavavisor/config.yml")).isEmptyFile();
    }

    @Test
    void saysWhatIsMissingWithoutAutoDownload() {
        Visor.Result result = place.run(onDevnet(home, "init"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("cannot install lavap 1.0.0: 1.0.0 is not in ")
                .contains("; use --auto-download, or put the binary at ");
    }

    @Test
    void changesNothingWhenTheReleaseIsBad() {
        network.devnet.releases().breakRelease(Version.of("1.0.0"), Fault.CORRUPT);
        Visor.Result result = init();
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("sha256 is").contains("nothing was changed");
        assertThat(home.resolve(".lavavisor/bin/lavap")).doesNotExist();
        assertThat(onPath.resolve("lavap")).doesNotExist();
    }

    @Test
    void movesOnWhenTheChainDoes() throws Exception {
        assertThat(init().code()).isZero();
        network.propose("1.0.0", "1.1.0");
        org.awaitility.Awaitility.await()
                .until(() ->
                        network.devnet
                                .chain()
                                .versionsAt(0)
                                .providerTarget()
                                .equals(Version.of("1.1.0")));
        assertThat(init().out()).contains("lavap 1.1.0 is installed:");
        assertThat(onPath.resolve("lavap").toRealPath())
                .isEqualTo(home.resolve(".lavavisor/upgrades/v1.1.0/lavap").toRealPath());
    }

    @Test
    void autoStartGoesOnAsStart() throws Exception {
        Files.createDirectories(home.resolve(".lavavisor"));
        Files.copy(directory.resolve("x.yml"), home.resolve(".lavavisor/x.yml"));
        Files.writeString(
                home.resolve(".lavavisor/config.yml"),
                "services: [{name: alice, program: lavap, command: lavap rpcprovider x.yml}]\n");
        try (Visor visor = start(home, "init", "--auto-download", "--auto-start")) {
            visor.awaitOut("lavap 1.0.0 is installed");
            visor.awaitErr("alice runs as pid");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
        }
    }
}
