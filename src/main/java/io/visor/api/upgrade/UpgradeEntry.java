package io.visor.api.upgrade;

import io.visor.api.Transition;
import io.visor.api.TransitionStatus;
import io.visor.api.Wire;
import io.visor.json.Json;
import io.visor.json.JsonException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One upgrade of the history.
///
/// @param upgradeId its number in this home
/// @param program which program
/// @param from the version before it; null: none
/// @param to the version that it brings
/// @param urgency `required`, `recommended`, `asked` or `restoring`
/// @param attempt how often it was tried
/// @param openedAt when it was detected
/// @param endedAt when it ended; null if it has not
/// @param outcome `COMMITTED`, `ROLLED_BACK` or `ABANDONED`; null if it has not ended
/// @param transitionStatus its states, each as it was reached last
/// @param transitions all that happened, oldest first
public record UpgradeEntry(
        long upgradeId,
        String program,
        @Nullable String from,
        String to,
        String urgency,
        int attempt,
        Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable String outcome,
        TransitionStatus transitionStatus,
        List<Transition> transitions) {

    public UpgradeEntry {
        transitions = List.copyOf(transitions);
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "upgradeId",
                upgradeId,
                "program",
                program,
                "from",
                from,
                "to",
                to,
                "urgency",
                urgency,
                "attempt",
                attempt,
                "openedAt",
                Wire.time(openedAt),
                "endedAt",
                Wire.time(endedAt),
                "outcome",
                outcome,
                "transitionStatus",
                transitionStatus.json(),
                "transitions",
                transitions.stream().map(Transition::json).toList());
    }

    /// Reads the record.
    ///
    /// @throws JsonException if it is none
    public static UpgradeEntry read(Json json) {
        Instant openedAt = Wire.time(json, "openedAt");
        if (openedAt == null) {
            throw new JsonException("no time at \"openedAt\"");
        }
        return new UpgradeEntry(
                json.integer("upgradeId"),
                json.string("program"),
                Wire.text(json, "from"),
                json.string("to"),
                json.string("urgency"),
                Wire.count(json, "attempt"),
                openedAt,
                Wire.time(json, "endedAt"),
                Wire.text(json, "outcome"),
                TransitionStatus.read(json, "transitionStatus"),
                Wire.list(json, "transitions", Transition::read));
    }
}
