package io.visor.systemd.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitSyntaxTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "plain|plain",
                "a b|\"a b\"",
                "100%|100%%",
                "$HOME|\"$$HOME\"",
                "a\\b|\"a\\\\b\"",
                "a\"b|\"a\\\"b\"",
                "a'b|\"a'b\"",
                ";|\";\"",
                "#|\"#\"",
                "^^|\"\"",
                "käse|\"käse\"",
            })
    void argumentsAreQuotedAsSystemdReadsThem(String word, String written) {
        assertThat(UnitSyntax.command(List.of("/x", word))).isEqualTo("/x " + written);
    }

    @Test
    void aDollarInTheProgramStandsForItself() {
        assertThat(UnitSyntax.command(List.of("/a $b%/c", "$d")))
                .isEqualTo("\"/a $b%%/c\" \"$$d\"");
    }

    @Test
    void theShellStartsAProgramWhosePathSystemdRefuses() {
        String written = UnitSyntax.command(List.of("/a'b/c", "$d"));
        assertThat(written)
                .isEqualTo("/bin/sh -c \"exec \\\"$$0\\\" \\\"$$@\\\"\" \"/a'b/c\" \"$$d\"");
        assertThat(UnitFile.parse("[Service]\nExecStart=" + written).command())
                .containsExactly("/a'b/c", "$d");
    }

    @Test
    void aPathThatIsAValueHasNoQuotes() {
        assertThat(UnitSyntax.path(Path.of("/a \"b\\%/c "))).isEqualTo("/a \"b\\%%/c /");
        assertThat(UnitSyntax.path(Path.of("/"))).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\tb", "\u0000", "\u0085"})
    void controlCharactersAreRefused(String text) {
        assertThatThrownBy(() -> UnitSyntax.command(List.of("/x", text)))
                .isInstanceOf(UnitException.class)
                .hasMessageContaining("has the control character U+00");
        assertThatThrownBy(() -> UnitSyntax.text(text)).isInstanceOf(UnitException.class);
    }

    @Test
    void aBackslashAtTheEndOfATextWouldGoOnWithTheNextLine() {
        assertThatThrownBy(() -> UnitSyntax.text("a\\"))
                .isInstanceOf(UnitException.class)
                .hasMessageContaining("ends in a backslash");
    }

    @Property
    void whatIsWrittenIsReadAgain(
            @ForAll @Size(max = 5)
                    List<
                                    @Chars({
                                        'a', ' ', '"', '\'', '\\', '%', '$', ';', '#', '{', 'n',
                                        'x', '4'
                                    })
                                    String>
                            arguments) {
        List<String> words = new ArrayList<>(List.of("/a $ % b"));
        words.addAll(arguments);
        UnitFile unit = UnitFile.parse("[Service]\nExecStart=" + UnitSyntax.command(words) + "\n");
        assertThat(unit.command()).isEqualTo(words);
    }
}
