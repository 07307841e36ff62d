package io.visor.model;

import java.util.regex.Pattern;

/// The rule that all names share.
public final class Names {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}");

    /// The rule in words, for messages.
    public static final String RULE =
            "a name has 1 to 100 letters, digits or . _ @ : - and begins with a letter or a digit";

    private Names() {}

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /// Checks a name.
    ///
    /// @param of what bears it, with its article
    static void check(String of, String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no name of " + of + ": " + RULE);
        }
    }
}
