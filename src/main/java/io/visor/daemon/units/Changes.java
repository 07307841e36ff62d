package io.visor.daemon.units;

import io.visor.store.DurableFiles;
import io.visor.store.KeptAside;
import io.visor.store.LinkSwap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Changes of files that belong together: each is durable when it is made, and when one of them
/// fails those before it are taken back.
final class Changes {

    private static final Set<PosixFilePermission> FOR_ALL_TO_READ =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.OTHERS_READ);

    private final Deque<Undo> undos = new ArrayDeque<>();
    private boolean changed;

    /// Takes a change back.
    @FunctionalInterface
    private interface Undo {
        void run() throws IOException;
    }

    /// Whether anything was changed.
    boolean changed() {
        return changed;
    }

    /// Makes a directory and those above it.
    ///
    /// @param owner to whom a new one belongs; nothing: to this process
    void directory(Path directory, Optional<Owner> owner) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            directory(parent, owner);
        }
        DurableFiles.createDirectories(directory);
        done(() -> Files.deleteIfExists(directory));
        if (owner.isPresent()) {
            owner.get().take(directory);
        }
    }

    /// Gives a file a content. One that is there keeps its owner and its permissions; one that
    /// holds the content already is left alone.
    ///
    /// @param owner to whom a new one belongs; nothing: to this process
    /// @param like a file whose permissions a new one gets; nothing: all may read it
    void file(Path file, String text, Optional<Owner> owner, Optional<Path> like)
            throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        byte[] before = content(file).orElse(null);
        if (before != null && Arrays.equals(before, content)) {
            return;
        }
        Owner keeper = before == null ? owner.orElse(null) : Owner.near(file);
        Set<PosixFilePermission> permissions =
                before != null || like.isPresent()
                        ? Files.getPosixFilePermissions(before == null ? like.get() : file)
                        : FOR_ALL_TO_READ;
        DurableFiles.Finish finish =
                temporary -> {
                    Files.setPosixFilePermissions(temporary, permissions);
                    if (keeper != null) {
                        keeper.take(temporary);
                    }
                };
        DurableFiles.write(file, content, finish);
        done(
                before == null
                        ? () -> Files.deleteIfExists(file)
                        : () -> DurableFiles.write(file, before, finish));
    }

    private static Optional<byte[]> content(Path file) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// Makes a link, in the place of one that is there.
    void link(Path link, Path target) throws IOException {
        Path before = Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : null;
        if (target.equals(before)) {
            return;
        }
        replaceLink(link, target);
        done(before == null ? () -> Files.deleteIfExists(link) : () -> replaceLink(link, before));
    }

    private static void replaceLink(Path link, Path target) throws IOException {
        Path temporary = link.resolveSibling("." + link.getFileName() + ".next");
        try {
            LinkSwap swap = LinkSwap.prepare(link, target);
            swap.commit();
            swap.sync();
        } finally {
            // A swap that failed halfway.
            Files.deleteIfExists(temporary);
        }
    }

    /// Renames a file to a name that is free.
    ///
    /// @return the new name
    Path moveAside(Path file) throws IOException {
        Path aside = KeptAside.free(file);
        DurableFiles.rename(file, aside);
        done(() -> DurableFiles.rename(aside, file));
        return aside;
    }

    private void done(Undo undo) {
        changed = true;
        undos.push(undo);
    }

    /// Takes everything back, the last change first.
    ///
    /// @param failure what led to it; whatever cannot be taken back is added to it
    void undo(Exception failure) {
        while (!undos.isEmpty()) {
            try {
                undos.pop().run();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        changed = false;
    }
}
