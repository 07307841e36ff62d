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
/// @param next what visor does next about it
public record ProgramStatus(
        String name,
        @Nullable String running,
        @Nullable Instant since,
        @Nullable Required required,
        List<String> held,
        String decision,
        UpgradeStatus upgrade,
        Next next) {

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
    /// @param step how far `watching` is: `opening` (the services get ready), `open` or `closing`;
    ///   how far `rolling back` is: `stopping`, `switching`, or one of these; null otherwise
    /// @param from the version before it; null if there was none, or no upgrade
    /// @param to the version that it brings; null if there is no upgrade
    /// @param urgency `required`, `recommended`, `asked` or `restoring`; null if there is no
    ///   upgrade
    /// @param attempt how often it was tried, this time included; 0 if there is no upgrade
    /// @param failures how often its version failed while it was watched
    /// @param reason why it is in that state, in words; null if there is nothing to add
    /// @param retryAt when it is tried again; null if it is not waiting for that
    /// @param until when the step ends by itself; null if it does not
    /// @param obstacles what it waits for
    /// @param turn which other program is between stop and trust, so that it waits; null: none
    public record UpgradeStatus(
            String state,
            @Nullable String step,
            @Nullable String from,
            @Nullable String to,
            @Nullable String urgency,
            int attempt,
            int failures,
            @Nullable String reason,
            @Nullable Instant retryAt,
            @Nullable Instant until,
            List<Obstacle> obstacles,
            @Nullable String turn) {

        public UpgradeStatus {
            obstacles = List.copyOf(obstacles);
        }

        /// The record on the wire.
        public Json json() {
            return Json.object(
                    "state",
                    state,
                    "step",
                    step,
                    "from",
                    from,
                    "to",
                    to,
                    "urgency",
                    urgency,
                    "attempt",
                    attempt == 0 ? null : attempt,
                    "failures",
                    failures == 0 ? null : failures,
                    "reason",
                    reason,
                    "retryAt",
                    Wire.time(retryAt),
                    "until",
                    Wire.time(until),
                    "obstacles",
                    obstacles.isEmpty() ? null : obstacles.stream().map(Obstacle::json).toList(),
                    "turn",
                    turn);
        }

        /// Reads the record.
        ///
        /// @throws io.visor.json.JsonException if it is none
        public static UpgradeStatus read(Json json) {
            return new UpgradeStatus(
                    json.string("state"),
                    Wire.text(json, "step"),
                    Wire.text(json, "from"),
                    Wire.text(json, "to"),
                    Wire.text(json, "urgency"),
                    json.at("attempt").isEmpty() ? 0 : Wire.count(json, "attempt"),
                    json.at("failures").isEmpty() ? 0 : Wire.count(json, "failures"),
                    Wire.text(json, "reason"),
                    Wire.time(json, "retryAt"),
                    Wire.time(json, "until"),
                    Wire.list(json, "obstacles", Obstacle::read),
                    Wire.text(json, "turn"));
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
                upgrade.json(),
                "next",
                next.json());
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
                UpgradeStatus.read(json.at("upgrade").orElse(Json.object())),
                Next.read(json.at("next").orElse(Json.object())));
    }
}
