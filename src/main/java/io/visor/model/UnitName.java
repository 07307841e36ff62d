package io.visor.model;

import java.util.regex.Pattern;

/// The name of a systemd service unit, with its ending (systemd.unit(5)): `alice-ETH1.service`,
/// `lavap@alice.service`.
///
/// @param text the name as it is written
public record UnitName(String text) implements Comparable<UnitName> {

    public static final String ENDING = ".service";

    /// The rule in words, for messages.
    public static final String RULE =
            "a unit is name.service, of letters, digits and . _ @ : \\ -, at most 255 of them";

    private static final int MAX_LENGTH = 255;

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_:][A-Za-z0-9_:.\\\\-]*(@[A-Za-z0-9_:.\\\\-]+)?\\.service");

    public UnitName {
        if (text.length() > MAX_LENGTH || !NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no unit: " + RULE);
        }
    }

    /// The name without its ending.
    public String stem() {
        return text.substring(0, text.length() - ENDING.length());
    }

    @Override
    public int compareTo(UnitName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
