package io.visor.api;

import io.visor.json.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that an upgrade waits for.
///
/// @param kind `hold`, `approval`, `window`, `delay`, `height` or `disk`
/// @param why in words, with the key that holds it
/// @param until when it passes by itself; null if it does not, or nobody knows
/// @param remedy what takes it out of the way: a command, or something to do
public record Obstacle(String kind, String why, @Nullable Instant until, String remedy) {

    /// The record on the wire.
    public Json json() {
        return Json.object("kind", kind, "why", why, "until", Wire.time(until), "remedy", remedy);
    }

    /// Reads the record.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static Obstacle read(Json json) {
        return new Obstacle(
                json.string("kind"),
                json.string("why"),
                Wire.time(json, "until"),
                json.string("remedy"));
    }
}
