package io.visor.systemd.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds docs/systemd.md to the templates: what each line is for, in which units it is, and which
/// are left out for a user's systemd.
final class SystemdPageTest {

    private static final Path PAGE = Path.of("docs/systemd.md");
    private static final Path TEMPLATES = Path.of("templates/systemd");

    private static final Pattern ROW =
            Pattern.compile("^\\| `([A-Za-z]+)=` \\| ([CPGV]+( S)?) \\|");

    private static final Pattern LINE = Pattern.compile("^([A-Za-z]+)=(.*)$");

    private static final Map<UnitKind, String> LETTERS =
            new EnumMap<>(
                    Map.of(
                            UnitKind.CONSUMER,
                            "C",
                            UnitKind.PROVIDER,
                            "P",
                            UnitKind.PROGRAM,
                            "G",
                            UnitKind.VISOR,
                            "V"));

    @Test
    void everyLineOfEveryTemplateHasItsRow() throws IOException {
        TreeMap<String, String> written = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.find()) {
                assertThat(written.put(row.group(1), row.group(2))).as(row.group(1)).isNull();
            }
        }
        TreeMap<String, String> expected = new TreeMap<>();
        Set<String> ofSystem = new HashSet<>();
        for (UnitKind kind : UnitKind.values()) {
            for (String line : Files.readAllLines(TEMPLATES.resolve(kind.template()))) {
                Matcher setting = LINE.matcher(line);
                if (setting.matches()) {
                    expected.merge(setting.group(1), LETTERS.get(kind), String::concat);
                    String value = setting.group(2);
                    if (value.contains("{{system}}") || value.contains("{{user}}")) {
                        ofSystem.add(setting.group(1));
                    }
                }
            }
        }
        ofSystem.forEach(key -> expected.merge(key, " S", String::concat));
        assertThat(written).isEqualTo(expected);
    }

    @Test
    void everyPlaceholderIsNamed() throws IOException {
        Set<String> rows =
                Pattern.compile("(?m)^\\| `\\{\\{([a-z-]+)}}` \\|")
                        .matcher(Files.readString(PAGE))
                        .results()
                        .map(MatchResult::group)
                        .map(row -> row.replaceAll("[^a-z-]", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rows).containsExactlyInAnyOrderElementsOf(UnitSpec.PLACEHOLDERS);
    }

    /// What ships is what is in the jar.
    @Test
    void theTemplatesAreThoseThatHold() throws IOException {
        UnitTemplates shipped = new UnitTemplates(Path.of("none"));
        for (UnitKind kind : UnitKind.values()) {
            assertThat(shipped.of(kind).text())
                    .isEqualTo(Files.readString(TEMPLATES.resolve(kind.template())));
        }
        try (Stream<Path> files = Files.list(TEMPLATES)) {
            assertThat(files).hasSize(UnitKind.values().length + 1);
        }
    }
}
