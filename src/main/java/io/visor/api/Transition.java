package io.visor.api;

import io.visor.json.Json;
import io.visor.json.JsonException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One point on the way of an upgrade or a service, as Powerloom's snapshotter tells of the states
/// of an epoch (its `SnapshotterStateUpdate`).
///
/// @param state which point: a word in capitals
/// @param status `success` or `failed`
/// @param error what went wrong; null if nothing did
/// @param extra what else there is to know; null: nothing
/// @param at when
public record Transition(
        String state, String status, @Nullable String error, Json.@Nullable Obj extra, Instant at) {

    public static final String SUCCESS = "success";
    public static final String FAILED = "failed";

    /// A point that was reached.
    public static Transition reached(String state, Json.@Nullable Obj extra, Instant at) {
        return new Transition(state, SUCCESS, null, extra, at);
    }

    /// Something that went wrong.
    public static Transition failed(
            String state, String error, Json.@Nullable Obj extra, Instant at) {
        return new Transition(state, FAILED, error, extra, at);
    }

    /// The record on the wire, in a list.
    public Json json() {
        return Json.object(
                "state",
                state,
                "status",
                status,
                "error",
                error,
                "extra",
                extra,
                "at",
                Wire.time(at));
    }

    /// Reads the record out of a list.
    ///
    /// @throws JsonException if it is none
    public static Transition read(Json json) {
        Instant at = Wire.time(json, "at");
        if (at == null) {
            throw new JsonException("no time at \"at\"");
        }
        return new Transition(
                json.string("state"),
                json.string("status"),
                Wire.text(json, "error"),
                extra(json),
                at);
    }

    private static Json.@Nullable Obj extra(Json json) {
        return json.at("extra").orElse(null) instanceof Json.Obj object ? object : null;
    }

    /// The record in the snapshotter's form: all four members, and the time in seconds since 1970.
    Json update() {
        return Json.object(
                "status",
                status,
                "error",
                error == null ? new Json.Null() : new Json.Str(error),
                "extra",
                extra == null ? new Json.Null() : extra,
                "timestamp",
                BigDecimal.valueOf(at.getEpochSecond()));
    }

    /// Reads the record in the snapshotter's form.
    static Transition ofUpdate(String state, Json json) {
        try {
            return new Transition(
                    state,
                    json.string("status"),
                    Wire.text(json, "error"),
                    extra(json),
                    Instant.ofEpochSecond(json.integer("timestamp")));
        } catch (DateTimeException e) {
            throw new JsonException("no time at \"timestamp\"");
        }
    }
}
