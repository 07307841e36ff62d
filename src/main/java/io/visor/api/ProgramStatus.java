package io.visor.api;

import io.visor.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a program stands.
///
/// @param name its name
/// @param running its active version; null: none
/// @param since since when that version is active, as far as this visor knows; null if there is
///   none
/// @param required what the network asks for; null: it is not known
/// @param held the versions that failed here and are left alone
/// @param decision what follows from these: `nothing-known`, `up-to-date`, `above-target`, `held`
///   or `install`
/// @param upgrade where its upgrade stands
public record ProgramStatus(
        String name,
        @Nullable String running,
        @Nullable Instant since,
        @Nullable Required required,
        List<String> held,
        String decision,
        UpgradeStatus upgrade) {

    public ProgramStatus {
        held = List.copyOf(held);
    }

    /// What the network asks for.
    ///
    /// @param min below this it refuses the program
    /// @param target what it wants
    /// @param belowMin whether the active version is refused
    public record Required(String min, String target, boolean belowMin) {

        Json json() {
            return Json.object("min", min, "target", target, "belowMin", belowMin);
        }

        static Required read(Json json) {
            return new Required(json.string("min"), json.string("target"), json.bool("belowMin"));
        }
    }

    /// Where an upgrade stands.
    ///
    /// @param state `idle`, `staging`, `waiting`, `stopping`, `switching`, `watching`, `rolling
    ///   back`, `retrying`, `committed`, `rolled back` or `abandoned`
    /// @param from the version before it; null if there was none, or no upgrade
    /// @param to the version that it brings; null if there is no upgrade
    /// @param reason why it is in that state, in words; null if there is nothing to add
    /// @param retryAt when it is tried again; null if it is not waiting for that
    public record UpgradeStatus(
            String state,
            @Nullable String from,
            @Nullable String to,
            @Nullable String reason,
            @Nullable Instant retryAt) {

        Json json() {
            return Json.object(
                    "state",
                    state,
                    "from",
                    from,
                    "to",
                    to,
                    "reason",
                    reason,
                    "retryAt",
                    Wire.time(retryAt));
        }

        static UpgradeStatus read(Json json) {
            return new UpgradeStatus(
                    json.string("state"),
                    Wire.text(json, "from"),
                    Wire.text(json, "to"),
                    Wire.text(json, "reason"),
                    Wire.time(json, "retryAt"));
        }
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "name",
                name,
                "running",
                running,
                "since",
                Wire.time(since),
                "required",
                required == null ? null : required.json(),
                "held",
                held,
                "decision",
                decision,
                "upgrade",
                upgrade.json());
    }

    /// Reads the record.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static ProgramStatus read(Json json) {
        return new ProgramStatus(
                json.string("name"),
                Wire.text(json, "running"),
                Wire.time(json, "since"),
                Wire.record(json, "required", Required::read),
                Wire.texts(json, "held"),
                json.string("decision"),
                UpgradeStatus.read(json.at("upgrade").orElse(Json.object())));
    }
}
