package io.visor.release;

import io.visor.model.Version;
import io.visor.store.LinkSwap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Optional;

/// The link that names the active version of a program: `<bin>/<binary>` → the binary in
/// `upgrades/v<version>/`.
public final class ActiveLink {

    private final VersionStore store;
    private final Path link;

    /// Knows a link; nothing is read or written yet.
    ///
    /// @param bin the directory that holds it
    public ActiveLink(VersionStore store, Path bin, String binary) {
        this.store = store;
        this.link = bin.resolve(binary);
    }

    public Path path() {
        return link;
    }

    /// The version that is active; nothing if there is no link, or it points to no version of this
    /// home.
    ///
    /// @throws ReleaseException if it cannot be read
    public Optional<Version> active() {
        try {
            Path target = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
            return store.versionOf(target).filter(version -> store.binary(version).equals(target));
        } catch (NoSuchFileException | NotLinkException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    /// Makes the link to a version ready, so that one rename makes the version active.
    ///
    /// @throws ReleaseException if the disk does not allow it
    public LinkSwap prepare(Version version) {
        try {
            return LinkSwap.prepare(link, target(version));
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    /// Makes the link to a version ready that may have to come back. [#prepare] flushes it.
    ///
    /// @throws ReleaseException if the disk does not allow it
    public void makeSpare(Version version) {
        try {
            LinkSwap.makeSpare(link, target(version));
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    /// The link to a version that was made ready as a spare, also by an earlier visor. It takes no
    /// room on the disk.
    ///
    /// @throws ReleaseException if the disk does not allow it
    public Optional<LinkSwap> spare(Version version) {
        try {
            return LinkSwap.spare(link, target(version));
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    /// Deletes the spare: nothing has to come back any more.
    ///
    /// @throws ReleaseException if the disk does not allow it
    public void dropSpare() {
        try {
            LinkSwap.dropSpare(link);
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    /// Makes a version active, durably.
    ///
    /// @throws ReleaseException if the disk does not allow it
    public void activate(Version version) {
        try {
            LinkSwap swap = spare(version).orElseGet(() -> prepare(version));
            swap.commit();
            swap.sync();
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    private Path target(Version version) {
        return Optional.ofNullable(link.getParent())
                .orElseThrow()
                .relativize(store.binary(version));
    }
}
