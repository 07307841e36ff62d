package io.visor.model;

import java.util.Locale;
import java.util.Optional;

/// The signals that visor sends, with their numbers on Linux (signal(7)).
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    KILL(9),
    USR1(10),
    USR2(12),
    TERM(15);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /// Reads `TERM`, `SIGTERM` or `term`.
    public static Optional<Signal> parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        for (Signal signal : values()) {
            if (signal.name().equals(name)) {
                return Optional.of(signal);
            }
        }
        return Optional.empty();
    }

    /// The name with its prefix, as in `SIGTERM`.
    @Override
    public String toString() {
        return "SIG" + name();
    }
}
