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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
/// @param verdicts how it did here, by the name of the instance that ran it
public record Manifest(
        ProgramName program,
        Version version,
        String source,
        long size,
        Sha256 sha256,
        Assurance assurance,
        Instant time,
        Map<String, Verdict> verdicts) {

    /// How a version did in one instance. It is kept here too, so that a version that failed is
    /// known even when the database is lost.
    ///
    /// @param good whether it passed its health window; if not, it failed it
    /// @param why what failed; empty if nothing did
    /// @param time when
    public record Verdict(boolean good, String why, Instant time) {}

    public Manifest {
        verdicts = Map.copyOf(verdicts);
    }

    /// A version that has not run here yet.
    public Manifest(
            ProgramName program,
            Version version,
            String source,
            long size,
            Sha256 sha256,
            Assurance assurance,
            Instant time) {
        this(program, version, source, size, sha256, assurance, time, Map.of());
    }

    /// The same with the verdict of an instance, or without one.
    Manifest judged(String instance, @Nullable Verdict verdict) {
        Map<String, Verdict> all = new TreeMap<>(verdicts);
        if (verdict == null) {
            all.remove(instance);
        } else {
            all.put(instance, verdict);
        }
        return new Manifest(program, version, source, size, sha256, assurance, time, all);
    }

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
                                        time.toString(),
                                        "verdicts",
                                        verdicts.isEmpty() ? null : verdictsJson())
                                .writePretty()
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private Json verdictsJson() {
        Map<String, Json> all = new LinkedHashMap<>();
        new TreeMap<>(verdicts)
                .forEach((instance, verdict) ->
                        all.put(
                                instance,
                                Json.object(
                                        "good",
                                        verdict.good,
                                        "why",
                                        verdict.why.isEmpty() ? null : verdict.why,
                                        "time",
                                        verdict.time.toString())));
        return new Json.Obj(all);
    }

    private static Map<String, Verdict> verdicts(Json json) {
        Map<String, Verdict> all = new LinkedHashMap<>();
        if (json.at("verdicts").orElse(null) instanceof Json.Obj(Map<String, Json> members)) {
            members.forEach((instance, verdict) ->
                    all.put(
                            instance,
                            new Verdict(
                                    verdict.bool("good"),
                                    verdict.at("why").isEmpty() ? "" : verdict.string("why"),
                                    Instant.parse(verdict.string("time")))));
        }
        return all;
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
                    Instant.parse(json.string("time")),
                    verdicts(json));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new JsonException(String.valueOf(e.getMessage()));
        }
    }
}
