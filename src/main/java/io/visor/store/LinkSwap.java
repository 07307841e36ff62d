package io.visor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The replacement of a symbolic link in three steps, so that the one that matters is a single
/// rename: at no moment is there no link, and nobody sees a half one.
public final class LinkSwap {

    private final Path link;
    private final Path temporary;

    private LinkSwap(Path link, Path temporary) {
        this.link = link;
        this.temporary = temporary;
    }

    /// Makes the new link under a name of its own beside the old one, and flushes it.
    ///
    /// @param link the link to replace or to make; its directory is made if it is not there
    /// @param target what the new link will hold, as it is: relative to the link's directory, or
    ///   absolute
    public static LinkSwap prepare(Path link, Path target) throws IOException {
        Path directory = DurableFiles.parent(link);
        DurableFiles.createDirectories(directory);
        Path temporary = directory.resolve("." + link.getFileName() + ".next");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, target);
        DurableFiles.syncDirectory(directory);
        return new LinkSwap(link, temporary);
    }

    /// Renames the new link over the old one. It is seen at once, and survives a power cut after
    /// [#sync].
    public void commit() throws IOException {
        Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Flushes the directory.
    public void sync() throws IOException {
        DurableFiles.syncDirectory(DurableFiles.parent(link));
    }
}
