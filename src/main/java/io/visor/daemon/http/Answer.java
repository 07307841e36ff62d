package io.visor.daemon.http;

import io.visor.api.Refusal;
import io.visor.json.Json;
import java.util.function.Supplier;

/// What a call is answered with.
///
/// @param status the HTTP status
/// @param body made when it is written, on the server's thread: it must use values only
public record Answer(int status, Supplier<Json> body) {

    /// It is so.
    public static Answer ok(Supplier<Json> body) {
        return new Answer(200, body);
    }

    /// It is not so yet.
    public static Answer accepted(Supplier<Json> body) {
        return new Answer(202, body);
    }

    /// It is not done.
    public static Answer refused(int status, Refusal why) {
        return new Answer(status, why::json);
    }
}
