package io.visor.systemd.unit;

import io.visor.model.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A unit file, read as systemd reads it (systemd.syntax(7)), as far as visor needs to know.
public final class UnitFile {

    /// What stands in each file that visor's own templates make.
    public static final String MADE_BY_VISOR = "by \"visor create-service";

    private static final String WHITE = " \t\n\r";

    /// What may stand in front of a program: how it is started, not which (systemd.service(5)).
    private static final Pattern PREFIX = Pattern.compile("^[@:+!|-]*");

    private static final Pattern SECTION = Pattern.compile("\\[(.*)]");

    private final List<Setting> settings;

    /// A line of the file.
    ///
    /// @param section without its brackets
    /// @param key what stands in front of `=`
    /// @param value what stands behind it, as it is written
    public record Setting(String section, String key, String value) {}

    private UnitFile(List<Setting> settings) {
        this.settings = List.copyOf(settings);
    }

    /// Reads a file's text. What systemd would warn of and skip is skipped.
    public static UnitFile parse(String text) {
        List<Setting> settings = new ArrayList<>();
        String section = "";
        for (String line : joined(text)) {
            Matcher heading = SECTION.matcher(line);
            int equals = line.indexOf('=');
            if (heading.matches()) {
                section = heading.group(1);
            } else if (equals > 0) {
                settings.add(
                        new Setting(
                                section,
                                line.substring(0, equals).strip(),
                                line.substring(equals + 1).strip()));
            }
        }
        return new UnitFile(settings);
    }

    /// The lines without comments, those that end in a backslash joined to the next ones.
    private static List<String> joined(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String raw : text.lines().toList()) {
            String line = raw.strip();
            if (line.startsWith("#") || line.startsWith(";") || line.isEmpty() && open.isEmpty()) {
                continue;
            }
            if (line.endsWith("\\")) {
                open.append(line, 0, line.length() - 1).append(' ');
            } else {
                lines.add(open + line);
                open.setLength(0);
            }
        }
        if (!open.isEmpty()) {
            lines.add(open.toString().strip());
        }
        return lines;
    }

    /// All of it, in the file's order.
    public List<Setting> settings() {
        return settings;
    }

    /// The value that holds: the last one.
    public Optional<String> value(String section, String key) {
        return settings.stream()
                .filter(setting -> setting.section.equals(section) && setting.key.equals(key))
                .map(Setting::value)
                .reduce((_, last) -> last);
    }

    /// The words of the command that the service is, without a shell that only makes way for it;
    /// none if there is no such line.
    public List<String> command() {
        List<String> words = value("Service", "ExecStart").map(UnitFile::words).orElse(List.of());
        int shell = UnitSyntax.BY_SHELL.size();
        return words.size() > shell && words.subList(0, shell).equals(UnitSyntax.BY_SHELL)
                ? words.subList(shell, words.size())
                : words;
    }

    /// As whom it runs, if it says so.
    public Optional<String> user() {
        return value("Service", "User").map(UnitFile::unspecified).filter(user -> !user.isEmpty());
    }

    /// Where it runs.
    ///
    /// @return nothing if it is not said, or said as the user's home
    public Optional<Path> workingDirectory() {
        return value("Service", "WorkingDirectory")
                .map(text -> text.startsWith("-") ? text.substring(1) : text)
                .filter(text -> text.startsWith("/"))
                .map(text -> Path.of(unspecified(text)).normalize());
    }

    /// Whether it is a consumer or a provider; nothing if neither.
    public Optional<Role> role() {
        return LavapCommand.roleOf(command());
    }

    /// The value of a flag in the command, as the Go tools take it: `--flag value` or
    /// `--flag=value`.
    public Optional<String> flag(String name) {
        List<String> words = command();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals(name) && i + 1 < words.size()) {
                return Optional.of(words.get(i + 1));
            }
            if (words.get(i).startsWith(name + "=")) {
                return Optional.of(words.get(i).substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }

    /// Whether the command has a flag, with a value or without.
    public boolean hasFlag(String name) {
        return command().stream()
                .anyMatch(word -> word.equals(name) || word.startsWith(name + "="));
    }

    /// The flags of the command, without their values.
    public List<String> flags() {
        return command().stream()
                .filter(word -> word.startsWith("-") && !word.equals("--"))
                .map(word -> word.replaceFirst("=.*", ""))
                .distinct()
                .toList();
    }

    /// The configuration file of a consumer or a provider, as `lavap` is told of it.
    public Optional<String> config() {
        return role().isPresent() && command().size() > 2
                ? Optional.of(command().get(2)).filter(word -> !word.startsWith("-"))
                : Optional.empty();
    }

    private static String unspecified(String text) {
        return text.replace("%%", "%");
    }

    /// Takes a command line apart as systemd does; what its variables and specifiers stand for is
    /// not known here, so they are left.
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                i += escaped(line, i + 1, word);
                inWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (WHITE.indexOf(c) >= 0) {
                if (inWord) {
                    words.add(plain(word, words.isEmpty()));
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(plain(word, words.isEmpty()));
        }
        return List.copyOf(words);
    }

    private static String plain(StringBuilder word, boolean isProgram) {
        String text = unspecified(word.toString());
        word.setLength(0);
        return isProgram ? PREFIX.matcher(text).replaceFirst("") : text.replace("$$", "$");
    }

    /// Reads what stands behind a backslash.
    ///
    /// @return how many characters that was
    private static int escaped(String line, int at, StringBuilder word) {
        char c = line.charAt(at);
        if (c == 'x' && line.substring(at).matches("(?s)x[0-9A-Fa-f]{2}.*")) {
            word.append((char) Integer.parseInt(line.substring(at + 1, at + 3), 16));
            return 3;
        }
        int known = "sntr".indexOf(c);
        word.append(known < 0 ? c : " \n\t\r".charAt(known));
        return 1;
    }
}
