package io.visor.sim.disk.medium;

import io.visor.sim.disk.medium.Journal.Edit;
import io.visor.time.Clock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The files of a disk, and what Linux's system calls do to them: rename(2), unlink(2), and so on,
/// with their errors in the order in which Linux finds them. Everything belongs to who makes it,
/// and everybody may do everything, as root may.
public final class Tree {

    /// The owner of what is made.
    public static final String OWNER = "root";

    /// How many links Linux follows in one path.
    private static final int MOST_LINKS = 40;

    private static final int MOST_NAME_BYTES = 255;
    private static final int ROOT_PERMISSIONS = 0755;
    private static final int LINK_PERMISSIONS = 0777;

    private final Clock clock;
    private final Space space = new Space();
    private final Journal journal = new Journal();
    private final DirectoryNode root;
    private long lastInode;

    public Tree(Clock clock) {
        this.clock = clock;
        this.root = new DirectoryNode(++lastInode, made(ROOT_PERMISSIONS));
        space.takePage();
    }

    public Space space() {
        return space;
    }

    DirectoryNode root() {
        return root;
    }

    Journal journal() {
        return journal;
    }

    private Metadata made(int permissions) {
        return Metadata.made(permissions, OWNER, clock.now());
    }

    /// Follows a path from the root.
    ///
    /// @param names its names
    /// @param follow whether the last one is followed if it is a symbolic link
    public Place find(String[] names, boolean follow) throws ErrnoException {
        String[] rest = names;
        int links = 0;
        DirectoryNode at = root;
        Place last = new Place(root, "/", root);
        for (int i = 0; i < rest.length; i++) {
            String name = rest[i];
            boolean isLast = i == rest.length - 1;
            Place place = step(at, name);
            if (place.node() instanceof LinkNode link && (follow || !isLast)) {
                links++;
                if (links > MOST_LINKS) {
                    throw new ErrnoException(Errno.ELOOP);
                }
                rest = expand(link.target(), Arrays.copyOfRange(rest, i + 1, rest.length));
                i = -1;
                at = link.target().startsWith("/") ? root : at;
                last = new Place(at, ".", at);
                continue;
            }
            last = place;
            if (!isLast) {
                if (!(place.present() instanceof DirectoryNode next)) {
                    throw new ErrnoException(Errno.ENOTDIR);
                }
                at = next;
            }
        }
        return last;
    }

