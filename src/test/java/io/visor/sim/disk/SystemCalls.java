package io.visor.sim.disk;

import io.visor.sim.disk.Operation.Kind;
import io.visor.sim.disk.medium.DirectoryNode;
import io.visor.sim.disk.medium.Errno;
import io.visor.sim.disk.medium.ErrnoException;
import io.visor.sim.disk.medium.FileNode;
import io.visor.sim.disk.medium.LinkNode;
import io.visor.sim.disk.medium.Metadata;
import io.visor.sim.disk.medium.Node;
import io.visor.sim.disk.medium.Place;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.List;
import java.util.function.UnaryOperator;

/// The system calls of a process that take a path, with the failures that the JDK makes of theirs
/// on Linux.
final class SystemCalls {

    private final SimFileSystem fileSystem;

    SystemCalls(SimFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    SimFileSystem fileSystem() {
        return fileSystem;
    }

    private static IOException about(SimPath path, ErrnoException e) {
        return e.about(path.toString(), null);
    }

    /// Where a path leads.
    Place find(SimPath path, boolean follow) throws ErrnoException {
        return fileSystem.run(Kind.LOOK, path, tree -> tree.find(path.names(), follow));
    }

    /// Where a path leads; something is there.
    Place lookAt(SimPath path, boolean follow) throws IOException {
        try {
            Place place = find(path, follow);
            Node _ = place.present();
            return place;
        } catch (ErrnoException e) {
            throw about(path, e);
        }
    }

    /// What is known of what a path leads to.
    SimAttributes attributes(SimPath path, boolean follow) throws IOException {
        try {
            return SimAttributes.of(find(path, follow).present());
        } catch (ErrnoException e) {
            // The JDK does not tell whether it is a name or a directory on the way that is missing.
            throw e.errno() == Errno.ENOTDIR
                    ? new NoSuchFileException(path.toString())
                    : about(path, e);
        }
    }

    void change(SimPath path, boolean follow, UnaryOperator<Metadata> change) throws IOException {
        try {
            fileSystem.run(
                    Kind.CHANGE,
                    path,
                    tree -> {
                        Node node = tree.find(path.names(), follow).present();
                        tree.change(node, change.apply(node.metadata()));
                        return node;
                    });
        } catch (ErrnoException e) {
            throw about(path, e);
        }
    }

    FileChannel open(SimPath path, OpenFlags flags, int permissions) throws IOException {
        Kind kind = flags.create() ? Kind.CREATE : Kind.OPEN;
        try {
            Node node =
                    fileSystem.run(
                            kind,
                            path,
                            tree -> {
                                Place place = tree.find(path.names(), flags.follow());
                                if (place.node() == null && flags.create()) {
                                    return tree.createFile(place, permissions);
                                }
                                Node found = place.present();
                                requireOpenable(found, flags);
                                if (found instanceof FileNode file && flags.truncate()) {
                                    tree.truncate(file, 0);
                                }
                                return found;
                            });
            return new SimChannel(fileSystem, path, node, flags);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ELOOP && !flags.follow() && !flags.createNew()) {
                throw new IOException(e.errno().text() + " (NOFOLLOW_LINKS specified)");
            }
            throw about(path, e);
        }
    }

    private static void requireOpenable(Node node, OpenFlags flags) throws ErrnoException {
        if (flags.createNew()) {
            throw new ErrnoException(Errno.EEXIST);
        }
        switch (node) {
            case FileNode _ -> {}
            case LinkNode _ -> throw new ErrnoException(Errno.ELOOP);
            case DirectoryNode _ -> {
                if (flags.write()) {
                    throw new ErrnoException(Errno.EISDIR);
                }
            }
        }
    }

    /// The names in a directory.
    List<String> list(SimPath path) throws IOException {
        try {
            return fileSystem.run(
                    Kind.LIST,
                    path,
                    tree -> {
                        if (tree.find(path.names(), true).present() instanceof DirectoryNode it) {
                            return it.list();
                        }
                        throw new ErrnoException(Errno.ENOTDIR);
                    });
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENOTDIR
                    ? new NotDirectoryException(path.toString())
                    : about(path, e);
        }
    }

    void createDirectory(SimPath path, int permissions) throws IOException {
        try {
            fileSystem.run(
                    Kind.MAKE_DIRECTORY,
                    path,
                    tree -> {
                        tree.createDirectory(tree.find(path.names(), false), permissions);
                        return path;
                    });
        } catch (ErrnoException e) {
            throw about(path, e);
        }
    }

    /// Makes a symbolic link.
    void symlink(SimPath link, SimPath target) throws IOException {
        try {
            fileSystem.run(
                    Kind.SYMLINK,
                    link,
                    target,
                    tree -> {
                        tree.createLink(tree.find(link.names(), false), target.toString());
                        return link;
                    });
        } catch (ErrnoException e) {
            throw about(link, e);
        }
    }

    SimPath readLink(SimPath path) throws IOException {
        if (lookAt(path, false).node() instanceof LinkNode link) {
            return fileSystem.getPath(link.target());
        }
        throw new NotLinkException(path.toString());
    }

    /// Makes a hard link.
    void link(SimPath existing, SimPath link) throws IOException {
        try {
            fileSystem.run(
                    Kind.LINK,
                    existing,
                    link,
                    tree -> {
                        Node node = tree.find(existing.names(), false).present();
                        tree.addName(node, tree.find(link.names(), false));
                        return link;
                    });
        } catch (ErrnoException e) {
            throw e.about(link.toString(), existing.toString());
        }
    }

    void rename(SimPath from, SimPath to) throws IOException {
        try {
            fileSystem.run(
                    Kind.RENAME,
                    from,
                    to,
                    tree -> {
                        Place source = tree.find(from.names(), false);
                        tree.rename(source, tree.find(to.names(), false));
                        return to;
                    });
        } catch (ErrnoException e) {
            throw e.about(from.toString(), to.toString());
        }
    }

    void delete(SimPath path) throws IOException {
        try {
            fileSystem.run(
                    Kind.DELETE,
                    path,
                    tree -> {
                        Place place = tree.find(path.names(), false);
                        if (place.present() instanceof DirectoryNode) {
                            tree.removeDirectory(place);
                        } else {
                            tree.unlink(place);
                        }
                        return path;
                    });
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENOTEMPTY
                    ? new DirectoryNotEmptyException(path.toString())
                    : about(path, e);
        }
    }

    /// A path without links and dots.
    SimPath realPath(SimPath path) throws IOException {
        return fileSystem.getPath(lookAt(path, true).path());
    }

    /// A path without dots, but for those that come after a link or after dots that stay.
    SimPath pathWithoutDots(SimPath path) throws IOException {
        SimPath result = fileSystem.getPath("/");
        boolean afterDots = false;
        for (String name : path.names()) {
            boolean dots = name.equals("..");
            if (dots && !(lookAt(result, false).node() instanceof LinkNode) && !afterDots) {
                SimPath above = result.getParent();
                result = above == null ? result : above;
            } else if (!name.equals(".")) {
                afterDots = dots;
                result = result.resolve(fileSystem.getPath(name));
            }
        }
        Place _ = lookAt(result, false);
        return result;
    }
}
