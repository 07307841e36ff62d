package io.visor.model;

import java.util.Locale;

/// Sizes as people read them, in powers of ten: `412 kB`, `64.1 MB`.
public final class Sizes {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private Sizes() {}

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
