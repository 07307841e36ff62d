package io.visor.api;

import io.visor.json.Json;

/// Why a request was refused: `{"error": {"code", "message", "next"}}`.
///
/// @param code a word for programs, such as `unknown-service`
/// @param message why, in words
/// @param next what to do about it; empty if nothing can be said
public record Refusal(String code, String message, String next) {

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "error",
                Json.object(
                        "code", code, "message", message, "next", next.isEmpty() ? null : next));
    }

    /// Reads the record.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static Refusal read(Json json) {
        return new Refusal(
                json.string("error", "code"),
                json.string("error", "message"),
                json.at("error", "next").isEmpty() ? "" : json.string("error", "next"));
    }
}
