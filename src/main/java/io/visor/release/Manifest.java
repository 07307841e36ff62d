package io.visor.release;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.Assurance;
import io.visor.model.ProgramName;
import io.visor.model.Sha256;
import io.visor.model.Version;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/// What visor knows of a version in `upgrades/`; kept beside it as `manifest.json`.
///
/// @param program the program
/// @param version the version
/// @param source where it came from: an address, or `local` for one that LavaVisor or an operator
///   put there
/// @param size of the binary, in bytes
/// @param sha256 of the binary
/// @param assurance how well it was proven when it came
/// @param time when it came
public record Manifest(
        ProgramName program,
        Version version,
        String source,
        long size,
        Sha256 sha256,
        Assurance assurance,
        Instant time) {

    /// The source of a version that was found in its place.
    public static final String LOCAL = "local";

    static final String FILE = "manifest.json";

    /// Whether it was found in its place, rather than fetched by visor.
    public boolean isLocal() {
        return source.equals(LOCAL);
    }

    /// The manifest as it stands in its file.
    public byte[] encode() {
        return (Json.object(
                                        "program",
                                        program.text(),
                                        "version",
                                        version.toString(),
                                        "source",
                                        source,
                                        "size",
                                        size,
                                        "sha256",
                                        sha256.hex(),
                                        "assurance",
                                        assurance.name(),
                                        "time",
                                        time.toString())
                                .writePretty()
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Reads a manifest; keys that it does not know are passed over.
    ///
    /// @throws JsonException if it is none
    static Manifest decode(byte[] bytes) {
        Json json = Json.parse(bytes);
        try {
            return new Manifest(
                    new ProgramName(json.string("program")),
                    Version.of(json.string("version")),
                    json.string("source"),
                    json.integer("size"),
                    new Sha256(json.string("sha256")),
                    Assurance.valueOf(json.string("assurance")),
                    Instant.parse(json.string("time")));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new JsonException(String.valueOf(e.getMessage()));
        }
    }
}
