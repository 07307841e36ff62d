package io.visor.api;

import io.visor.json.Json;
import io.visor.json.JsonException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the values of wire records are written and read.
public final class Wire {

    /// Ten thousand years in milliseconds: no duration is longer.
    private static final BigDecimal MOST_MILLIS = new BigDecimal("315576000000000");

    private Wire() {}

    /// A time as it is written; null for none.
    public static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /// A time; null if there is none.
    ///
    /// @throws JsonException if something else stands there
    public static @Nullable Instant time(Json json, String key) {
        String text = text(json, key);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new JsonException("no RFC 3339 time at \"" + key + "\"");
        }
    }

    /// A duration as it is written; null for none.
    public static @Nullable BigDecimal millis(@Nullable Duration duration) {
        if (duration == null) {
            return null;
        }
        BigDecimal millis =
                BigDecimal.valueOf(duration.getSeconds())
                        .movePointRight(9)
                        .add(BigDecimal.valueOf(duration.getNano()))
                        .movePointLeft(6)
                        .setScale(3, RoundingMode.HALF_UP)
                        .stripTrailingZeros();
        return millis.scale() < 0 ? millis.setScale(0) : millis;
    }

    /// A duration; null if there is none.
    ///
    /// @throws JsonException if something else stands there
    public static @Nullable Duration duration(Json json, String key) {
        Optional<Json> value = json.at(key);
        if (value.isEmpty()) {
            return null;
        }
        if (value.get() instanceof Json.Num(BigDecimal millis)
                && millis.abs().compareTo(MOST_MILLIS) <= 0) {
            BigDecimal nanos = millis.movePointRight(6).setScale(0, RoundingMode.HALF_UP);
            BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000));
            return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
        }
        throw new JsonException("no number of milliseconds at \"" + key + "\"");
    }

    /// A text; null if there is none.
    ///
    /// @throws JsonException if something else stands there
    public static @Nullable String text(Json json, String key) {
        return json.at(key).isEmpty() ? null : json.string(key);
    }

    /// A whole number; null if there is none.
    ///
    /// @throws JsonException if something else stands there
    public static @Nullable Long number(Json json, String key) {
        return json.at(key).isEmpty() ? null : json.integer(key);
    }

    /// A count: a whole number that an `int` holds.
    public static int count(Json json, String key) {
        long value = json.integer(key);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new JsonException("no count at \"" + key + "\"");
        }
        return (int) value;
    }

    /// A count; null if there is none.
    ///
    /// @throws JsonException if something else stands there
    public static @Nullable Integer countIfAny(Json json, String key) {
        return json.at(key).isEmpty() ? null : count(json, key);
    }

    /// The items of a list; none if there is no list.
    ///
    /// @throws JsonException if something else stands there
    public static <T> List<T> list(Json json, String key, Function<Json, T> read) {
        return json.items(key).stream().map(read).toList();
    }

    /// The texts of a list; none if there is no list.
    ///
    /// @throws JsonException if something else stands there
    public static List<String> texts(Json json, String key) {
        return list(
                json,
                key,
                item -> {
                    if (item instanceof Json.Str(String text)) {
                        return text;
                    }
                    throw new JsonException("no list of texts at \"" + key + "\"");
                });
    }

    /// A record; null if there is none.
    ///
    /// @throws JsonException if something else stands there
    public static <T> @Nullable T record(Json json, String key, Function<Json, T> read) {
        return json.at(key).map(read).orElse(null);
    }
}
