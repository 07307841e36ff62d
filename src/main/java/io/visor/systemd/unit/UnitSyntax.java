package io.visor.systemd.unit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// How a text is written in a unit file so that systemd reads that very text (systemd.syntax(7);
/// systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers"). Each kind of setting has
/// rules of its own.
public final class UnitSyntax {

    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    /// What systemd takes in no path of a program (`string_is_safe` in its source).
    private static final Pattern REFUSED = Pattern.compile("[\"'\\\\]");

    /// Makes way for the words behind it, with the same process.
    static final List<String> BY_SHELL = List.of("/bin/sh", "-c", "exec \"$0\" \"$@\"");

    private UnitSyntax() {}

    /// A value that is read as it stands, but for specifiers: `Description=`, `User=`.
    ///
    /// @throws UnitException for a control character, or a backslash at the end
    static String text(String text) {
        check(text);
        if (text.endsWith("\\")) {
            throw new UnitException(
                    "\"" + text + "\" ends in a backslash, which goes on with the next line");
        }
        return text.replace("%", "%%");
    }

    /// A path that is a whole value, as of `WorkingDirectory=`: no quotes are read there. The slash
    /// at the end keeps a blank or a backslash from standing last, where it would not be read.
    ///
    /// @throws UnitException for a control character
    static String path(Path path) {
        String text = path.toString();
        check(text);
        return (text.endsWith("/") ? text : text + "/").replace("%", "%%");
    }

    /// One of several words in a value, as of `ReadWritePaths=`.
    ///
    /// @throws UnitException for a control character
    static String word(String text) {
        check(text);
        String value = text.replace("%", "%%");
        return PLAIN_WORD.matcher(text).matches()
                ? value
                : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /// The words of a command line. No variable is replaced in the first one, so a `$` stands for
    /// itself there; in the others it is doubled. A program whose path has a quote or a backslash
    /// in it is refused by systemd, however it is written, so the shell starts it.
    ///
    /// @throws UnitException for a control character
    static String command(List<String> words) {
        List<String> all = new ArrayList<>();
        if (REFUSED.matcher(words.getFirst()).find()) {
            all.addAll(BY_SHELL);
        }
        all.addAll(words);
        List<String> written = new ArrayList<>();
        for (String word : all) {
            written.add(word(written.isEmpty() ? word : word.replace("$", "$$")));
        }
        return String.join(" ", written);
    }

    private static void check(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new UnitException(
                        String.format(
                                "\"%s\" has the control character U+%04X in it; name something"
                                        + " without",
                                text.replaceAll("\\p{Cntrl}", "?"), (int) text.charAt(i)));
            }
        }
    }
}