    private static Place step(DirectoryNode at, String name) throws ErrnoException {
        if (name.equals(".")) {
            return new Place(at, name, at);
        }
        if (name.equals("..")) {
            return new Place(at, name, at.parent());
        }
        if (name.length() > MOST_NAME_BYTES / 4
                && name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        return new Place(at, name, at.get(name));
    }

    private static String[] expand(String target, String[] rest) {
        String[] first = names(target);
        String[] all = Arrays.copyOf(first, first.length + rest.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }

    /// The names of a path.
    public static String[] names(String path) {
        List<String> names = new ArrayList<>();
        int start = 0;
        for (int end = 0; end <= path.length(); end++) {
            if (end == path.length() || path.charAt(end) == '/') {
                if (end > start) {
                    names.add(path.substring(start, end));
                }
                start = end + 1;
            }
        }
        return names.toArray(String[]::new);
    }

    private static void requireFree(Place place) throws ErrnoException {
        if (place.node() != null) {
            throw new ErrnoException(Errno.EEXIST);
        }
    }

    private void place(Place where, Node node) {
        where.directory().put(where.name(), node);
        touchDirectory(where.directory());
        journal.add(null, new Edit(where.directory(), where.name(), node));
    }

    private void touchDirectory(DirectoryNode directory) {
        directory.set(directory.metadata().written(clock.now()));
    }

    private void touch(Node node) {
        node.set(node.metadata().touched(clock.now()));
    }

    public FileNode createFile(Place place, int permissions) throws ErrnoException {
        requireFree(place);
        FileNode file = new FileNode(++lastInode, made(permissions));
        place(place, file);
        return file;
    }

    public void createDirectory(Place place, int permissions) throws ErrnoException {
        requireFree(place);
        if (!space.takePage()) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        place(place, new DirectoryNode(++lastInode, made(permissions)));
    }

    public void createLink(Place place, String target) throws ErrnoException {
        if (target.isEmpty()) {
            throw new ErrnoException(Errno.ENOENT);
        }
        requireFree(place);
        place(place, new LinkNode(++lastInode, made(LINK_PERMISSIONS), target));
    }

    /// Gives something a further name.
    public void addName(Node node, Place place) throws ErrnoException {
        requireFree(place);
        if (node instanceof DirectoryNode) {
            throw new ErrnoException(Errno.EPERM);
        }
        place(place, node);
        touch(node);
    }

    public void unlink(Place place) throws ErrnoException {
        Node node = place.present();
        if (node instanceof DirectoryNode) {
            throw new ErrnoException(Errno.EISDIR);
        }
        take(place, node, null);
    }

    public void removeDirectory(Place place) throws ErrnoException {
        if (place.isSpecial()) {
            throw new ErrnoException(
                    switch (place.name()) {
                        case "." -> Errno.EINVAL;
                        case ".." -> Errno.ENOTEMPTY;
                        default -> Errno.EBUSY;
                    });
        }
        if (!(place.present() instanceof DirectoryNode directory)) {
            throw new ErrnoException(Errno.ENOTDIR);
        }
        if (!directory.isEmpty()) {
            throw new ErrnoException(Errno.ENOTEMPTY);
        }
        take(place, directory, directory);
    }

    private void take(Place place, Node node, @Nullable DirectoryNode emptied) {
        place.directory().remove(place.name());
        touchDirectory(place.directory());
        journal.add(emptied, new Edit(place.directory(), place.name(), null));
        nameTaken(node);
    }

    private void nameTaken(Node node) {
        touch(node);
        switch (node) {
            case FileNode file -> forget(file);
            case DirectoryNode _ -> space.givePages(1);
            case LinkNode _ -> {}
        }
    }

    /// Gives the room back. The content stays: the name may have been taken in vain.
    private void forget(FileNode file) {
        if (file.isGone()) {
            space.givePages(file.pages());
        }
    }

    public void rename(Place from, Place to) throws ErrnoException {
        if (from.isSpecial() || to.isSpecial()) {
            throw new ErrnoException(Errno.EBUSY);
        }
        Node moved = from.present();
        Node replaced = to.node();
        if (moved instanceof DirectoryNode directory && directory.isAtOrAbove(to.directory())) {
            throw new ErrnoException(Errno.EINVAL);
        }
        if (replaced instanceof DirectoryNode directory
                && directory.isAtOrAbove(from.directory())) {
            throw new ErrnoException(Errno.ENOTEMPTY);
        }
        if (moved == replaced) {
            return;
        }
        if (replaced != null) {
            requireReplaceable(moved, replaced);
        }
        from.directory().remove(from.name());
        to.directory().remove(to.name());
        to.directory().put(to.name(), moved);
        touchDirectory(from.directory());
        touchDirectory(to.directory());
        touch(moved);
        journal.add(
                replaced instanceof DirectoryNode directory ? directory : null,
                new Edit(from.directory(), from.name(), null),
                new Edit(to.directory(), to.name(), moved));
        if (replaced != null) {
            nameTaken(replaced);
        }
    }

    private static void requireReplaceable(Node moved, Node replaced) throws ErrnoException {
        boolean directory = moved instanceof DirectoryNode;
        if (replaced instanceof DirectoryNode other) {
            if (!directory) {
                throw new ErrnoException(Errno.EISDIR);
            }
            if (!other.isEmpty()) {
                throw new ErrnoException(Errno.ENOTEMPTY);
            }
        } else if (directory) {
            throw new ErrnoException(Errno.ENOTDIR);
        }
    }

    /// Keeps the content of a file, also when it has no name any more.
    public void open(FileNode file) {
        file.open();
    }

    public void close(FileNode file) {
        file.close();
        forget(file);
    }

    /// Writes as much as there is room for.
    ///
    /// @return how many bytes
    public int write(FileNode file, long at, ByteBuffer from) throws ErrnoException {
        int count = file.write(at, from, space);
        file.set(file.metadata().written(clock.now()));
        return count;
    }

    public void truncate(FileNode file, long length) {
        file.truncate(length, space);
        file.set(file.metadata().written(clock.now()));
    }

    /// Makes a file's content durable, or the names in a directory.
    ///
    /// @param metadata whether permissions, owner and times are made durable too
    public void sync(Node node, boolean metadata) {
        switch (node) {
            case FileNode file -> file.syncContent();
            case DirectoryNode directory -> journal.sync(directory);
            case LinkNode _ -> {}
        }
        if (metadata) {
            node.syncMetadata();
        }
    }

    /// Makes all durable.
    public void syncAll() {
        journal.syncAll();
        syncBelow(root);
    }

    private void syncBelow(DirectoryNode directory) {
        directory.syncMetadata();
        for (Node node : directory.durableNodes()) {
            if (node instanceof DirectoryNode below) {
                syncBelow(below);
            } else {
                sync(node, true);
            }
        }
    }

    /// Gives up what was to be made durable.
    public void syncFailed(Node node) {
        if (node instanceof FileNode file) {
            file.loseUnsynced();
        }
    }

    /// Sets permissions, owner or times.
    public void change(Node node, Metadata changed) {
        node.set(changed.touched(clock.now()));
    }

    /// Has nothing but what survives a power cut.
    ///
    /// @return what was lost, in words
    public List<String> cutPower(RandomGenerator random) {
        return new PowerCut(random).strike(this);
    }
}
