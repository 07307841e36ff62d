package io.visor.model;

import java.util.ArrayList;
import java.util.List;

/// Splits a line into words as a POSIX shell quotes them (XCU 2.2): single quotes, double quotes,
/// backslash. Nothing is expanded: `$`, `` ` ``, `*` and `~` stand for themselves, and so do `|`,
/// `&`, `;`, `<` and `>`.
public final class CommandLine {

    private CommandLine() {}

    /// Splits a line.
    ///
    /// @return the words; empty for a line of white space
    /// @throws IllegalArgumentException if a quote is not closed or the line ends in a backslash
    public static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case ' ', '\t', '\n', '\r' -> {
                    if (inWord) {
                        words.add(word.toString());
                        word.setLength(0);
                        inWord = false;
                    }
                }
                case '\'' -> {
                    int end = line.indexOf('\'', i + 1);
                    if (end < 0) {
                        throw new IllegalArgumentException(
                                "a ' at character " + (i + 1) + " is not closed");
                    }
                    word.append(line, i + 1, end);
                    inWord = true;
                    i = end;
                }
                case '"' -> {
                    i = readDoubleQuoted(line, i, word);
                    inWord = true;
                }
                case '\\' -> {
                    if (i + 1 == line.length()) {
                        throw new IllegalArgumentException("it ends in a backslash");
                    }
                    i++;
                    if (line.charAt(i) != '\n') {
                        word.append(line.charAt(i));
                        inWord = true;
                    }
                }
                default -> {
                    word.append(c);
                    inWord = true;
                }
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return List.copyOf(words);
    }

    private static int readDoubleQuoted(String line, int start, StringBuilder word) {
        for (int i = start + 1; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                return i;
            }
            boolean escape =
                    c == '\\'
                            && i + 1 < line.length()
                            && "$`\"\\\n".indexOf(line.charAt(i + 1)) >= 0;
            if (!escape) {
                word.append(c);
            } else {
                i++;
                if (line.charAt(i) != '\n') {
                    word.append(line.charAt(i));
                }
            }
        }
        throw new IllegalArgumentException("a \" at character " + (start + 1) + " is not closed");
    }

    /// Joins words so that [#split] gives them back.
    public static String join(List<String> words) {
        List<String> quoted = new ArrayList<>();
        for (String word : words) {
            boolean plain = !word.isEmpty() && word.chars().allMatch(CommandLine::needsNoQuotes);
            quoted.add(plain ? word : "'" + word.replace("'", "'\\''") + "'");
        }
        return String.join(" ", quoted);
    }

    private static boolean needsNoQuotes(int c) {
        return Character.isLetterOrDigit(c) || "@%+=:,./_-{}".indexOf(c) >= 0;
    }
}
