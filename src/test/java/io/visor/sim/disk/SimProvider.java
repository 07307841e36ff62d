package io.visor.sim.disk;

import io.visor.sim.disk.medium.Errno;
import io.visor.sim.disk.medium.ErrnoException;
import io.visor.sim.disk.medium.Node;
import io.visor.sim.disk.medium.Place;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `java.nio.file.Files` asks, as system calls on the simulated disk.
final class SimProvider extends FileSystemProvider {

    private static final int FILE_PERMISSIONS = 0666;
    private static final int DIRECTORY_PERMISSIONS = 0777;
    private static final int ALL_EXECUTE = 0111;

    private final SimFileSystem fileSystem;
    private final SystemCalls calls;

    SimProvider(SimFileSystem fileSystem) {
        this.fileSystem = fileSystem;
        this.calls = new SystemCalls(fileSystem);
    }

    private SimPath own(Path path) {
        return SimPath.of(fileSystem, path);
    }

    private static boolean follows(LinkOption... options) {
        return !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
    }

    @SuppressWarnings("unchecked")
    private int permissions(int normal, FileAttribute<?>... attributes) {
        int bits = normal;
        for (FileAttribute<?> attribute : attributes) {
            if (!attribute.name().equals("posix:permissions")) {
                throw new UnsupportedOperationException(
                        "a simulated disk does not set " + attribute.name() + " of what is new");
            }
            bits = SimAttributes.bits((Set<PosixFilePermission>) attribute.value());
        }
        return bits & ~fileSystem.umask();
    }

    @Override
    public FileChannel newFileChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        OpenFlags flags = OpenFlags.of(options);
        if (flags.createNew() && path.endsWith(".")) {
            // The JDK does not even ask.
            throw new FileAlreadyExistsException(path.toString());
        }
        return calls.open(own(path), flags, permissions(FILE_PERMISSIONS, attributes));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
            Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
        List<String> names = calls.list(own(directory));
        fileSystem.disk().shuffle(names);
        return new SimDirectoryStream(own(directory), names, filter);
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        calls.createDirectory(own(directory), permissions(DIRECTORY_PERMISSIONS, attributes));
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
            throws IOException {
        if (attributes.length > 0) {
            throw new UnsupportedOperationException("a simulated link has no attributes");
        }
        calls.symlink(own(link), own(target));
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        calls.link(own(existing), own(link));
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        return calls.readLink(own(link));
    }

    @Override
    public void delete(Path file) throws IOException {
        calls.delete(own(file));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        new Relocation(calls, own(source), own(target), options).copy();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        new Relocation(calls, own(source), own(target), options).move();
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
            Path file, Class<A> type, LinkOption... options) throws IOException {
        if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
            throw new UnsupportedOperationException(
                    "a simulated disk does not know " + type.getName());
        }
        return type.cast(calls.attributes(own(file), follows(options)));
    }

    @Override
    public <A extends BasicFileAttributes> @Nullable A readAttributesIfExists(
            Path file, Class<A> type, LinkOption... options) throws IOException {
        if (type != BasicFileAttributes.class || !follows(options)) {
            return super.readAttributesIfExists(file, type, options);
        }
        try {
            Node node = calls.find(own(file), true).node();
            return node == null ? null : type.cast(SimAttributes.of(node));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e.about(file.toString(), null);
        }
    }

    private SimAttributeView view(Path file, String name, LinkOption... options) {
        return new SimAttributeView(calls, own(file), name, follows(options));
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path file, Class<V> type, LinkOption... options) {
        if (type == BasicFileAttributeView.class) {
            return type.cast(view(file, "basic", options));
        }
        if (type == FileOwnerAttributeView.class) {
            return type.cast(view(file, "owner", options));
        }
        return type == PosixFileAttributeView.class
                ? type.cast(view(file, "posix", options))
                : null;
    }

    /// The view and the rest of `view:rest`; `basic` if no view is named.
    private static String[] split(String attributes) {
        int colon = attributes.indexOf(':');
        String view = colon < 0 ? "basic" : attributes.substring(0, colon);
        if (!SimAttributes.VIEWS.contains(view)) {
            throw new UnsupportedOperationException("a simulated disk has no view " + view);
        }
        return new String[] {view, attributes.substring(colon + 1)};
    }

    @Override
    public Map<String, Object> readAttributes(Path file, String attributes, LinkOption... options)
            throws IOException {
        String[] names = split(attributes);
        return view(file, names[0], options).read(names[1]);
    }

    @Override
    public void setAttribute(Path file, String attribute, Object value, LinkOption... options)
            throws IOException {
        String[] names = split(attribute);
        view(file, names[0], options).set(names[1], value);
    }

    @Override
    public void checkAccess(Path file, AccessMode... modes) throws IOException {
        SimAttributes attributes = calls.attributes(own(file), true);
        boolean mayExecute =
                attributes.isDirectory()
                        || (attributes.metadata().permissions() & ALL_EXECUTE) != 0;
        if (Arrays.asList(modes).contains(AccessMode.EXECUTE) && !mayExecute) {
            throw new ErrnoException(Errno.EACCES).about(file.toString(), null);
        }
    }

    @Override
    public boolean exists(Path file, LinkOption... options) {
        try {
            return calls.find(own(file), follows(options)).node() != null;
        } catch (ErrnoException e) {
            // What cannot be found is not there, to the JDK.
            return false;
        }
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        SimPath first = own(one);
        if (first.equals(other)) {
            return true;
        }
        if (!(other instanceof SimPath second) || second.getFileSystem() != fileSystem) {
            return false;
        }
        Node node = calls.lookAt(first, true).node();
        return node == calls.lookAt(second, true).node();
    }

    @Override
    public boolean isHidden(Path file) {
        Path name = own(file).getFileName();
        return name != null && name.toString().startsWith(".");
    }

    Path realPath(SimPath path, LinkOption... options) throws IOException {
        return follows(options) ? calls.realPath(path) : calls.pathWithoutDots(path);
    }

    @Override
    public FileStore getFileStore(Path file) throws IOException {
        Place _ = calls.lookAt(own(file), true);
        return new SimFileStore(fileSystem.disk().space());
    }

    @Override
    public String getScheme() {
        return "sim";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException("a simulated disk is not made from a URI");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException("a simulated disk is not found by a URI");
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException("a simulated path is not made from a URI");
    }
}
