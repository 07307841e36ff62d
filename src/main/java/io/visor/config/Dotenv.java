package io.visor.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the text of an environment file as Docker Compose reads one (Docker's manual, "Syntax for
/// environment files in Docker Compose"): `NAME=value`, `export NAME=value`, comments, values
/// between quotes, `$NAME` and `${NAME:-default}`. A name alone takes the value that visor itself
/// has, if it has one. No text makes it fail or grow: what is wrong is reported by line, and a
/// value is as long as the kernel takes one, at most.
final class Dotenv {

    /// What the kernel takes for one variable (execve(2), `MAX_ARG_STRLEN`), less room for its
    /// name.
    static final int MAX_VALUE = 127 << 10;

    /// How long all values together may be, in characters.
    static final int MAX_TOTAL = 1 << 20;

    private static final int MAX_DEPTH = 20;
    private static final int MAX_FAULTS = 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern EXPORT = Pattern.compile("export[ \t]+(?=[^ \t=:])");

    /// What was found.
    ///
    /// @param variables by name; the last value of a name counts
    /// @param faults what is wrong, in the text's order, without any value
    record Result(Map<String, String> variables, List<Fault> faults) {}

    /// Something wrong.
    ///
    /// @param line where, from 1
    /// @param text what
    record Fault(int line, String text) {}

    /// Something wrong in a value.
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        Wrong(String text) {
            super(text, null, false, false);
        }
    }

    private final String text;
    private final Map<String, String> own;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private int at;
    private int line = 1;
    private int total;

    private Dotenv(String text, Map<String, String> own) {
        this.text = text;
        this.own = own;
    }

    /// Reads a text.
    ///
    /// @param own visor's own environment; what an earlier line sets goes before it
    static Result read(String text, Map<String, String> own) {
        Dotenv dotenv =
                new Dotenv(
                        (text.startsWith("\uFEFF") ? text.substring(1) : text)
                                .replace("\r\n", "\n"),
                        own);
        dotenv.read();
        return new Result(dotenv.variables, dotenv.faults);
    }

    private void read() {
        while (at < text.length() && faults.size() < MAX_FAULTS) {
            int start = line;
            try {
                statement();
            } catch (Wrong e) {
                faults.add(new Fault(start, String.valueOf(e.getMessage())));
                at = endOfLine();
            }
            if (at < text.length()) {
                // The end of the line.
                at++;
                line++;
            }
        }
    }

    /// Reads one statement, and goes to the end of the line that it ends in.
    private void statement() throws Wrong {
        int end = endOfLine();
        skipBlanks();
        if (at == end || text.charAt(at) == '#') {
            at = end;
            return;
        }
        String head = text.substring(at, end);
        Matcher export = EXPORT.matcher(head);
        if (export.lookingAt()) {
            at += export.end();
        }
        int separator = at;
        while (separator < end
                && "=:".indexOf(text.charAt(separator)) < 0
                && !isComment(separator)) {
            separator++;
        }
        boolean hasValue = separator < end && text.charAt(separator) != '#';
        String name = text.substring(at, separator).strip();
        if (!NAME.matcher(name).matches()) {
            throw new Wrong(
                    "is no assignment; write NAME=value, the name in letters, digits, _, . and -");
        }
        if (!hasValue) {
            at = end;
            String inherited = own.get(name);
            if (inherited != null) {
                variables.put(name, inherited);
            }
            return;
        }
        at = separator + 1;
        skipBlanks();
        put(name, value(name));
    }

    private void put(String name, String value) throws Wrong {
        total += value.length();
        if (total > MAX_TOTAL) {
            throw new Wrong(name + ": all values together are longer than 1 MB");
        }
        if (value.indexOf('\0') >= 0) {
            throw new Wrong(name + " has a zero byte in it");
        }
        variables.put(name, value);
    }

    private String value(String name) throws Wrong {
        char quote = at < text.length() ? text.charAt(at) : '\n';
        if (quote == '"' || quote == '\'') {
            return quoted(name, quote);
        }
        int end = endOfLine();
        int last = at;
        while (last < end && !isComment(last)) {
            last++;
        }
        String raw = text.substring(at, last).stripTrailing();
        at = end;
        return new Expansion(name, false).of(raw, 0);
    }

    /// Whether a comment begins here: at a # with a blank before it.
    private boolean isComment(int index) {
        return text.charAt(index) == '#' && isBlank(text.charAt(index - 1));
    }

    private String quoted(String name, char quote) throws Wrong {
        int start = at + 1;
        int end = start;
        int lines = 0;
        while (end < text.length() && text.charAt(end) != quote) {
            boolean escaped = text.charAt(end) == '\\' && end + 1 < text.length();
            boolean counts = quote == '"' || escaped && text.charAt(end + 1) == quote;
            for (int step = escaped && counts ? 2 : 1; step > 0; step--, end++) {
                lines += text.charAt(end) == '\n' ? 1 : 0;
            }
        }
        if (end >= text.length()) {
            // Where it should have ended nobody knows, so that nothing behind it can be read.
            at = text.length();
            throw new Wrong(name + ": the closing " + quote + " is missing");
        }
        String raw = text.substring(start, end);
        at = end + 1;
        line += lines;
        String value =
                quote == '"'
                        ? new Expansion(name, true).of(raw, 0)
                        : bounded(name, raw.replace("\\'", "'"));
        skipBlanks();
        if (at < endOfLine() && text.charAt(at) != '#') {
            throw new Wrong(name + ": something stands behind the closing " + quote);
        }
        at = endOfLine();
        return value;
    }

    private static String bounded(String name, String value) throws Wrong {
        if (value.length() > MAX_VALUE) {
            throw new Wrong(name + " is longer than 127 kB");
        }
        return value;
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\u000b' || c == '\u00a0';
    }

    private @Nullable String lookUp(String name) {
        String value = variables.get(name);
        return value == null ? own.get(name) : value;
    }

    /// Fills variables into a value.
    private final class Expansion {

        private final String name;
        private final boolean escapes;

        /// Prepares it.
        ///
        /// @param escapes whether a backslash means something, as between double quotes
        Expansion(String name, boolean escapes) {
            this.name = name;
            this.escapes = escapes;
        }

        String of(String raw, int depth) throws Wrong {
            if (depth > MAX_DEPTH) {
                throw new Wrong(name + ": ${} stands in ${} too deep");
            }
            StringBuilder out = new StringBuilder();
            int i = 0;
            while (i < raw.length()) {
                char c = raw.charAt(i);
                if (c == '\\' && escapes && i + 1 < raw.length()) {
                    out.append(unescaped(raw.charAt(i + 1)));
                    i += 2;
                } else if (c == '$') {
                    i = variable(raw, i + 1, out, depth);
                } else {
                    out.append(c);
                    i++;
                }
                if (out.length() > MAX_VALUE) {
                    throw new Wrong(name + " is longer than 127 kB");
                }
            }
            return out.toString();
        }

        private static String unescaped(char c) {
            return switch (c) {
                case 'n' -> "\n";
                case 'r' -> "\r";
                case 't' -> "\t";
                case '"', '\\', '$' -> String.valueOf(c);
                default -> "\\" + c;
            };
        }

        /// Reads what stands behind a $ and gives where it ends.
        private int variable(String raw, int start, StringBuilder out, int depth) throws Wrong {
            char first = start < raw.length() ? raw.charAt(start) : ' ';
            if (first == '$') {
                out.append('$');
                return start + 1;
            }
            if (first == '{') {
                int end = closing(raw, start + 1);
                out.append(braced(raw.substring(start + 1, end), depth));
                return end + 1;
            }
            int end = endOfName(raw, start);
            if (end == start) {
                throw new Wrong(
                        name
                                + " has a $ that no name follows; write $$ for a $, or put the"
                                + " value between single quotes");
            }
            String value = lookUp(raw.substring(start, end));
            out.append(value == null ? "" : value);
            return end;
        }

        private int closing(String raw, int start) throws Wrong {
            int open = 1;
            for (int i = start; i < raw.length(); i++) {
                if (escapes && raw.charAt(i) == '\\') {
                    i++;
                } else if (raw.startsWith("${", i)) {
                    open++;
                } else if (raw.charAt(i) == '}' && --open == 0) {
                    return i;
                }
            }
            throw new Wrong(name + ": the } of a ${ is missing");
        }

        /// What `NAME`, `NAME:-default` and their like stand for (XCU 2.6.2).
        private String braced(String inner, int depth) throws Wrong {
            int end = endOfName(inner, 0);
            String variable = inner.substring(0, end);
            String value = lookUp(variable);
            if (end == 0) {
                throw new Wrong(name + " has a ${ that no name follows");
            }
            if (end == inner.length()) {
                return value == null ? "" : value;
            }
            boolean emptyIsUnset = inner.charAt(end) == ':';
            int operator = emptyIsUnset ? end + 1 : end;
            boolean isSet = value != null && !(emptyIsUnset && value.isEmpty());
            String word = operator < inner.length() ? inner.substring(operator + 1) : "";
            return switch (operator < inner.length() ? inner.charAt(operator) : ' ') {
                case '-' -> isSet && value != null ? value : of(word, depth + 1);
                case '+' -> isSet ? of(word, depth + 1) : "";
                case '?' -> {
                    if (isSet && value != null) {
                        yield value;
                    }
                    throw new Wrong(name + " needs " + variable + ": " + reason(word));
                }
                default ->
                        throw new Wrong(
                                name
                                        + ": ${"
                                        + variable
                                        + "…} is not understood; use :-, -, :?, ?, :+ or +");
            };
        }

        /// What a file says of a variable that is missing, fit for one line.
        private static String reason(String word) {
            String clean = word.replaceAll("\\p{Cntrl}", " ").strip();
            return clean.isEmpty()
                    ? "it is not set"
                    : clean.length() > 200 ? clean.substring(0, 200) + "…" : clean;
        }

        private static int endOfName(String raw, int start) {
            int end = start;
            while (end < raw.length() && isOfName(raw.charAt(end), end == start)) {
                end++;
            }
            return end;
        }

        private static boolean isOfName(char c, boolean first) {
            return c == '_'
                    || c >= 'A' && c <= 'Z'
                    || c >= 'a' && c <= 'z'
                    || !first && c >= '0' && c <= '9';
        }
    }
}
