package io.visor.api;

import io.visor.json.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What visor does next about a program.
///
/// @param action one of the words below
/// @param version the version that it is about; null if it is about none
/// @param at when; null: now, or nobody knows
public record Next(String action, @Nullable String version, @Nullable Instant at) {

    /// Nothing is to be done.
    public static final String NOTHING = "nothing";

    /// What the chain asks for is not known: it is asked on.
    public static final String ASK = "ask";

    /// What earlier visors have kept could not be read: it is read again.
    public static final String READ = "read";

    /// The release is being fetched and verified.
    public static final String STAGE = "stage";

    /// It did not succeed, and is tried again.
    public static final String RETRY = "retry";

    /// The release is staged, and is installed when nothing stands in its way and it is its turn.
    public static final String INSTALL = "install";

    /// The services are being stopped, or the link is replaced.
    public static final String SWITCH = "switch";

    /// The version runs and is watched; when it has been for long enough, it is committed.
    public static final String COMMIT = "commit";

    /// The version before it comes back.
    public static final String GO_BACK = "go-back";

    /// The record on the wire.
    public Json json() {
        return Json.object("action", action, "version", version, "at", Wire.time(at));
    }

    /// Reads the record; nothing is known of one that is not there.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static Next read(Json json) {
        return new Next(json.string("action"), Wire.text(json, "version"), Wire.time(json, "at"));
    }
}
