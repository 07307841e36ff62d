package io.visor.api.upgrade;

import io.visor.json.Json;

/// What came of an order.
///
/// @param program which program
/// @param message what was done, in words
/// @param done whether it was done; if not, visor goes on with it
public record Ordered(String program, String message, boolean done) {

    /// The record on the wire.
    public Json json() {
        return Json.object("program", program, "message", message, "done", done);
    }

    /// Reads the record.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static Ordered read(Json json) {
        return new Ordered(json.string("program"), json.string("message"), json.bool("done"));
    }
}
