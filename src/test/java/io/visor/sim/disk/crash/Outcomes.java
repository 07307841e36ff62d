package io.visor.sim.disk.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.SimFileSystem;
import io.visor.sim.disk.crash.PowerCuts.Died;
import io.visor.sim.disk.crash.PowerCuts.Work;
import io.visor.store.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Tries out what a power cut may leave.
final class Outcomes {

    private static final int SEEDS = 400;

    private Outcomes() {}

    interface Look {
        String at(SimFileSystem fileSystem) throws IOException;
    }

    /// What is seen after a power cut.
    ///
    /// @param before survives
    /// @param work is done just before it
    static Set<String> outcomes(Work before, Work work, Look look) throws IOException {
        Set<String> seen = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            SimDisk disk = PowerCuts.disk(seed);
            SimFileSystem process = disk.mount(Died::new);
            before.on(process);
            work.on(process);
            disk.cutPower();
            seen.add(look.at(disk.mount(Died::new)));
        }
        return seen;
    }

    static byte[] bytes(String letter, int count) {
        return letter.repeat(count).getBytes(UTF_8);
    }

    static void durable(SimFileSystem fileSystem, String path, byte[] content) throws IOException {
        DurableFiles.write(fileSystem.getPath(path), content);
    }

    static void sync(SimFileSystem fileSystem, String path) throws IOException {
        try (FileChannel channel =
                FileChannel.open(fileSystem.getPath(path), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void move(SimFileSystem fileSystem, String from, String to) throws IOException {
        Files.move(
                fileSystem.getPath(from), fileSystem.getPath(to), StandardCopyOption.ATOMIC_MOVE);
    }

    /// All files, and how many letters of which kind stand in them one after the other.
    static String all(SimFileSystem fileSystem) throws IOException {
        try (Stream<Path> found = Files.walk(fileSystem.getPath("/"))) {
            return found.filter(Files::isRegularFile)
                    .map(file -> file + "=" + content(file))
                    .sorted()
                    .collect(Collectors.joining(" "));
        }
    }

    private static String content(Path file) {
        String text;
        try {
            text = Files.readString(file, UTF_8).replace('\0', '0');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StringBuilder runs = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int end = i;
            while (end < text.length() && text.charAt(end) == text.charAt(i)) {
                end++;
            }
            runs.append(end - i).append(text.charAt(i));
            i = end;
        }
        return runs.toString();
    }
}
