package io.visor.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PathLinkTest {

    @TempDir private Path directory;
    private Home home;
    private Path otherSpelling;

    @BeforeEach
    void makeHome() throws Exception {
        home = Home.in(directory.resolve("real"));
        Files.createDirectories(home.bin());
        Files.createSymbolicLink(home.bin().resolve("lavap"), Path.of("../upgrades/lavap"));
        Path spelt = Files.createSymbolicLink(directory.resolve("spelt"), Path.of("real"));
        otherSpelling = Home.in(spelt).bin();
    }

    private PathLink onPath(String path) {
        return new PathLink(home, "lavap", Map.of("PATH", path, "HOME", directory.toString()));
    }

    @Test
    void theHomesOwnLinkIsNotReplacedByALinkToItself() throws Exception {
        for (Path bin : new Path[] {home.bin(), otherSpelling}) {
            PathLink.Result result = onPath("").make(bin.resolve("lavap"), true);
            assertThat(result.changed()).isFalse();
            assertThat(Files.readSymbolicLink(home.bin().resolve("lavap")))
                    .isEqualTo(Path.of("../upgrades/lavap"));
        }
    }

    @Test
    void theHomesOwnDirectoryIsNoPlaceForTheLinkHoweverItIsSpelt() throws Exception {
        assertThat(onPath(otherSpelling.toString()).place()).isEmpty();
        Path local = Files.createDirectories(directory.resolve(".local/bin"));
        assertThat(onPath(otherSpelling + ":" + local).place()).contains(local.resolve("lavap"));
    }

    @Test
    void noLinkTakesThePlaceOfARelease() throws Exception {
        Path release = Files.createDirectories(home.root().resolve("upgrades/v1.0.0"));
        Files.writeString(release.resolve("lavap"), "the release");
        assertThatThrownBy(() -> onPath("").make(release.resolve("lavap"), true))
                .hasMessageContaining("is inside the home");
        assertThat(release.resolve("lavap")).hasContent("the release");
    }
}
