package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.Lavap;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.release.ActiveLink;
import io.visor.release.VersionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ActiveVersionsTest {

    private static final Version OLD = Version.of("1.0.0");
    private static final Version NEW = Version.of("1.1.0");

    @TempDir private Path home;
    private Path bin;
    private ActiveLink link;
    private ActiveVersions versions;

    @BeforeEach
    void activateNew() {
        bin = home.resolve("bin");
        VersionStore store = new VersionStore(Lavap.NAME, Lavap.BINARY, home.resolve("upgrades"));
        link = new ActiveLink(store, bin, Lavap.BINARY);
        link.activate(NEW);
        versions = new ActiveVersions(bin);
        versions.add(store, link, Optional.empty());
    }

    /// No new link can be made, as on a disk that is full.
    private void block() throws IOException {
        Files.createDirectories(bin.resolve("." + Lavap.BINARY + ".next").resolve("x"));
    }

    /// On the disk that a copy of the data had filled, the new version was started with the old
    /// one's data, as the link could not be made that was there already.
    @Test
    void whatTheLinkNamesAlreadyNeedsNoNewLink() throws IOException {
        versions.settle(Lavap.NAME, OLD);
        assertThat(versions.active(Lavap.NAME)).contains(NEW);
        block();

        versions.activate(Lavap.NAME, OLD);

        assertThat(versions.active(Lavap.NAME)).contains(OLD);
        assertThat(link.active()).contains(OLD);
    }

    /// The link was prepared before the data came back, and set with it.
    @Test
    void aLinkThatWasPreparedAndSetSinceIsNotSetAgain() {
        versions.prepare(Lavap.NAME, OLD, NEW);
        versions.settle(Lavap.NAME, OLD);

        versions.activate(Lavap.NAME, OLD);

        assertThat(versions.active(Lavap.NAME)).contains(OLD);
        assertThat(link.active()).contains(OLD);
    }

    @Test
    void anotherLinkThatCannotBeMadeLeavesTheOldOne() throws IOException {
        block();

        assertThatThrownBy(() -> versions.prepare(Lavap.NAME, OLD, null))
                .isInstanceOf(VisorException.class);

        assertThat(versions.active(Lavap.NAME)).contains(NEW);
        assertThat(link.active()).contains(NEW);
    }
}
