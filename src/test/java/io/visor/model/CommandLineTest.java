package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineTest {

    @Test
    void splitsAtWhiteSpaceOfAnyLength() {
        assertThat(CommandLine.split("  lavap \t rpcprovider\r\n x.yml  "))
                .containsExactly("lavap", "rpcprovider", "x.yml");
        assertThat(CommandLine.split("")).isEmpty();
        assertThat(CommandLine.split(" \t\r\n ")).isEmpty();
    }

    @Test
    void keepsWhatQuotesHold() {
        assertThat(CommandLine.split("a 'b  c' \"d\te\"")).containsExactly("a", "b  c", "d\te");
        assertThat(CommandLine.split("a'b'\"c\"d")).containsExactly("abcd");
        assertThat(CommandLine.split("'' \"\" ''\"\"")).containsExactly("", "", "");
        assertThat(CommandLine.split("'it'\\''s'")).containsExactly("it's");
    }

    @Test
    void aBackslashTakesTheMeaningFromWhatFollows() {
        assertThat(CommandLine.split("a\\ b \\'c \\\\ \\n"))
                .containsExactly("a b", "'c", "\\", "n");
        assertThat(CommandLine.split("'a\\b'")).containsExactly("a\\b");
    }

    @Test
    void betweenDoubleQuotesABackslashStaysUnlessItMustGo() {
        assertThat(CommandLine.split("\"\\$HOME \\`x\\` \\\" \\\\ \\n \\'\""))
                .containsExactly("$HOME `x` \" \\ \\n \\'");
    }

    @Test
    void aBackslashAtTheEndOfALineJoinsTheNext() {
        assertThat(CommandLine.split("lavap \\\n  rpc\\\nprovider \"x\\\ny\""))
                .containsExactly("lavap", "rpcprovider", "xy");
    }

    @Test
    void expandsNothing() {
        assertThat(CommandLine.split("$HOME ~ * `id` a|b c;d <e >f && # {g}"))
                .containsExactly(
                        "$HOME", "~", "*", "`id`", "a|b", "c;d", "<e", ">f", "&&", "#", "{g}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            value = {
                "lavap 'x, a ' at character 7 is not closed",
                "', a ' at character 1 is not closed",
                "a 'b' 'c, a ' at character 7 is not closed",
                "a \"b\\\", a \" at character 3 is not closed",
                "a \"b\\, a \" at character 3 is not closed",
                "a\\, it ends in a backslash"
            })
    void saysWhichQuoteIsNotClosed(String line, String why) {
        assertThatThrownBy(() -> CommandLine.split(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    @Property
    void whatIsJoinedIsSplitIntoTheSameWords(@ForAll List<String> words) {
        assertThat(CommandLine.split(CommandLine.join(words))).isEqualTo(words);
    }

    @Property
    void anyLineIsSplitOrRefused(@ForAll String line) {
        try {
            assertThat(CommandLine.split(line)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching(".* is not closed|it ends in a backslash");
        }
    }

    @Test
    void agreesWithTheShellOfThisMachine() throws Exception {
        Random random = new Random(1);
        String alphabet = "ab '\"\\\t";
        List<String> lines = new ArrayList<>();
        while (lines.size() < 400) {
            StringBuilder line = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            // At the end of a line a shell would wait for the next one.
            lines.add(line.append(" z").toString());
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                "for line do (eval \"printf '[%s]' $line\") 2>/dev/null || printf"
                                        + " refused; echo; done",
                                "sh"));
        command.addAll(lines);
        Process shell = new ProcessBuilder(command).start();
        List<String> expected =
                new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        assertThat(shell.waitFor()).isZero();
        assertThat(lines.stream().map(CommandLineTest::split).toList()).isEqualTo(expected);
    }

    private static String split(String line) {
        try {
            return "[" + String.join("][", CommandLine.split(line)) + "]";
        } catch (IllegalArgumentException e) {
            return "refused";
        }
    }
}
