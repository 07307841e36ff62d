package io.visor.upgrade.backup;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.BackupPolicy;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// A copy of a program's directories from before an upgrade. What it is stands beside the copies,
/// in `backup.json`.
///
/// @param program the program
/// @param from the version that had written the data
/// @param to the version that came next
/// @param time when it was begun
/// @param when whether the services were stopped meanwhile
/// @param isShared whether the copies shared their blocks with the originals
/// @param trees the directories
public record Backup(
        ProgramName program,
        Version from,
        Version to,
        Instant time,
        BackupPolicy.When when,
        boolean isShared,
        List<Tree> trees) {

    static final String FILE = "backup.json";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /// One of the directories.
    ///
    /// @param path where it was, without links in it
    /// @param copy the name of its copy in the backup
    /// @param files how many files are in it
    /// @param bytes how much is in them
    public record Tree(Path path, String copy, long files, long bytes) {}

    public Backup {
        trees = List.copyOf(trees);
        time = time.truncatedTo(ChronoUnit.MILLIS);
    }

    /// The name of its folder, such as `v1.0.0-20261125T130000000Z`.
    public String name() {
        return "v" + from + "-" + STAMP.format(time);
    }

    /// How many bytes were copied.
    public long bytes() {
        return trees.stream().mapToLong(Tree::bytes).sum();
    }

    byte[] encode() {
        List<Json> all =
                trees.stream()
                        .<Json>map(tree ->
                                Json.object(
                                        "path",
                                        tree.path.toString(),
                                        "copy",
                                        tree.copy,
                                        "files",
                                        tree.files,
                                        "bytes",
                                        tree.bytes))
                        .toList();
        return (Json.object(
                                        "program",
                                        program.text(),
                                        "from",
                                        from.toString(),
                                        "to",
                                        to.toString(),
                                        "time",
                                        time.toString(),
                                        "when",
                                        when.word(),
                                        "shared",
                                        isShared,
                                        "trees",
                                        all)
                                .writePretty()
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Reads what it is; keys that are not known are passed over.
    ///
    /// @throws JsonException if the text does not say it
    static Backup decode(byte[] bytes) {
        Json json = Json.parse(bytes);
        try {
            return new Backup(
                    new ProgramName(json.string("program")),
                    Version.of(json.string("from")),
                    Version.of(json.string("to")),
                    Instant.parse(json.string("time")),
                    json.string("when").equals(BackupPolicy.When.RUNNING.word())
                            ? BackupPolicy.When.RUNNING
                            : BackupPolicy.When.STOPPED,
                    json.bool("shared"),
                    json.items("trees").stream().map(Backup::tree).toList());
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new JsonException(String.valueOf(e.getMessage()));
        }
    }

    private static Tree tree(Json json) {
        String copy = json.string("copy");
        Path path = Path.of(json.string("path"));
        if (!path.isAbsolute() || copy.contains("/") || copy.startsWith(".") || copy.isEmpty()) {
            throw new JsonException("a tree that cannot be: " + path + ", " + copy);
        }
        return new Tree(path, copy, json.integer("files"), json.integer("bytes"));
    }
}
