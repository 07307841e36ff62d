package io.visor.sim.disk.conformance;

import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// What a seed chooses.
final class Choice {

    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final int FEW_BYTES = 200;
    private static final int MANY_BYTES = 9000;

    private final Random random;

    Choice(long seed) {
        this.random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(int percent) {
        return below(100) < percent;
    }

    <T> T one(List<T> of) {
        return of.get(below(of.size()));
    }

    private <T> Set<T> some(int percent, List<T> of) {
        return of.stream()
                .filter(_ -> chance(percent))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /// A path that leads nowhere above the root, whatever links there are.
    String path() {
        List<String> names = names();
        int at = below(names.size()) + 1;
        if (chance(3)) {
            names.add(at, "..");
        } else if (chance(3)) {
            names.add(at - 1, ".");
        } else if (chance(3)) {
            names.add(at, ".");
        }
        return String.join("/", names);
    }

    /// A path without dots.
    String plainPath() {
        return String.join("/", names());
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        int depth = chance(50) ? 1 : chance(60) ? 2 : 3;
        for (int i = 0; i < depth; i++) {
            names.add(one(NAMES));
        }
        return names;
    }

    byte[] bytes() {
        int most = chance(20) ? 1 : chance(50) ? FEW_BYTES : MANY_BYTES;
        byte[] bytes = new byte[below(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Whether links are followed.
    LinkOption[] links() {
        return chance(50) ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    }

    CopyOption[] of(CopyOption... options) {
        return some(60, List.of(options)).toArray(CopyOption[]::new);
    }

    /// How a file is opened; mostly so that it works.
    Set<OpenOption> openOptions() {
        Set<OpenOption> options =
                some(
                        30,
                        List.of(
                                StandardOpenOption.READ,
                                StandardOpenOption.APPEND,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.CREATE_NEW,
                                LinkOption.NOFOLLOW_LINKS));
        if (chance(80)) {
            options.add(StandardOpenOption.WRITE);
        }
        if (chance(60)) {
            options.remove(StandardOpenOption.CREATE_NEW);
            options.add(StandardOpenOption.CREATE);
        }
        return options;
    }
}
