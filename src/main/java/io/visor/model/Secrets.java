package io.visor.model;

import java.util.regex.Pattern;

/// Keeps passwords out of whatever is shown: messages, logs, listings.
public final class Secrets {

    /// What is shown instead.
    public static final String MASK = "***";

    // As far as the last @: where a password holds a / or an @ that should have been encoded, the
    // standard's reading would leave a part of it.
    private static final Pattern USER_INFO = Pattern.compile("(?s)^([A-Za-z0-9+.-]*://)?.*@");

    private static final Pattern ADDRESS_WITHIN =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)\\S*@");

    private Secrets() {}

    /// An address, or what should be one, without the user name and the password in it.
    public static String hideUserInfo(String address) {
        return USER_INFO.matcher(address).replaceFirst("$1" + MASK + "@");
    }

    /// An address of the web for messages and records: without the user name, the password, the
    /// query and the fragment; a signature stands in the query.
    public static String shownAddress(String address) {
        return hideUserInfo(address).replaceFirst("(?s)[?#].*", "");
    }

    /// A text without the user names and passwords of the addresses in it, as far as these have a
    /// scheme.
    public static String hideUserInfoWithin(String text) {
        return ADDRESS_WITHIN.matcher(text).replaceAll("$1" + MASK + "@");
    }
}
