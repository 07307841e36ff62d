package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class DotenvTest {

    private static final Map<String, String> OWN = Map.of("HOME", "/home/op", "EMPTY", "");

    private static Map<String, String> read(String text) {
        Dotenv.Result result = Dotenv.read(text, OWN);
        assertThat(result.faults()).isEmpty();
        return result.variables();
    }

    private static List<String> faults(String text) {
        return Dotenv.read(text, OWN).faults().stream()
                .map(fault -> fault.line() + ": " + fault.text())
                .toList();
    }

    /// The examples of Docker's manual, and what else an env_file may hold.
    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "VAR=VAL¦VAL",
                "VAR=\"VAL\"¦VAL",
                "VAR='VAL'¦VAL",
                "VAR=VAL # comment¦VAL",
                "VAR=VAL\t# comment¦VAL",
                "VAR=VAL# not a comment¦VAL# not a comment",
                "VAR=\"VAL # not a comment\"¦VAL # not a comment",
                "VAR=\"VAL\" # comment¦VAL",
                "VAR='VAL'#comment¦VAL",
                "VAR='$OTHER'¦$OTHER",
                "VAR='${OTHER}'¦${OTHER}",
                "VAR='Let\\'s go!'¦Let's go!",
                "VAR=\"{\\\"hello\\\": \\\"json\\\"}\"¦{\"hello\": \"json\"}",
                "VAR='some\\tvalue'¦some\\tvalue",
                "VAR=some\\tvalue¦some\\tvalue",
                "VAR=\"some\\tvalue\"¦some\tvalue",
                "VAR=\"a\\nb\\r\\\\n\\q\"¦`a\nb\r\\n\\q`",
                "VAR=\"\\$HOME\"¦$HOME",
                "VAR=$$HOME¦$HOME",
                "VAR=$HOME/x¦/home/op/x",
                "VAR=${HOME}x¦/home/opx",
                "VAR=\"${HOME}x\"¦/home/opx",
                "VAR=<$MISSING>¦<>",
                "VAR=${MISSING:-default}¦default",
                "VAR=${EMPTY:-default}¦default",
                "VAR=${EMPTY-default}¦``",
                "VAR=${MISSING-default}¦default",
                "VAR=${MISSING:-${EMPTY:-$HOME}}}¦/home/op}",
                "VAR=${HOME:?is needed}¦/home/op",
                "VAR=${HOME?is needed}¦/home/op",
                "VAR=${EMPTY?is needed}¦``",
                "VAR=${HOME:+alt}¦alt",
                "VAR=${EMPTY:+alt}¦``",
                "VAR=${EMPTY+alt}¦alt",
                "VAR=${MISSING+alt}¦``",
                "VAR = VAL ¦VAL",
                "  VAR=VAL¦VAL",
                "export VAR=VAL¦VAL",
                "\texport\t VAR = VAL¦VAL",
                "VAR: VAL¦VAL",
                "VAR=¦``",
                "VAR= # comment¦``",
                "VAR=#x¦#x",
                "VAR=a=b:c¦a=b:c",
                "VAR=it's \"so\"¦it's \"so\"",
                "VAR=a b  c¦a b  c",
                "VAR=é💥¦é💥",
            })
    void readsAValue(String text, String value) {
        assertThat(read(text)).containsExactly(Map.entry("VAR", value));
    }

    @Test
    void readsAFile() {
        assertThat(
                        read(
                                """
                                \uFEFF# what the node needs

                                  # indented
                                A=1
                                export B="two
                                lines" # and a comment
                                C='x
                                # y
                                '
                                EXPORTED.NAME-1=3
                                A=4
                                D=$A$B
                                HOME
                                MISSING
                                MISSING_TOO # comment
                                export EMPTY
                                export=5
                                """))
                .containsExactly(
                        Map.entry("A", "4"),
                        Map.entry("B", "two\nlines"),
                        Map.entry("C", "x\n# y\n"),
                        Map.entry("EXPORTED.NAME-1", "3"),
                        Map.entry("D", "4two\nlines"),
                        Map.entry("HOME", "/home/op"),
                        Map.entry("EMPTY", ""),
                        Map.entry("export", "5"));
    }

    @Test
    void whatAFileSetsGoesBeforeVisorsOwn() {
        assertThat(read("HOME=/x\nA=$HOME")).containsEntry("A", "/x");
    }

    @Test
    void endsOfLinesMayBeThoseOfWindows() {
        assertThat(read("A=1\r\nB=\"x\r\ny\"\r\n# c\r\nC\r\n"))
                .isEqualTo(Map.of("A", "1", "B", "x\ny"));
    }

    @Test
    void reportsEveryFaultWithItsLineAndWithoutAValue() {
        assertThat(
                        faults(
                                """
                                A=1
                                hunter2 x
                                =hunter2
                                1A=hunter2
                                B="hunter2
                                hunter2" hunter2
                                C=hunter2$1
                                D=hunter2${
                                E=${A!hunter2}
                                F=${MISSING:?set it in the unit}
                                G=${EMPTY:?}
                                H=${}
                                I="hunter2
                                J=2
                                """))
                .containsExactly(
                        "2: is no assignment; write NAME=value, the name in letters, digits, _, ."
                                + " and -",
                        "3: is no assignment; write NAME=value, the name in letters, digits, _, ."
                                + " and -",
                        "4: is no assignment; write NAME=value, the name in letters, digits, _, ."
                                + " and -",
                        "5: B: something stands behind the closing \"",
                        "7: C has a $ that no name follows; write $$ for a $, or put the value"
                                + " between single quotes",
                        "8: D: the } of a ${ is missing",
                        "9: E: ${A…} is not understood; use :-, -, :?, ?, :+ or +",
                        "10: F needs MISSING: set it in the unit",
                        "11: G needs EMPTY: it is not set",
                        "12: H has a ${ that no name follows",
                        "13: I: the closing \" is missing");
    }

    @Test
    void aValueThatGrowsIsBounded() {
        StringBuilder text = new StringBuilder("A=0123456789\n");
        for (int i = 0; i < 100; i++) {
            text.append("A=$A$A\n");
        }
        Dotenv.Result result = Dotenv.read(text.toString(), OWN);
        assertThat(result.faults())
                .hasSize(20)
                .first()
                .satisfies(fault -> {
                    assertThat(fault.line()).isEqualTo(15);
                    assertThat(fault.text()).isEqualTo("A is longer than 127 kB");
                });
        assertThat(result.variables().getOrDefault("A", "").length())
                .isLessThanOrEqualTo(Dotenv.MAX_VALUE);
    }

    @Test
    void allValuesTogetherAreBounded() {
        String value = "x".repeat(100_000);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append("A").append(i).append('=').append(value).append('\n');
        }
        assertThat(Dotenv.read(text.toString(), OWN).faults())
                .first()
                .isEqualTo(new Dotenv.Fault(11, "A10: all values together are longer than 1 MB"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"${A:-", "$", "\\", "\"", "'", "${", "}", "A=", "A=\"", "A=${A:-", "#"})
    void theSameThingAMillionTimesEndsSoon(String piece) {
        String text = "A=" + piece.repeat((1 << 20) / piece.length());
        Dotenv.Result result = Dotenv.read(text, OWN);
        assertThat(result.faults()).hasSizeLessThanOrEqualTo(20);
    }

    /// Whatever stands in a file, it is read or refused in words, and no value gets out of bounds.
    @Property(tries = 1000)
    void anyTextIsReadOrRefused(@ForAll("texts") String text) {
        Dotenv.Result result = Dotenv.read(text, OWN);
        int lines = (int) text.chars().filter(c -> c == '\n').count() + 1;
        assertThat(result.faults())
                .hasSizeLessThanOrEqualTo(20)
                .allSatisfy(fault -> {
                    assertThat(fault.line()).isBetween(1, lines);
                    assertThat(fault.text()).isNotBlank().doesNotContain("\n");
                });
        assertThat(result.variables())
                .allSatisfy((name, value) -> {
                    assertThat(name).matches("[A-Za-z_][A-Za-z0-9_.-]*");
                    assertThat(value).doesNotContain("\0").hasSizeLessThanOrEqualTo(1 << 17);
                });
    }

    /// A value between single quotes is itself.
    @Property(tries = 300)
    void singleQuotesKeepAValue(@ForAll String text) {
        String value = text.replaceAll("['\\\\\\r\\x00]", "");
        assertThat(Dotenv.read("A='" + value + "'", Map.of()).variables())
                .isEqualTo(Map.of("A", value));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces =
                Arbitraries.of(
                        "A", "B=", "=", " ", "\n", "\n", "\r\n", "\"", "'", "\\", "$", "${", "}",
                        "$A", "${A", ":-", ":?", ":+", "-", "?", "#", " #", "export ", "x", "1",
                        "\0", "\t", "é", "💥", ":", "\uFEFF");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(60).map(list -> String.join("", list)),
                Arbitraries.strings().ofMaxLength(200));
    }
}
