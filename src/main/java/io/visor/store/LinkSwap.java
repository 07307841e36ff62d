package io.visor.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// The replacement of a symbolic link in three steps, so that the one that matters is a single
/// rename: at no moment is there no link, and nobody sees a half one.
public final class LinkSwap {

    private static final String SPARE = "back";

    private final Path link;
    private final Path temporary;

    private LinkSwap(Path link, Path temporary) {
        this.link = link;
        this.temporary = temporary;
    }

    /// Makes the new link under a name of its own beside the old one, and flushes it, and a
    /// [#spare] with it. A regular file that somebody has put in the link's place is [KeptAside].
    ///
    /// @param link the link to replace or to make; its directory is made if it is not there
    /// @param target what the new link will hold, as it is: relative to the link's directory, or
    ///   absolute
    public static LinkSwap prepare(Path link, Path target) throws IOException {
        LinkSwap swap = make(link, target, "next");
        if (Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS)) {
            Path unused = KeptAside.keep(link);
        }
        DurableFiles.syncDirectory(DurableFiles.parent(link));
        return swap;
    }

    /// Makes a link that may be needed later, when the disk may have no room for it any more.
    public static void makeSpare(Path link, Path target) throws IOException {
        var unused = make(link, target, SPARE);
    }

    /// The link that was made ahead, also by an earlier process.
    ///
    /// @return nothing if there is none, or it holds another target
    public static Optional<LinkSwap> spare(Path link, Path target) throws IOException {
        Path spare = beside(link, SPARE);
        return Files.isSymbolicLink(spare) && Files.readSymbolicLink(spare).equals(target)
                ? Optional.of(new LinkSwap(link, spare))
                : Optional.empty();
    }

    /// Deletes what was made ahead, if it is there still.
    public static void dropSpare(Path link) throws IOException {
        Files.deleteIfExists(beside(link, SPARE));
    }

    private static LinkSwap make(Path link, Path target, String name) throws IOException {
        DurableFiles.createDirectories(DurableFiles.parent(link));
        if (Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)) {
            // No rename puts a link over it, and nothing should be stopped to find that out.
            throw new FileSystemException(link.toString(), null, "Is a directory");
        }
        Path temporary = beside(link, name);
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, target);
        return new LinkSwap(link, temporary);
    }

    private static Path beside(Path link, String name) {
        return link.resolveSibling("." + link.getFileName() + "." + name);
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
