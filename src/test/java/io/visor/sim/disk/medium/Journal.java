package io.visor.sim.disk.medium;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The changes of names that are not durable yet, in the order in which they happened.
final class Journal {

    /// When as many changes wait, the older half becomes durable.
    static final int MOST_CHANGES = 512;

    private final List<Change> pending = new ArrayList<>();
    private long lastNumber;

    /// What one name means from now on.
    ///
    /// @param node null: nothing
    record Edit(DirectoryNode directory, String name, @Nullable Node node) {}

    /// Edits that happen together.
    ///
    /// @param directories by inode, those whose earlier changes come before this one: where the
    ///   edits are, and the one that is removed
    /// @param emptied the directory that is removed, by inode; 0: none
    /// @param needed by number, the changes without which the new name would lead nowhere
    private record Change(
            long number, List<Edit> edits, Set<Long> directories, long emptied, Set<Long> needed) {

        /// The names whose earlier changes come before this one.
        Set<String> names() {
            Set<String> names = new HashSet<>();
            for (Edit edit : edits) {
                names.add(edit.directory.inode() + "/" + edit.name);
            }
            return names;
        }

        void apply() {
            for (Edit edit : edits) {
                edit.directory.syncEntry(edit.name, edit.node);
            }
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (Edit edit : edits) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(edit.node == null ? "-" : "+")
                        .append(edit.directory.pathOf(edit.name));
            }
            return text.toString();
        }
    }

    /// Takes a change in that has been made.
    ///
    /// @param emptied a directory that is removed by it
    void add(@Nullable DirectoryNode emptied, Edit... edits) {
        Set<Long> directories = new HashSet<>();
        for (Edit edit : edits) {
            directories.add(edit.directory.inode());
        }
        // What is moved must not be lost with the directory that it is moved to.
        Set<Long> needed =
                directories.size() > 1 ? waysTo(edits[edits.length - 1].directory) : Set.of();
        if (emptied != null) {
            directories.add(emptied.inode());
        }
        long number = ++lastNumber;
        for (Edit edit : edits) {
            if (edit.node instanceof DirectoryNode placed) {
                placed.setPlacedBy(number);
            }
        }
        pending.add(
                new Change(
                        number,
                        List.of(edits),
                        directories,
                        emptied == null ? 0 : emptied.inode(),
                        needed));
        if (pending.size() > MOST_CHANGES) {
            // The oldest ones depend on nothing that stays.
            List<Change> oldest = pending.subList(0, MOST_CHANGES / 2);
            oldest.forEach(Change::apply);
            oldest.clear();
        }
    }

    /// The changes that gave a directory and those above it their names.
    private static Set<Long> waysTo(DirectoryNode directory) {
        Set<Long> numbers = new HashSet<>();
        DirectoryNode at = directory;
        while (at.parent() != at) {
            numbers.add(at.placedBy());
            at = at.parent();
        }
        return numbers;
    }

    /// Makes all changes durable.
    void syncAll() {
        pending.forEach(Change::apply);
        pending.clear();
    }

    /// Makes the changes of a directory durable, and those that come before them.
    void sync(DirectoryNode directory) {
        Set<Long> directories = new HashSet<>();
        directories.add(directory.inode());
        Set<Long> needed = new HashSet<>();
        List<Change> durable = new ArrayList<>();
        List<Change> waiting = new ArrayList<>();
        for (Change change : pending.reversed()) {
            boolean comesBefore =
                    needed.contains(change.number)
                            || !Collections.disjoint(change.directories, directories);
            (comesBefore ? durable : waiting).add(change);
            if (comesBefore) {
                directories.addAll(change.directories);
                needed.addAll(change.needed);
            }
        }
        durable.reversed().forEach(Change::apply);
        pending.clear();
        pending.addAll(waiting.reversed());
    }

    /// Has a prefix of each directory's changes survive, and forgets the rest.
    ///
    /// @param cut how many of so many survive
    /// @return what was lost
    List<String> keepPrefixes(IntUnaryOperator cut) {
        Map<Long, Integer> left = new HashMap<>();
        for (Change change : pending) {
            change.directories.forEach(inode -> left.merge(inode, 1, Integer::sum));
        }
        left.replaceAll((inode, count) -> cut.applyAsInt(count));
        Set<Long> ended = new HashSet<>();
        return keep(
                change -> {
                    boolean kept = Collections.disjoint(change.directories, ended);
                    for (long inode : change.directories) {
                        kept &= left.merge(inode, -1, Integer::sum) >= 0;
                    }
                    return kept;
                },
                change -> ended.addAll(change.directories));
    }

    /// Has any changes survive as long as those of the same name keep their order, and forgets the
    /// rest.
    ///
    /// @return what was lost
    List<String> keepEach(BooleanSupplier survives) {
        Set<String> lostNames = new HashSet<>();
        Set<Long> lostIn = new HashSet<>();
        return keep(
                change ->
                        Collections.disjoint(change.names(), lostNames)
                                && !lostIn.contains(change.emptied)
                                && survives.getAsBoolean(),
                change -> {
                    lostNames.addAll(change.names());
                    change.edits.forEach(edit -> lostIn.add(edit.directory.inode()));
                });
    }

    private interface Loss {
        void of(Change change);
    }

    private List<String> keep(Predicate<Change> survives, Loss loss) {
        List<String> texts = new ArrayList<>();
        Set<Long> lost = new HashSet<>();
        for (Change change : pending) {
            if (Collections.disjoint(change.needed, lost) && survives.test(change)) {
                change.apply();
            } else {
                loss.of(change);
                lost.add(change.number);
                texts.add(change.toString());
            }
        }
        pending.clear();
        return texts;
    }
}
