package io.visor.cli.explain;

import io.visor.model.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Tells times as people read them: in their zone, and how long ago or ahead.
///
/// @param now the time of day
/// @param zone the zone that times are told in
public record Times(Instant now, ZoneId zone) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm z", Locale.ROOT);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm z", Locale.ROOT);

    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT);

    /// `2026-11-26 08:00:03 UTC`.
    public String exactly(Instant time) {
        return EXACT.format(time.atZone(zone));
    }

    /// `08:00 UTC`, on another day `2026-11-26 08:00 UTC`.
    public String at(Instant time) {
        ZonedDateTime local = time.atZone(zone);
        boolean isToday = local.toLocalDate().equals(now.atZone(zone).toLocalDate());
        return (isToday ? TIME : DAY).format(local);
    }

    /// `34m ago`.
    public String ago(Instant time) {
        return Durations.format(since(time)) + " ago";
    }

    /// How long ago a time is; none of what is to come.
    public Duration since(Instant time) {
        Duration age = Duration.between(time, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    /// `in 5h12m`, or `now`.
    public String in(Instant time) {
        Duration left = Duration.between(now, time);
        return left.isPositive() ? "in " + Durations.format(left) : "now";
    }
}
