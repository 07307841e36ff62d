package io.visor.systemd;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A span of time as systemctl prints it (systemd.time(7)): `1min 30s`, `100ms`, `infinity`.
final class TimeSpan {

    private static final Pattern PART = Pattern.compile("([0-9]{1,18})(?:\\.[0-9]+)?([a-z]+)");

    /// The units that systemctl writes, in microseconds.
    private static final Map<String, Long> MICROS =
            Map.ofEntries(
                    Map.entry("y", 31_557_600_000_000L),
                    Map.entry("month", 2_629_800_000_000L),
                    Map.entry("w", 604_800_000_000L),
                    Map.entry("d", 86_400_000_000L),
                    Map.entry("h", 3_600_000_000L),
                    Map.entry("min", 60_000_000L),
                    Map.entry("s", 1_000_000L),
                    Map.entry("ms", 1_000L),
                    Map.entry("us", 1L));

    private TimeSpan() {}

    /// Reads one.
    ///
    /// @return nothing for `infinity` and for what is none
    static Optional<Duration> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Duration sum = Duration.ZERO;
        for (String part : text.split(" ")) {
            Matcher matcher = PART.matcher(part);
            Long micros = matcher.matches() ? MICROS.get(matcher.group(2)) : null;
            if (micros == null) {
                return Optional.empty();
            }
            long count = Long.parseLong(matcher.group(1));
            try {
                sum =
                        sum.plus(
                                Duration.ofNanos(Math.multiplyExact(micros, 1000L))
                                        .multipliedBy(count));
            } catch (ArithmeticException e) {
                return Optional.empty();
            }
        }
        return Optional.of(sum);
    }
}
