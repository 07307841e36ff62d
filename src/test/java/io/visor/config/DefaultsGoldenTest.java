package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the defaults that the documentation names to those of the code: a file that spells out a
/// documented default is read as one that leaves the key out.
final class DefaultsGoldenTest {

    private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| `([^`]+)` \\|");

    @TempDir private Path directory;

    private record Default(String key, String value) {}

    private static List<Default> documented(String section) throws IOException {
        List<Default> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
            if (line.startsWith("## ") || line.startsWith("### ")) {
                inside = line.substring(line.indexOf(' ') + 1).equals(section);
            }
            Matcher matcher = ROW.matcher(line);
            if (inside && matcher.find()) {
                rows.add(new Default(matcher.group(1), matcher.group(2)));
            }
        }
        return rows;
    }

    /// `a.b.c: v` as nested mappings in one line.
    private static String nested(String key, String value) {
        String[] parts = key.split("\\.");
        boolean plain = value.startsWith("{") || value.startsWith("[");
        value = plain ? value : "'" + value + "'";
        return String.join(": {", parts) + ": " + value + "}".repeat(parts.length - 1);
    }

    private String shown(String yaml) throws IOException {
        Path file = directory.resolve("config.yml");
        Files.writeString(file, yaml);
        return ConfigWriter.writeYaml(
                ConfigReader.read(file, Home.in(directory), directory, Map.of()));
    }

    private void holds(String section, String before, String after, int atLeast)
            throws IOException {
        List<Default> rows = documented(section);
        assertThat(rows).as("rows with a default in " + section).hasSizeGreaterThan(atLeast);
        String without = shown(before.isEmpty() ? "" : before + after);
        for (Default row : rows) {
            String spelled = nested(row.key, row.value);
            String comma = before.isEmpty() ? "" : ", ";
            assertThat(shown(before + comma + spelled + after)).as(spelled).isEqualTo(without);
        }
    }

    @Test
    void ofTheChain() throws IOException {
        for (Default row : documented("chain")) {
            String value = row.key.endsWith("endpoints") ? "[" + row.value + "]" : row.value;
            assertThat(shown(nested(row.key, value))).as(row.key).isEqualTo(shown(""));
        }
    }

    @Test
    void ofLavap() throws IOException {
        holds("programs.&lt;name&gt;", "programs: {lavap: {binary: lavap", "}}", 10);
    }

    @Test
    void ofServices() throws IOException {
        holds("services[]", "services: [{name: a, command: b", "}]", 6);
    }

    @Test
    void ofHealthChecks() throws IOException {
        holds("health", "services: [{name: a, command: b, health: {tcp: '127.0.0.1:1'", "}}]", 4);
    }

    @Test
    void ofBackups() throws IOException {
        holds("backup", "programs: {lavap: {upgrade: {backup: {paths: [/srv/data]", "}}}}", 1);
    }
}
