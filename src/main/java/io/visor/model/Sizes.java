package io.visor.model;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people read them, in powers of ten: `412 kB`, `64.1 MB`.
public final class Sizes {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private static final Pattern FORM = Pattern.compile("(\\d{1,15}) ?([kKMGT]?)(i?)B?");
    private static final String PREFIXES = "KMGT";

    private Sizes() {}

    /// Reads a size: `4096`, `100MB`, `64 kB` in powers of ten, `64KiB` in powers of two.
    ///
    /// @return nothing if the text is of another form, or the size does not fit
    public static Optional<Long> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        boolean binary = !matcher.group(3).isEmpty();
        if (unit.isEmpty() ? binary : !text.endsWith("B")) {
            return Optional.empty();
        }
        long factor = 1;
        for (int i = unit.isEmpty() ? -1 : PREFIXES.indexOf(unit); i >= 0; i--) {
            factor *= binary ? 1024 : 1000;
        }
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE / factor ? Optional.empty() : Optional.of(number * factor);
    }

    /// Writes a size so that [#parse] gives it back: `100MB`, `64KiB`, `4097B`.
    ///
    /// @param bytes at least 0, below 10^15
    public static String exact(long bytes) {
        long decimal = 1;
        long binary = 1;
        for (int i = 0; i < PREFIXES.length(); i++) {
            decimal *= 1000;
            binary *= 1024;
        }
        for (int i = PREFIXES.length() - 1; i >= 0 && bytes > 0; i--) {
            String prefix = PREFIXES.substring(i, i + 1);
            if (bytes % decimal == 0) {
                return bytes / decimal + prefix.replace('K', 'k') + "B";
            }
            if (bytes % binary == 0) {
                return bytes / binary + prefix + "iB";
            }
            decimal /= 1000;
            binary /= 1024;
        }
        return bytes + "B";
    }

    /// Writes a size.
    ///
    /// @param bytes at least 0
    public static String format(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return (unit < 2
                        ? String.valueOf(Math.round(value))
                        : String.format(Locale.ROOT, "%.1f", value))
                + " "
                + UNITS[unit];
    }
}
