package io.visor.daemon.control;

import io.visor.api.HttpException;
import io.visor.daemon.http.Call;
import io.visor.model.Names;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The parameters of a call.
///
/// @param values as they came, by their names
record Query(Map<String, String> values) {

    /// How long an answer may be waited for.
    static final Duration MAX_WAIT = Duration.ofMinutes(10);

    static Query of(Call call) {
        return new Query(call.request().query());
    }

    /// A number, from 1.
    ///
    /// @throws HttpException if it is none, or beyond the most
    int number(String name, int otherwise, int most) {
        String text = values.getOrDefault(name, String.valueOf(otherwise));
        if (!text.matches("[0-9]{1,9}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > most) {
            throw new HttpException(400, "a " + name + " that is no number from 1 to " + most);
        }
        return Integer.parseInt(text);
    }

    /// How long the caller waits; not at all if it does not say.
    ///
    /// @throws HttpException if it is no time, or too long
    Duration waitMs() {
        String text = values.getOrDefault("waitMs", "0");
        if (!text.matches("[0-9]{1,9}") || Long.parseLong(text) > MAX_WAIT.toMillis()) {
            throw new HttpException(
                    400, "a waitMs that is no number from 0 to " + MAX_WAIT.toMillis());
        }
        return Duration.ofMillis(Long.parseLong(text));
    }

    /// A version; null if none is named.
    ///
    /// @throws HttpException if it is none
    @Nullable Version version() {
        String text = values.get("version");
        Optional<Version> version = text == null ? Optional.empty() : Version.parse(text);
        if (text != null && version.isEmpty()) {
            throw new HttpException(400, "a version that is none");
        }
        return version.orElse(null);
    }

    /// A program; null if none is named.
    ///
    /// @throws HttpException if no program can have that name
    @Nullable ProgramName program() {
        String text = values.get("program");
        if (text != null && !Names.isName(text)) {
            throw new HttpException(400, "a program that is none");
        }
        return text == null ? null : new ProgramName(text);
    }

    /// A switch; off if it is not named.
    ///
    /// @throws HttpException if it is neither on nor off
    boolean flag(String name) {
        return switch (values.getOrDefault(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new HttpException(400, "a " + name + " that is neither true nor false");
        };
    }

    /// A text; empty if there is none.
    ///
    /// @throws HttpException if it is too long
    String text(String name, int longest) {
        String text = values.getOrDefault(name, "");
        if (text.length() > longest) {
            throw new HttpException(400, "a " + name + " of more than " + longest + " characters");
        }
        return text;
    }
}
