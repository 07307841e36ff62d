package io.visor.sim.disk;

import io.visor.sim.disk.Operation.Kind;
import io.visor.sim.disk.medium.ErrnoException;
import io.visor.sim.disk.medium.FileNode;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A disk as one process sees it. When the process has died, nothing that is left of it, such as a
/// `finally` block, changes the disk any more.
public final class SimFileSystem extends FileSystem {

    /// What a process may not do to what it makes, unless it says so; Debian's default.
    private static final int UMASK = 0022;

    private final SimDisk disk;
    private final SimProvider provider;
    private final Supplier<? extends Error> gone;
    private final List<FileNode> opened = new ArrayList<>();
    private int umask = UMASK;
    private boolean dead;

    SimFileSystem(SimDisk disk, Supplier<? extends Error> gone) {
        this.disk = disk;
        this.gone = gone;
        this.provider = new SimProvider(this);
    }

    public SimDisk disk() {
        return disk;
    }

    /// Sets the permissions that new files and directories do not get.
    public void setUmask(int bits) {
        umask = bits;
    }

    int umask() {
        return umask;
    }

    /// The process dies: its open files are closed, and each further use throws.
    public void kill() {
        if (!dead) {
            dead = true;
            disk.unmount(this);
            disk.quietly(tree -> opened.forEach(tree::close));
            opened.clear();
        }
    }

    void requireAlive() {
        if (dead) {
            throw gone.get();
        }
    }

    /// Asks something of the disk.
    <T> T run(Kind kind, SimPath path, SimDisk.Call<T> call) throws ErrnoException {
        return disk.run(this, kind, path.toString(), null, call);
    }

    /// Asks something of the disk that is about two paths.
    <T> T run(Kind kind, SimPath path, @Nullable SimPath other, SimDisk.Call<T> call)
            throws ErrnoException {
        return disk.run(this, kind, path.toString(), String.valueOf(other), call);
    }

    void opened(FileNode file) {
        opened.add(file);
        disk.quietly(tree -> tree.open(file));
    }

    /// Closes a file, unless that has been done because the process has died.
    void closed(FileNode file) {
        for (int i = 0; i < opened.size(); i++) {
            if (opened.get(i) == file) {
                opened.remove(i);
                disk.quietly(tree -> tree.close(file));
                return;
            }
        }
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    /// Ends the process, as [#kill] does.
    @Override
    public void close() {
        kill();
    }

    @Override
    public boolean isOpen() {
        return !dead;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of(new SimFileStore(disk.space()));
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return SimAttributes.VIEWS;
    }

    @Override
    public SimPath getPath(String first, String... more) {
        return new SimPath(this, FileSystems.getDefault().getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher(syntaxAndPattern);
        return path -> path instanceof SimPath own && matcher.matches(own.lexical());
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return SimUser.LOOKUP;
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("a simulated disk has no watch service");
    }
}
