package io.visor.sim.disk.medium;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Decides what survives when the power is cut. How bad it is, is decided for names and for
/// contents apart, so that the classical cases come often: all names and no content, all content
/// and no name.
final class PowerCut {

    private final RandomGenerator random;

    /// How many of the changes of names survive.
    private enum Names {
        NONE,
        ALL,
        PREFIXES,
        ANY
    }

    /// How much of the files' contents survives.
    private enum Contents {
        NONE,
        ALL,
        SOME
    }

    /// What becomes of one file.
    private enum Fate {
        KEPT,
        DROPPED,
        PREFIX,
        PAGES
    }

    PowerCut(RandomGenerator random) {
        this.random = random;
    }

    /// Has a tree hold only what survives.
    ///
    /// @return what was lost, in words
    List<String> strike(Tree tree) {
        List<String> lost = new ArrayList<>(names(tree.journal(), pick(Names.values())));
        Contents contents = pick(Contents.values());
        NavigableMap<Long, Node> survivors = new TreeMap<>();
        collect(tree.root(), survivors);
        for (Node node : survivors.values()) {
            node.reload(!node.hasUnsyncedMetadata() || random.nextBoolean());
        }
        int pages = 0;
        for (Node node : survivors.values()) {
            if (node instanceof DirectoryNode directory) {
                directory.reloadEntries();
                pages++;
            }
        }
        for (Node node : survivors.values()) {
            if (node instanceof FileNode file) {
                if (file.hasUnsyncedContent()) {
                    lost.add(tear(file, fate(contents)));
                } else {
                    file.reloadContent(file.dropped());
                }
                pages += file.pages();
            }
        }
        tree.space().setUsedPages(pages);
        return lost;
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private List<String> names(Journal journal, Names names) {
        return switch (names) {
            case NONE -> journal.keepPrefixes(count -> 0);
            case ALL -> journal.keepPrefixes(count -> count);
            case PREFIXES -> journal.keepPrefixes(count -> random.nextInt(count + 1));
            case ANY -> journal.keepEach(random::nextBoolean);
        };
    }

    /// Finds all that has a durable name.
    private static void collect(Node node, NavigableMap<Long, Node> found) {
        if (found.putIfAbsent(node.inode(), node) == null
                && node instanceof DirectoryNode directory) {
            directory.durableNodes().forEach(child -> collect(child, found));
        }
    }

    private Fate fate(Contents contents) {
        return switch (contents) {
            case NONE -> Fate.DROPPED;
            case ALL -> Fate.KEPT;
            case SOME -> pick(Fate.values());
        };
    }

    private String tear(FileNode file, Fate fate) {
        long before = file.size();
        Content survived =
                switch (fate) {
                    case KEPT -> file.torn(page -> true, Long.MAX_VALUE, before);
                    case DROPPED -> file.dropped();
                    case PREFIX -> {
                        long upTo = random.nextLong(before + 1);
                        yield file.torn(page -> true, upTo, Math.max(upTo, file.remainingLength()));
                    }
                    case PAGES ->
                            file.torn(page -> random.nextBoolean(), Long.MAX_VALUE, length(file));
                };
        file.reloadContent(survived);
        return "inode "
                + file.inode()
                + ": "
                + fate
                + " of "
                + before
                + " bytes, "
                + survived.length()
                + " there";
    }

    /// The length as it was, as it was to be, or one in between.
    private long length(FileNode file) {
        long least = Math.min(file.remainingLength(), file.size());
        return switch (random.nextInt(3)) {
            case 0 -> file.size();
            case 1 -> file.remainingLength();
            default -> least + random.nextLong(file.size() - least + 1);
        };
    }
}
