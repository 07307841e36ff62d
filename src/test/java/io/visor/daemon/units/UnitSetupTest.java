package io.visor.daemon.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.visor.config.ConfigException;
import io.visor.model.CannotException;
import io.visor.model.Role;
import io.visor.model.ServiceName;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitSetupTest {

    @TempDir private Path directory;
    private UnitScene scene;

    @BeforeEach
    void makeScene() throws IOException {
        scene = new UnitScene(directory);
    }

    private Path found(UnitSetup.Result result) throws IOException {
        UnitFile unit = UnitScene.unit(result);
        return ConfigSearch.found(
                        unit.config().orElseThrow(),
                        unit.workingDirectory().orElseThrow(),
                        unit.role().orElseThrow(),
                        Optional.of(scene.userHome))
                .orElseThrow();
    }

    private void assertRefused(UnitPlacement placement, UnitRequest request, String why)
            throws IOException {
        String before = scene.all();
        assertThatThrownBy(() -> scene.make(placement, request))
                .isInstanceOf(CannotException.class)
                .hasMessageContaining(why);
        assertThat(scene.all()).as("nothing was changed").isEqualTo(before);
    }

    @Test
    void makesAllThatAConsumerNeeds() throws IOException {
        UnitSetup.Result made = scene.make(scene.linked(), scene.consumer("alice"));
        Path services = scene.home.services();
        assertThat(made.unit()).isEqualTo("alice-ETH1.service");
        assertThat(made.changed()).isTrue();
        assertThat(services.resolve("protocol_yml_configs/alice-ETH1.yml"))
                .hasContent(UnitScene.CONSUMER);
        assertThat(Files.readSymbolicLink(scene.systemd.resolve("alice-ETH1.service")))
                .isEqualTo(services.resolve("alice-ETH1.service"));
        assertThat(scene.home.config()).hasContent("services:\n  - alice-ETH1.service\n");
        UnitFile unit = UnitScene.unit(made);
        assertThat(unit.command().getFirst()).isEqualTo(scene.home.bin() + "/lavap");
        assertThat(unit.config()).contains("../../protocol_yml_configs/alice-ETH1.yml");
        assertThat(services.resolve("data/alice-ETH1")).isDirectory();
        assertThat(services.resolve("logs")).isDirectory();
        assertThat(unit.workingDirectory()).contains(services.resolve("data/alice-ETH1"));
        assertThat(unit.user()).contains(scene.caller().name());
    }

    @Test
    void twiceIsAsOnce() throws IOException {
        scene.make(scene.linked(), scene.consumer("alice"));
        scene.make(scene.linked(), scene.provider("alice"));
        scene.make(UnitScene.command("sleeper", "", "sleep", "1"));
        String once = scene.all();
        assertThat(scene.make(scene.linked(), scene.consumer("alice")).changed()).isFalse();
        assertThat(scene.make(scene.linked(), scene.provider("alice")).changed()).isFalse();
        assertThat(scene.make(UnitScene.command("sleeper", "", "sleep", "1")).changed()).isFalse();
        assertThat(scene.all()).isEqualTo(once);
    }

    @Test
    void aConsumerAndAProviderOfOneKeyAndChainHaveUnitsOfTheirOwn() throws IOException {
        assertThat(scene.make(scene.consumer("alice")).unit()).isEqualTo("alice-ETH1.service");
        UnitSetup.Result second = scene.make(scene.provider("alice"));
        assertThat(second.unit()).isEqualTo("alice-ETH1-provider.service");
        assertThat(second.notes()).anyMatch(note -> note.contains("alice-ETH1-provider.service"));
        assertThat(scene.home.config())
                .hasContent("services:\n  - alice-ETH1.service\n  - alice-ETH1-provider.service\n");
        // The second keeps its name when the first is gone: its rewards are under it.
        Files.delete(scene.home.services().resolve("alice-ETH1.service"));
        assertThat(scene.make(scene.provider("alice")).unit())
                .isEqualTo("alice-ETH1-provider.service");
        assertThat(scene.make(scene.consumer("alice")).unit()).isEqualTo("alice-ETH1.service");
    }

    @Test
    void anotherKeyThatComesToTheSameNameIsRefused() throws IOException {
        Path config = scene.write("c/dash.yml", UnitScene.CONSUMER.replace("ETH1", "b-ETH1"));
        scene.make(UnitScene.lavap(Role.CONSUMER, config, "a"));
        assertRefused(
                UnitScene.unlinked(),
                scene.consumer("a-b"),
                "a-b-ETH1.service is there already, for something else");
    }

    @Test
    void aNameThatNoUnitCanHaveIsRefused() throws IOException {
        assertRefused(
                UnitScene.unlinked(), scene.consumer("../x"), "is no name of a unit: a name has");
        assertRefused(
                UnitScene.unlinked(),
                scene.consumer("a".repeat(100)),
                "is no name of a unit: a name has");
    }

    @Test
    void aFileWithoutAChainIdIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path config = scene.write("c/none.yml", UnitScene.CONSUMER.replace("chain-id: ETH1, ", ""));
        String before = scene.all();
        assertThatThrownBy(() -> scene.make(UnitScene.lavap(Role.CONSUMER, config, "alice")))
                .isInstanceOf(ConfigException.class);
        assertThat(scene.all()).isEqualTo(before);
    }

    @Test
    void filesOfOneNameDoNotMeet() throws IOException {
        Path eth = scene.write("a/config.yml", UnitScene.CONSUMER);
        Path lav = scene.write("b/config.yml", UnitScene.CONSUMER.replace("ETH1", "LAV1"));
        UnitSetup.Result first = scene.make(UnitScene.lavap(Role.CONSUMER, eth, "alice"));
        UnitSetup.Result second = scene.make(UnitScene.lavap(Role.CONSUMER, lav, "alice"));
        assertThat(found(first)).hasContent(Files.readString(eth));
        assertThat(found(second)).hasContent(Files.readString(lav));
    }

    @Test
    void aFileThatAnotherUnitReadsIsNotOverwritten() throws IOException {
        scene.lavaVisors(
                "bob-LAV1.service",
                "rpcconsumer",
                "bob",
                ".lavavisor/services/protocol_yml_configs/alice-ETH1.yml");
        assertRefused(
                UnitScene.unlinked(),
                scene.consumer("alice"),
                "which bob-LAV1.service reads; run create-service for that one first");
    }

    @Test
    void aFileOfTheSameNameInTheUsersHomeIsNotRead() throws IOException {
        UnitSetup.Result made = scene.make(scene.consumer("alice"));
        for (String place : List.of("", "config/", ".lava/", "services/protocol_yml_configs/")) {
            scene.write("users/op/" + place + "alice-ETH1.yml", "endpoints: []\n");
        }
        assertThat(found(made)).isEqualTo(made.config().orElseThrow());
    }

    @Test
    void anotherFileThatWouldBeFoundFirstIsRefused() throws IOException {
        Path work = Files.createDirectories(scene.root.resolve("work"));
        scene.make(UnitScene.worksIn(work), scene.consumer("alice"));
        Path shadow =
                scene.write(
                        "users/users/op/.lavavisor/services/protocol_yml_configs/alice-ETH1.yml",
                        "endpoints: []\n");
        assertRefused(
                UnitScene.worksIn(work),
                scene.consumer("alice"),
                "lavap would read " + shadow + " in the place of");
    }

    @Test
    void takesOverAUnitOfLavaVisors() throws IOException {
        Path work = Files.createDirectories(scene.userHome.resolve("go/bin"));
        scene.lavaVisors("alice-ETH1.service", "rpcprovider", "alice", "x.yml");
        Files.writeString(scene.home.config(), "services: [alice-ETH1.service]");
        UnitSetup.Result made = scene.make(scene.provider("alice"));
        assertThat(made.unit()).isEqualTo("alice-ETH1.service");
        UnitFile unit = UnitScene.unit(made);
        assertThat(unit.workingDirectory()).as("the rewards lie there").contains(work);
        assertThat(unit.value("Service", "RestartSec")).contains("5");
        assertThat(unit.config())
                .contains("../../.lavavisor/services/protocol_yml_configs/alice-ETH1.yml");
        assertThat(found(made)).isEqualTo(made.config().orElseThrow());
        assertThat(scene.home.config()).hasContent("services: [alice-ETH1.service]");
        assertThat(scene.home.services().resolve("data")).doesNotExist();
    }

    /// Nobody can tell what was added to it by hand.
    @Test
    void aUnitThatVisorHasNotMadeIsKept() throws IOException {
        Path before =
                scene.lavaVisors(
                        "alice-ETH1.service",
                        "rpcconsumer",
                        "alice",
                        "x.yml --parallel-connections 10 --metrics-listen-address=:7776 -v");
        String text = Files.readString(before);
        UnitSetup.Result made = scene.make(scene.consumer("alice"));
        Path kept = before.resolveSibling("alice-ETH1.service.before-visor");
        assertThat(kept).hasContent(text);
        assertThat(made.notes())
                .contains(
                        "the unit that was there is now "
                                + kept
                                + "; --metrics-listen-address, -v of its command is not in this"
                                + " one: add it with systemctl edit");
        String all = scene.all();
        assertThat(scene.make(scene.consumer("alice")).changed()).isFalse();
        scene.make(UnitScene.worksIn(scene.root), scene.consumer("alice"));
        scene.make(UnitScene.worksIn(scene.userHome.resolve("go/bin")), scene.consumer("alice"));
        assertThat(scene.all()).isEqualTo(all);
    }

    @Test
    void aUnitThatSaysNothingOfItsDirectoryAndUserKeepsSystemdsDefaults() throws IOException {
        assumeTrue(scene.caller().isRoot(), "root only: the unit runs as root");
        scene.write(
                "systemd/alice-ETH1.service",
                "[Service]\nExecStart=/bin/lavap rpcconsumer x.yml --from alice\n");
        UnitFile unit =
                UnitScene.unit(
                        scene.make(
                                new UnitPlacement(
                                        false,
                                        false,
                                        false,
                                        Optional.empty(),
                                        Optional.of(scene.systemd),
                                        Optional.empty()),
                                scene.consumer("alice")));
        assertThat(unit.workingDirectory()).contains(Path.of("/"));
        assertThat(unit.user()).contains("root");
    }

    @Test
    void anExistingLinkIsReplacedAndAFileIsNot() throws IOException {
        Path link = scene.systemd.resolve("alice-ETH1.service");
        Files.createSymbolicLink(link, scene.root.resolve("elsewhere/alice-ETH1.service"));
        scene.make(scene.linked(), scene.consumer("alice"));
        assertThat(link.toRealPath())
                .isEqualTo(scene.home.services().resolve("alice-ETH1.service").toRealPath());

        Path file = scene.systemd.resolve("bob-ETH1.service");
        Files.writeString(file, "[Service]\nExecStart=/x/lavap rpcconsumer c --from bob\n");
        assertRefused(
                scene.linked(),
                scene.consumer("bob"),
                "it is a regular file, not a link; move it away, or use --force");
        UnitSetup.Result made = scene.make(scene.forced(), scene.consumer("bob"));
        assertThat(file).isSymbolicLink();
        assertThat(scene.systemd.resolve("bob-ETH1.service.before-visor")).exists();
        assertThat(made.notes()).anyMatch(note -> note.contains("bob-ETH1.service.before-visor"));
    }

    @Test
    void anythingGivesWayToForce() throws IOException {
        Path file = scene.systemd.resolve("alice-ETH1.service");
        Files.writeString(file, "[Service]\nUser=nobody\nExecStart=/bin/true\n");
        assertRefused(
                scene.linked(),
                scene.consumer("alice"),
                "alice-ETH1.service is there already, for something else");
        UnitFile made = UnitScene.unit(scene.make(scene.forced(), scene.consumer("alice")));
        assertThat(file).isSymbolicLink();
        assertThat(made.user()).contains(scene.caller().name());
        assertThat(made.workingDirectory())
                .contains(scene.home.services().resolve("data/alice-ETH1"));
    }

    @Test
    void whereALinkLedIsSaid() throws IOException {
        Path other =
                scene.write(
                        "other/alice-ETH1.service",
                        "[Service]\nExecStart=/x/lavap rpcconsumer c --from alice\n");
        Path link = scene.systemd.resolve("alice-ETH1.service");
        Files.createSymbolicLink(link, other);
        assertThat(scene.make(scene.linked(), scene.consumer("alice")).notes())
                .contains(link + " led to " + other + " before");
        assertThat(scene.make(scene.linked(), scene.consumer("alice")).notes())
                .noneMatch(note -> note.contains(" led to "));
    }

    @Test
    void aUnitOfAPackagesIsNotHidden() throws IOException {
        Path installed = scene.write("lib/redis.service", "[Service]\nExecStart=/bin/true\n");
        UnitRequest redis = UnitScene.command("redis", "", "/bin/sleep", "5");
        assertRefused(
                scene.linked(),
                redis,
                "it would hide " + installed + "; choose another name, or use --force");
        scene.make(scene.forced(), redis);
        assertThat(scene.systemd.resolve("redis.service")).isSymbolicLink();
        assertThat(scene.make(scene.linked(), redis).changed()).isFalse();
    }

    @Test
    void theVisorOfAnotherHomeIsNotTakenForThisOnes() throws IOException {
        scene.write(
                "systemd/visor.service",
                "[Service]\nUser=nobody\nWorkingDirectory=/elsewhere\n"
                        + "ExecStart=/x/visor start --directory /elsewhere\n");
        UnitRequest request =
                new UnitRequest.OfVisor(new ServiceName("visor"), Path.of("/x/visor"), List.of());
        UnitFile made = UnitScene.unit(scene.make(scene.forced(), request));
        assertThat(made.workingDirectory()).contains(scene.userHome);
        assertThat(made.user()).contains(scene.caller().name());
    }

    @Test
    void aMaskedUnitStaysMasked() throws IOException {
        Path link = scene.systemd.resolve("alice-ETH1.service");
        Files.createSymbolicLink(link, Path.of("/dev/null"));
        assertRefused(scene.linked(), scene.consumer("alice"), "alice-ETH1.service is masked");
    }

    @Test
    void aDirectoryThatIsNotThereGetsNoLink() throws IOException {
        Files.delete(scene.systemd);
        assertRefused(scene.linked(), scene.consumer("alice"), "is not there; make it");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereSystemdDoesNotRunNoLinkIsMade(boolean ofUser) throws IOException {
        scene.stopSystemd();
        assertRefused(
                new UnitPlacement(
                        true, false, ofUser, Optional.empty(), Optional.empty(), Optional.empty()),
                scene.consumer("alice"),
                "systemd does not run this machine");
    }

    @Test
    void anImageThatSystemdWillRunGetsItsLinkWhereItIsTold() throws IOException {
        scene.stopSystemd();
        scene.make(scene.linked(), scene.consumer("alice"));
        assertThat(scene.systemd.resolve("alice-ETH1.service")).isSymbolicLink();
    }

    @Test
    void whatFailsHalfwayLeavesNothing() throws IOException {
        scene.write("users/op/.lavavisor/services/logs", "a file in the place of the folder");
        assertRefused(scene.linked(), scene.consumer("alice"), "nothing was changed");
    }

    @Test
    void whatFailsHalfwayPutsBackWhatWasThere() throws IOException {
        scene.make(scene.linked(), scene.consumer("alice"));
        Files.writeString(
                scene.home.services().resolve("protocol_yml_configs/alice-ETH1.yml"), "old");
        Files.delete(scene.home.logs());
        Files.writeString(scene.home.logs(), "a file in the place of the folder");
        assertRefused(scene.linked(), scene.consumer("alice"), "nothing was changed");
    }

    @Test
    void aProgramIsStartedByItsPath() throws IOException {
        UnitFile unit = UnitScene.unit(scene.make(UnitScene.command("s", "", "sleep", "$X 1%")));
        assertThat(unit.command()).containsExactly("/bin/sleep", "$X 1%");
        assertThat(scene.home.config()).hasContent("services:\n  - {name: s, unit: s.service}\n");
        UnitSetup.Result again = scene.make(UnitScene.command("s", "", "sleep", "2"));
        assertThat(UnitScene.unit(again).command()).containsExactly("/bin/sleep", "2");
        assertThat(again.notes()).as("it was visor's own").isEmpty();
        assertRefused(
                UnitScene.unlinked(),
                UnitScene.command("t", "", "no-such-program"),
                "no no-such-program on PATH; give the path of a program");
    }

    @Test
    void aProgramThatFollowsUpgradesIsStartedByItsLink() throws IOException {
        Files.createDirectories(scene.home.root());
        Files.writeString(
                scene.home.config(),
                "programs: {lily: {release: {url: 'https://x/{version}', checksum-url:"
                        + " 'https://x/sums'}}}\n");
        UnitSetup.Result made =
                scene.make(UnitScene.command("lily", "lily", "lily", "daemon", "--repo", "/x y"));
        assertThat(UnitScene.unit(made).command())
                .containsExactly(scene.home.bin() + "/lily", "daemon", "--repo", "/x y");
        assertThat(Files.readString(scene.home.config()))
                .endsWith("  - {name: lily, unit: lily.service, program: lily}\n");
        assertThat(scene.make(UnitScene.command("lily", "lily", "lily", "daemon")).changed())
                .isTrue();
        assertRefused(
                UnitScene.unlinked(),
                UnitScene.command("lily", "lily", "sleep", "1"),
                "the command starts \"sleep\", not lily");
        assertRefused(
                UnitScene.unlinked(),
                UnitScene.command("x", "nope", "nope"),
                "\"nope\" is no program; known: lavap, lily");
    }

    @Test
    void aProgramDoesNotTakeAConsumersName() throws IOException {
        scene.make(scene.consumer("alice"));
        assertRefused(
                UnitScene.unlinked(),
                UnitScene.command("alice-ETH1", "", "sleep", "1"),
                "alice-ETH1.service is there already, for a consumer");
    }

    @Test
    void aControlCharacterIsRefused() throws IOException {
        assertRefused(
                UnitScene.unlinked(),
                UnitScene.command("s", "", "sleep", "1\n2"),
                "has the control character U+000A in it");
    }

    @Test
    void visorHasAUnitToo() throws IOException {
        Files.createDirectories(scene.home.root());
        Files.writeString(
                scene.home.config(),
                """
                services:
                  - {name: a, command: /bin/a, stop: {grace: 2m}}
                  - {name: b, command: /bin/b, after: [{service: a}]}
                """);
        UnitSetup.Result made =
                scene.make(
                        scene.linked(),
                        new UnitRequest.OfVisor(
                                new ServiceName("visor"),
                                Path.of("/opt/visor/bin/visor"),
                                List.of("--auto-download")));
        UnitFile unit = UnitScene.unit(made);
        assertThat(unit.command())
                .containsExactly(
                        "/opt/visor/bin/visor",
                        "start",
                        "--directory",
                        scene.userHome.toString(),
                        "--auto-download");
        assertThat(unit.value("Service", "TimeoutStopSec"))
                .as("2m, then 30s, then visor itself")
                .contains("180");
        assertThat(unit.value("Service", "Type")).contains("notify");
        assertThat(Files.readString(scene.home.config())).doesNotContain("visor.service");
    }

    @Test
    void showingWritesNothing() throws IOException {
        UnitRequest request = scene.consumer("alice");
        String before = scene.all();
        UnitSetup.Result shown =
                new UnitSetup(scene.home, scene.caller(), scene.linked()).show(request);
        assertThat(scene.all()).isEqualTo(before);
        assertThat(shown.text()).isEqualTo(scene.make(request).text());
    }
}
