package io.visor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files of the documentation that are made from the code. `mvn test -Pfast -Dtest='*Golden*'
/// -Dgolden=update` writes them anew.
public final class Golden {

    private Golden() {}

    /// Holds a part of a page to what it must say: what is between `<!-- made: name -->` and `<!--
    /// end -->`. The rest is written by hand.
    public static void checkPart(Path page, String name, String expected) {
        String begin = "<!-- made: " + name + " -->\n";
        String end = "<!-- end -->";
        try {
            String text = Files.readString(page);
            int from = text.indexOf(begin);
            int to = text.indexOf(end, Math.max(from, 0));
            assertThat(from).as("%s has a part %s", page, name).isNotNegative();
            assertThat(to).as("the part %s of %s ends", name, page).isGreaterThan(from);
            check(page, text.substring(0, from) + begin + expected + text.substring(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Holds a file to what it must say.
    public static void check(Path file, String expected) {
        try {
            if ("update".equals(System.getProperty("golden"))) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, expected);
            }
            assertThat(Files.exists(file) ? Files.readString(file) : "")
                    .as("%s is made from the code; write it anew with -Dgolden=update", file)
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
