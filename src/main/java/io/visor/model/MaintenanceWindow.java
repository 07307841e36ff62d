package io.visor.model;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A time of the week in which something may be done: `Mon-Fri 08:00-18:00 Europe/Berlin`, `Sat,Sun
/// 00:00-24:00`, `22:00-04:00 UTC`. Without days it is every day, without a zone UTC. One that ends
/// at or before the time of day at which it begins goes on into the next day, and belongs to the
/// day on which it begins.
///
/// Times of day are those of the zone's clocks. Where a clock is set forward over the beginning,
/// the window begins when the clock has been set; where it is set forward over all of it, there is
/// none on that day; where it is set back, the first beginning and the last end count.
///
/// @param days on which it begins
/// @param from the time of day at which it begins
/// @param to the time of day at which it ends, not included; 00:00 for the end of the day
/// @param zone whose clocks count
public record MaintenanceWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

    private static final Pattern FORM =
            Pattern.compile(
                    "(?:([A-Za-z,-]+)\\s+)?(\\d{2}:\\d{2})-(\\d{2}:\\d{2})(?:\\s+([A-Za-z0-9_/+:-]+))?");

    private static final List<String> NAMES =
            List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    /// As far as is looked ahead. A window of the week comes again in seven days, but the clock may
    /// be set forward over it then.
    private static final int DAYS_AHEAD = 15;

    private static final String RULE =
            "write Mon-Fri 08:00-18:00 Europe/Berlin, with or without days and zone";

    public MaintenanceWindow {
        days = Set.copyOf(days);
    }

    /// Reads a window.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public static MaintenanceWindow parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no window; " + RULE);
        }
        try {
            String days = matcher.group(1);
            String zone = matcher.group(4);
            return new MaintenanceWindow(
                    days == null ? EnumSet.allOf(DayOfWeek.class) : days(days),
                    LocalTime.parse(matcher.group(2)),
                    matcher.group(3).equals("24:00")
                            ? LocalTime.MIDNIGHT
                            : LocalTime.parse(matcher.group(3)),
                    ZoneId.of(zone == null ? "UTC" : zone));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" has a time or a zone that there is not; " + RULE, e);
        }
    }

    private static Set<DayOfWeek> days(String text) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length > 2) {
                throw new IllegalArgumentException("\"" + part + "\" is no day; " + RULE);
            }
            DayOfWeek first = day(ends[0]);
            DayOfWeek last = day(ends[ends.length - 1]);
            for (DayOfWeek day = first; ; day = day.plus(1)) {
                days.add(day);
                if (day == last) {
                    break;
                }
            }
        }
        return days;
    }

    private static DayOfWeek day(String text) {
        int index = NAMES.indexOf(text.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no day; use Mon, Tue, Wed, Thu, Fri, Sat or Sun");
        }
        return DayOfWeek.of(index + 1);
    }

    /// One time that it is open.
    ///
    /// @param open from when
    /// @param close until when, not included
    private record Opening(Instant open, Instant close) {
        boolean has(Instant time) {
            return !time.isBefore(open) && time.isBefore(close);
        }
    }

    private Optional<Opening> on(LocalDate date) {
        if (!days.contains(date.getDayOfWeek())) {
            return Optional.empty();
        }
        LocalDate end = to.isAfter(from) ? date : date.plusDays(1);
        Instant open = ZonedDateTime.of(date, from, zone).withEarlierOffsetAtOverlap().toInstant();
        Instant close = ZonedDateTime.of(end, to, zone).withLaterOffsetAtOverlap().toInstant();
        return open.isBefore(close) ? Optional.of(new Opening(open, close)) : Optional.empty();
    }

    /// Whether it is open at a time.
    public boolean isOpen(Instant time) {
        LocalDate date = time.atZone(zone).toLocalDate();
        return on(date).filter(opening -> opening.has(time)).isPresent()
                || on(date.minusDays(1)).filter(opening -> opening.has(time)).isPresent();
    }

    /// When it opens next; the time itself if it is open then.
    ///
    /// @return nothing if it is never open
    public Optional<Instant> nextOpening(Instant time) {
        if (isOpen(time)) {
            return Optional.of(time);
        }
        LocalDate date = time.atZone(zone).toLocalDate();
        for (int i = 0; i <= DAYS_AHEAD; i++) {
            Optional<Opening> opening =
                    on(date.plusDays(i)).filter(candidate -> !candidate.open.isBefore(time));
            if (opening.isPresent()) {
                return Optional.of(opening.get().open);
            }
        }
        return Optional.empty();
    }

    /// The window as [#parse] reads it.
    @Override
    public String toString() {
        String when = from + "-" + (to.equals(LocalTime.MIDNIGHT) ? "24:00" : to) + " " + zone;
        return days.size() == DayOfWeek.values().length ? when : names() + " " + when;
    }

    private String names() {
        List<String> parts = new ArrayList<>();
        for (DayOfWeek day : DayOfWeek.values()) {
            if (days.contains(day) && !(day != DayOfWeek.MONDAY && days.contains(day.minus(1)))) {
                DayOfWeek last = day;
                while (last != DayOfWeek.SUNDAY && days.contains(last.plus(1))) {
                    last = last.plus(1);
                }
                parts.add(day == last ? name(day) : name(day) + "-" + name(last));
            }
        }
        return String.join(",", parts);
    }

    private static String name(DayOfWeek day) {
        String name = NAMES.get(day.getValue() - 1);
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }
}
