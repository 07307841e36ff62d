package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Holds the examples of the README to what visor prints: all but times, heights, addresses and
/// sizes, and where a line ends.
final class ReadmeExamples {

    private static final Path README = Path.of("README.md");

    private ReadmeExamples() {}

    /// Compares an output with the example that has a title.
    static void assertShown(String title, String output) {
        assertThat(normal(output)).as(output).isEqualTo(normal(example(title, output)));
    }

    /// What stands in the block below a title, without the line of the command.
    private static String example(String title, String output) {
        Pattern block =
                Pattern.compile(
                        Pattern.quote("**" + title + "**") + "\\s+```\n\\$[^\n]*\n(.*?)```",
                        Pattern.DOTALL);
        try {
            Matcher matcher = block.matcher(Files.readString(README));
            assertThat(matcher.find())
                    .as("\"" + title + "\" in " + README + ":\n" + output)
                    .isTrue();
            return matcher.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String normal(String text) {
        // Where a line ends depends on how long the times in it are.
        return text.replaceAll("\\s+", " ")
                .replaceAll("[a-z+]+://[^\\s:]+:[0-9]+[^\\s);:,]*", "<address>")
                .replaceAll("([0-9]{4}-[0-9]{2}-[0-9]{2} )?[0-9]{2}:[0-9]{2} UTC", "<time>")
                .replaceAll("\"[A-Z][a-z]{2} [^\"]*\"", "<window>")
                .replaceAll("[0-9.]+ (bytes|kB|MB)", "<size>")
                .replaceAll("\\b([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+\\b", "<duration>")
                .replaceAll(" \\(attempt [0-9]+\\)", "")
                .replaceAll("height [0-9]+", "height <n>")
                .replace("at <time>, now", "at <time>, in <duration>")
                .strip();
    }
}
