package io.visor.sim.disk;

import io.visor.sim.disk.medium.Tree;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A path on a simulated disk. What can be said of its text alone, the JDK's own path says; the
/// working directory is the root.
final class SimPath implements Path {

    private final SimFileSystem fileSystem;
    private final Path lexical;
    private String @Nullable [] names;

    /// Makes a path.
    ///
    /// @param lexical a path of the default file system, for its text
    SimPath(SimFileSystem fileSystem, Path lexical) {
        this.fileSystem = fileSystem;
        this.lexical = lexical;
    }

    /// A path as one of a file system's.
    ///
    /// @throws ProviderMismatchException if it is none
    static SimPath of(SimFileSystem fileSystem, Path path) {
        if (Objects.requireNonNull(path) instanceof SimPath own && own.fileSystem == fileSystem) {
            return own;
        }
        throw new ProviderMismatchException(
                path + " is of another file system, or another process");
    }

    Path lexical() {
        return lexical;
    }

    /// The names from the root on.
    String[] names() {
        if (names == null) {
            names = Tree.names(lexical.toString());
        }
        return names;
    }

    private SimPath with(Path other) {
        return new SimPath(fileSystem, other);
    }

    private @Nullable SimPath withOrNull(@Nullable Path other) {
        return other == null ? null : with(other);
    }

    private Path same(Path other) {
        return of(fileSystem, other).lexical;
    }

    @Override
    public SimFileSystem getFileSystem() {
        return fileSystem;
    }

    @Override
    public boolean isAbsolute() {
        return lexical.isAbsolute();
    }

    @Override
    public @Nullable SimPath getRoot() {
        return withOrNull(lexical.getRoot());
    }

    @Override
    public @Nullable SimPath getFileName() {
        return withOrNull(lexical.getFileName());
    }

    @Override
    public @Nullable SimPath getParent() {
        return withOrNull(lexical.getParent());
    }

    @Override
    public int getNameCount() {
        return lexical.getNameCount();
    }

    @Override
    public SimPath getName(int index) {
        return with(lexical.getName(index));
    }

    @Override
    public SimPath subpath(int beginIndex, int endIndex) {
        return with(lexical.subpath(beginIndex, endIndex));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof SimPath own
                && own.fileSystem == fileSystem
                && lexical.startsWith(own.lexical);
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof SimPath own
                && own.fileSystem == fileSystem
                && lexical.endsWith(own.lexical);
    }

    @Override
    public SimPath normalize() {
        return with(lexical.normalize());
    }

    @Override
    public SimPath resolve(Path other) {
        return with(lexical.resolve(same(other)));
    }

    @Override
    public SimPath relativize(Path other) {
        return with(lexical.relativize(same(other)));
    }

    @Override
    public SimPath toAbsolutePath() {
        return isAbsolute() ? this : with(Path.of("/").resolve(lexical));
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        return ((SimProvider) fileSystem.provider()).realPath(this, options);
    }

    @Override
    public URI toUri() {
        try {
            return new URI("sim", null, toAbsolutePath().toString(), null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("an absolute path is one of a URI", e);
        }
    }

    @Override
    public WatchKey register(
            WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("a simulated disk has no watch service");
    }

    @Override
    public int compareTo(Path other) {
        return lexical.compareTo(((SimPath) other).lexical);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SimPath own
                && own.fileSystem == fileSystem
                && own.lexical.equals(lexical);
    }

    @Override
    public int hashCode() {
        return lexical.hashCode();
    }

    @Override
    public String toString() {
        return lexical.toString();
    }
}
