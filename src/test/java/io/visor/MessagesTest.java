package io.visor;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Sentences.Sentence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Holds docs/errors.md to the code: whatever visor may say is in one of its rows, which `ErrorsIT`
/// brings about, or has a reason why not in `messages-without-a-row.txt`.
final class MessagesTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path PAGE = Path.of("docs/errors.md");
    private static final Path REASONS = Path.of("src/test/resources/messages-without-a-row.txt");

    private static final Pattern MESSAGE = Pattern.compile("^\\| `([^`]+)` \\|");

    /// What is known when visor runs; also numbers, which a row may name by a word.
    private static final Pattern OPEN = Pattern.compile("<>|[0-9]+");

    @Test
    void everyMessageHasARowOrAReason() throws Exception {
        Predicate<Sentence> isInRow = inRows(messages());
        Set<String> excused = Set.copyOf(reasons());
        List<String> missing =
                sentences().stream()
                        .filter(isInRow.negate())
                        .filter(sentence -> !excused.contains(sentence.type() + ": *"))
                        .map(MessagesTest::line)
                        .filter(line -> !excused.contains(line))
                        .toList();
        assertThat(missing)
                .as("messages without a row in %s, and without a reason in %s", PAGE, REASONS)
                .isEmpty();
    }

    @Test
    void everyReasonIsForAMessageWithoutARow() throws Exception {
        Predicate<Sentence> isInRow = inRows(messages());
        Set<String> without = new LinkedHashSet<>();
        for (Sentence sentence : sentences()) {
            if (!isInRow.test(sentence)) {
                without.add(line(sentence));
                without.add(sentence.type() + ": *");
            }
        }
        assertThat(reasons()).doesNotHaveDuplicates();
        assertThat(reasons().stream().filter(reason -> !without.contains(reason)))
                .as("reasons in %s for messages that have a row, or are gone", REASONS)
                .isEmpty();
    }

    private static Set<Sentence> sentences() throws IOException {
        return new LinkedHashSet<>(Sentences.in(SOURCES));
    }

    private static String line(Sentence sentence) {
        return sentence.type() + ": " + sentence.text();
    }

    private static List<String> messages() throws IOException {
        List<String> messages = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = MESSAGE.matcher(line);
            if (row.find()) {
                messages.add(row.group(1));
            }
        }
        assertThat(messages).hasSizeGreaterThan(100);
        return messages;
    }

    /// The entries, without the comments that are their reasons.
    private static List<String> reasons() throws IOException {
        return Files.readAllLines(REASONS).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /// Whether all of a sentence that is known stands in one row, in its order.
    private static Predicate<Sentence> inRows(List<String> rows) {
        return sentence -> {
            StringBuilder pattern = new StringBuilder();
            for (String part : OPEN.split(sentence.text(), -1)) {
                pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
            }
            Predicate<String> isIn = Pattern.compile(pattern.toString()).asPredicate();
            return rows.stream().anyMatch(isIn);
        };
    }
}
