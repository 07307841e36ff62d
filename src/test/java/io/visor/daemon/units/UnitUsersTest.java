package io.visor.daemon.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.visor.model.CannotException;
import io.visor.model.Lavap;
import io.visor.model.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As whom units run, and to whom belongs what is made for them.
final class UnitUsersTest {

    @TempDir private Path directory;
    private UnitScene scene;

    @BeforeEach
    void makeScene() throws IOException {
        scene = new UnitScene(directory);
    }

    private void assertRefused(UnitPlacement placement, UnitRequest request, String why) {
        assertThatThrownBy(() -> scene.make(placement, request))
                .isInstanceOf(CannotException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aVisorThatIsNotRootComesWithARule() throws IOException {
        assumeTrue(scene.caller().isRoot(), "root only: it runs visor as somebody else");
        scene.make(scene.consumer("alice"));
        UnitSetup.Result made =
                scene.make(
                        UnitScene.runsAs("nobody"),
                        new UnitRequest.OfVisor(
                                new ServiceName("visor"), Path.of("/x/visor"), List.of()));
        assertThat(made.polkit().orElseThrow())
                .content()
                .contains("var units = [\"alice-ETH1.service\"]")
                .contains("subject.user == \"nobody\"");
    }

    /// As after `visor init` by root.
    @Test
    void whereAVisorThatIsNotRootCannotWriteIsSaid() throws IOException {
        assumeTrue(scene.caller().isRoot(), "root only: it runs visor as somebody else");
        Path locks = Files.createDirectories(scene.home.upgrades(Lavap.NAME).resolve(".locks"));
        Owner.of("nobody").take(scene.home.upgrades(Lavap.NAME));
        UnitRequest visor =
                new UnitRequest.OfVisor(new ServiceName("visor"), Path.of("/x/visor"), List.of());
        assertThat(scene.make(UnitScene.runsAs("nobody"), visor).notes())
                .containsExactly(
                        "visor could not write to all that it must as nobody: chown nobody "
                                + scene.home.root()
                                + " && chown -R nobody "
                                + scene.home.upgrades(Lavap.NAME));
        Owner.of("nobody").take(scene.home.root());
        Owner.of("nobody").take(locks);
        assertThat(scene.make(UnitScene.runsAs("nobody"), visor).notes()).isEmpty();
    }

    @Test
    void anotherUserThanBeforeIsSaid() throws IOException {
        assumeTrue(scene.caller().isRoot(), "root only: it runs units as somebody else");
        UnitSetup.Result made = scene.make(UnitScene.runsAs("nobody"), scene.consumer("alice"));
        assertThat(made.notes()).noneMatch(note -> note.contains("it ran as"));
        assertThat(scene.make(UnitScene.runsAs("root"), scene.consumer("alice")).notes())
                .contains(
                        "it ran as nobody before: see that root may write to "
                                + made.workingDirectory());
    }

    @Test
    void whatRootMakesInSomebodysHomeIsTheirs() throws IOException {
        assumeTrue(scene.caller().isRoot(), "root only");
        Owner nobody = Owner.of("nobody");
        Files.createDirectories(scene.home.root());
        nobody.take(scene.home.root());
        Files.writeString(scene.home.config(), "# mine\n");
        Files.setPosixFilePermissions(
                scene.home.config(), PosixFilePermissions.fromString("rw-------"));
        nobody.take(scene.home.config());
        UnitRequest.OfLavap request = scene.consumer("alice");
        Files.setPosixFilePermissions(
                request.config(), PosixFilePermissions.fromString("rw-------"));
        UnitSetup.Result made = scene.make(UnitScene.runsAs("nobody"), request);
        for (Path path :
                List.of(
                        scene.home.config(),
                        scene.home.services(),
                        made.file(),
                        made.workingDirectory(),
                        made.config().orElseThrow())) {
            assertThat(Files.getOwner(path).getName()).as(path.toString()).isEqualTo("nobody");
        }
        assertThat(Files.getPosixFilePermissions(scene.home.config())).hasSize(2);
        assertThat(Files.getPosixFilePermissions(made.config().orElseThrow()))
                .as("a node's password may be in it")
                .hasSize(2);
    }

    @Test
    void aHomeThatIsClosedToTheUserIsRefused() throws IOException {
        assumeTrue(scene.caller().isRoot(), "root only");
        Files.setPosixFilePermissions(scene.userHome, PosixFilePermissions.fromString("rwx------"));
        assertRefused(
                UnitScene.runsAs("nobody"),
                scene.consumer("alice"),
                scene.userHome + " is closed to user nobody");
        assertRefused(
                UnitScene.runsAs("no-such-user"),
                scene.consumer("alice"),
                "there is no user \"no-such-user\" on this machine");
    }

    @Test
    void underSudoAServiceRunsAsWhoeverCalledIt() {
        Caller caller =
                new Caller(
                        "root",
                        true,
                        scene.userHome,
                        scene.userHome,
                        java.util.Map.of("SUDO_USER", "alice"),
                        true);
        assertThat(caller.onBehalfOf()).isEqualTo("alice");
        assertThat(scene.caller().onBehalfOf()).isEqualTo(scene.caller().name());
    }
}
