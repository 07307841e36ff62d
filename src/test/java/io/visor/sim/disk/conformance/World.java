package io.visor.sim.disk.conformance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A directory of one of the file systems that are compared, and what is open in it.
final class World implements AutoCloseable {

    /// How many files may be open.
    static final int SLOTS = 3;

    private final Path root;
    private final Map<Integer, FileChannel> channels = new TreeMap<>();
    private final Map<Integer, Object> keys = new TreeMap<>();

    World(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    Path at(String path) {
        return root.resolve(path);
    }

    /// A path that does not begin in the root, such as a link holds.
    Path relative(String path) {
        return root.getFileSystem().getPath(path);
    }

    Optional<FileChannel> channel(int slot) {
        return Optional.ofNullable(channels.get(slot));
    }

    /// Whether two slots have the same file open.
    boolean haveSameFile(int slot, int other) {
        return Objects.equals(keys.get(slot), keys.get(other));
    }

    /// Closes what is open in a slot, and opens something else.
    ///
    /// @param path what it was opened with
    void setChannel(int slot, FileChannel channel, Path path) throws IOException {
        keys.put(
                slot,
                Objects.requireNonNull(
                        Files.readAttributes(path, BasicFileAttributes.class).fileKey()));
        FileChannel before = channels.put(slot, channel);
        if (before != null) {
            before.close();
        }
    }

    /// A text without what tells the file systems apart.
    String hideRoot(String text) {
        return text.replace(root.toString(), "ROOT")
                .replace(String.valueOf(root.getParent()), "ABOVE");
    }

    /// All that is there, with contents.
    String dump() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> found = Files.walk(root)) {
            for (Path path : found.sorted().toList()) {
                lines.add(
                        path
                                + " "
                                + describe(path, LinkOption.NOFOLLOW_LINKS)
                                + " "
                                + content(path));
            }
        }
        return hideRoot(String.join("\n", lines));
    }

    private static String content(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isRegularFile()) {
            return String.valueOf(Arrays.hashCode(Files.readAllBytes(path)));
        }
        return attributes.isSymbolicLink() ? Files.readSymbolicLink(path).toString() : "";
    }

    /// The attributes on which all file systems agree.
    static Map<String, Object> describe(Path path, LinkOption... links) throws IOException {
        Map<String, Object> found =
                new TreeMap<>(
                        Files.readAttributes(
                                path, "unix:mode,size,nlink,isDirectory,isSymbolicLink", links));
        if (!Boolean.FALSE.equals(found.get("isDirectory"))) {
            found.keySet().removeAll(Set.of("size", "nlink"));
        } else if (Boolean.TRUE.equals(found.get("isSymbolicLink"))) {
            // It may hold the root.
            found.remove("size");
        }
        return found;
    }

    /// The size of anything but a directory, of which every file system has its own.
    static Object sizeOf(Path path) throws IOException {
        return Files.isDirectory(path) ? "directory" : Files.size(path);
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels.values()) {
            channel.close();
        }
    }
}
