package io.visor.sim.disk.medium;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A directory: the names that are seen, and those that are durable.
public final class DirectoryNode extends Node {

    private static final long SIZE = Content.PAGE;

    private final NavigableMap<String, Node> entries = new TreeMap<>();
    private final NavigableMap<String, Node> durable = new TreeMap<>();

    /// Null for the root, and for what has no name.
    private @Nullable DirectoryNode parent;

    private String name = "";

    /// The number of the change in the journal that gave it its name.
    private long placedBy;

    DirectoryNode(long inode, Metadata metadata) {
        super(inode, metadata);
    }

    public @Nullable Node get(String entry) {
        return entries.get(entry);
    }

    /// All names but `.` and `..`, in the order in which what they name was made: names may hold
    /// what is not the same in two runs, such as the number of a thread.
    public List<String> list() {
        return entries.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().inode()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /// The directory above; the root is above itself.
    DirectoryNode parent() {
        return parent == null ? this : parent;
    }

    long placedBy() {
        return placedBy;
    }

    void setPlacedBy(long change) {
        placedBy = change;
    }

    /// Whether this is a directory, or one above it.
    boolean isAtOrAbove(DirectoryNode other) {
        DirectoryNode at = other;
        while (at != this && at.parent != null) {
            at = at.parent;
        }
        return at == this;
    }

    /// Its absolute path.
    public String path() {
        return parent == null ? "/" : parent.pathOf(name);
    }

    /// The absolute path of an entry.
    public String pathOf(String entry) {
        return parent == null ? "/" + entry : path() + "/" + entry;
    }

    void put(String entry, Node node) {
        entries.put(entry, node);
        node.addNames(1);
        if (node instanceof DirectoryNode directory) {
            directory.parent = this;
            directory.name = entry;
        }
    }

    /// Takes an entry out; whoever puts a directory elsewhere does so afterwards.
    void remove(String entry) {
        Node node = entries.remove(entry);
        if (node != null) {
            node.addNames(-1);
            if (node instanceof DirectoryNode directory) {
                directory.parent = null;
                directory.name = "";
            }
        }
    }

    /// Makes one entry durable.
    ///
    /// @param node what has the name now; null: nothing
    void syncEntry(String entry, @Nullable Node node) {
        if (node == null) {
            durable.remove(entry);
        } else {
            durable.put(entry, node);
        }
    }

    /// Has the names that are durable, after a power cut; the nodes under them have been reloaded.
    void reloadEntries() {
        entries.clear();
        durable.forEach(this::put);
    }

    /// The nodes whose names are durable, in the order of these.
    List<Node> durableNodes() {
        return new ArrayList<>(durable.values());
    }

    @Override
    public long size() {
        return SIZE;
    }

    @Override
    public int linkCount() {
        int count = 2;
        for (Node node : entries.values()) {
            if (node instanceof DirectoryNode) {
                count++;
            }
        }
        return count;
    }
}
