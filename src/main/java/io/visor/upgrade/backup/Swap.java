package io.visor.upgrade.backup;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.Version;
import io.visor.store.DurableFiles;
import io.visor.store.FaultPoints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Puts directories in the place of others, all or none: what is to be done is durable before the
/// first one is touched, and every step may be taken again. Beside each directory `x` the one that
/// comes is `.x.visor-restore`, and the one that goes is `.x.visor-replaced`.
final class Swap {

    /// The effects whose interruption must lose nothing.
    enum Step {
        INTEND,
        MOVE_AWAY,
        MOVE_IN,
        FORGET
    }

    private final Path file;
    private final FaultPoints faults;

    /// Knows where it is written down what is to be done.
    Swap(Path file, FaultPoints faults) {
        this.file = file;
        this.faults = faults;
    }

    /// What is to be done.
    ///
    /// @param version whose data comes
    /// @param directories which are replaced
    record Intent(Version version, List<Path> directories) {
        Intent {
            directories = List.copyOf(directories);
        }
    }

    /// Where what comes in the place of a directory is made ready.
    static Path coming(Path directory) {
        return sibling(directory, "restore");
    }

    /// Where what was in the place of a directory is kept.
    static Path gone(Path directory) {
        return sibling(directory, "replaced");
    }

    private static Path sibling(Path directory, String what) {
        return directory.resolveSibling("." + directory.getFileName() + ".visor-" + what);
    }

    /// Replaces directories by what has been made ready beside them.
    ///
    /// @throws IOException if that is not possible; whoever calls takes it back
    void begin(Intent intent) throws IOException {
        faults.before(Step.INTEND);
        DurableFiles.write(file, encode(intent));
        faults.after(Step.INTEND);
        go(intent);
    }

    private void go(Intent intent) throws IOException {
        for (Path directory : intent.directories) {
            Path coming = coming(directory);
            if (!exists(coming)) {
                continue;
            }
            if (exists(directory)) {
                DurableFiles.deleteTree(gone(directory));
                faults.before(Step.MOVE_AWAY);
                DurableFiles.rename(directory, gone(directory));
            }
            faults.before(Step.MOVE_IN);
            DurableFiles.rename(coming, directory);
        }
    }

    /// Puts the directories back that were there; it is forgotten by [#forget] only.
    void takeBack(Intent intent) throws IOException {
        for (Path directory : intent.directories.reversed()) {
            if (!exists(coming(directory))) {
                DurableFiles.rename(directory, coming(directory));
            }
            if (exists(gone(directory)) && !exists(directory)) {
                DurableFiles.rename(gone(directory), directory);
            }
        }
    }

    /// Whether it is written down what is to be done, and not done or taken back.
    boolean isIntended() {
        return exists(file);
    }

    /// Brings to its end what a crash has left; nothing if there is nothing. It is forgotten by
    /// [#forget] only.
    ///
    /// @return what was to be done
    Optional<Intent> resume() throws IOException {
        if (!exists(file)) {
            return Optional.empty();
        }
        Intent intent = decode(Files.readAllBytes(file));
        go(intent);
        return Optional.of(intent);
    }

    /// It is done, or taken back.
    void forget() throws IOException {
        faults.before(Step.FORGET);
        DurableFiles.deleteTree(file);
        DurableFiles.syncDirectory(file.resolveSibling(""));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static byte[] encode(Intent intent) {
        List<String> paths = intent.directories.stream().map(Path::toString).toList();
        return (Json.object("version", intent.version.toString(), "directories", paths)
                                .writePretty()
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Intent decode(byte[] bytes) {
        Json json = Json.parse(bytes);
        try {
            return new Intent(
                    Version.of(json.string("version")),
                    json.items("directories").stream().map(one -> Path.of(one.string())).toList());
        } catch (IllegalArgumentException e) {
            throw new JsonException(String.valueOf(e.getMessage()));
        }
    }
}
