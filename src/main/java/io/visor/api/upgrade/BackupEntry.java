package io.visor.api.upgrade;

import io.visor.api.Wire;
import io.visor.json.Json;
import io.visor.json.JsonException;
import java.time.Instant;
import java.util.List;

/// One copy of a program's data.
///
/// @param program which program
/// @param from the version that had written the data, to which it can be put back
/// @param to the version that came next
/// @param madeAt when the copy was begun
/// @param when `stopped` or `running`: how the services were meanwhile
/// @param shared whether it shared its blocks with the data when it was made
/// @param files how many files are in it
/// @param bytes how much is in them, in bytes
/// @param directory where it is
/// @param paths the directories that it is a copy of
public record BackupEntry(
        String program,
        String from,
        String to,
        Instant madeAt,
        String when,
        boolean shared,
        long files,
        long bytes,
        String directory,
        List<String> paths) {

    public BackupEntry {
        paths = List.copyOf(paths);
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "program", program,
                "from", from,
                "to", to,
                "madeAt", Wire.time(madeAt),
                "when", when,
                "shared", shared,
                "files", files,
                "bytes", bytes,
                "directory", directory,
                "paths", paths);
    }

    /// Reads the record.
    ///
    /// @throws JsonException if it is none
    public static BackupEntry read(Json json) {
        Instant madeAt = Wire.time(json, "madeAt");
        if (madeAt == null) {
            throw new JsonException("no time at \"madeAt\"");
        }
        return new BackupEntry(
                json.string("program"),
                json.string("from"),
                json.string("to"),
                madeAt,
                json.string("when"),
                json.bool("shared"),
                json.integer("files"),
                json.integer("bytes"),
                json.string("directory"),
                Wire.texts(json, "paths"));
    }
}
