package io.visor.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
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

final class JsonTest {

    @Property(tries = 500)
    void isReadBackFromItsText(@ForAll("values") Json value) {
        assertThat(Json.parse(value.write())).isEqualTo(value);
        assertThat(Json.parse(value.writePretty())).isEqualTo(value);
        assertThat(Json.parse(value.write().getBytes(StandardCharsets.UTF_8))).isEqualTo(value);
        assertThat(value.write()).doesNotContain("\n");
    }

    @Provide
    Arbitrary<Json> values() {
        Arbitrary<String> texts =
                Arbitraries.oneOf(
                        // Halves of surrogate pairs have no UTF-8.
                        Arbitraries.strings()
                                .ofMaxLength(20)
                                .filter(text ->
                                        text.chars()
                                                .noneMatch(c -> Character.isSurrogate((char) c))),
                        Arbitraries.of("", "\"", "\\", "\0", "\u007f\u2028", "💥", "</script>"));
        Arbitrary<Json> numbers =
                Arbitraries.oneOf(
                                Arbitraries.longs().map(BigDecimal::valueOf),
                                Arbitraries.doubles().map(BigDecimal::valueOf),
                                Arbitraries.of("1.50", "1E+5", "1e-999999999", "0", "-1")
                                        .map(BigDecimal::new))
                        .map(Json.Num::new);
        Arbitrary<Json> leaves =
                Arbitraries.oneOf(
                        numbers,
                        texts.map(Json.Str::new),
                        Arbitraries.of(true, false).map(Json.Bool::new),
                        Arbitraries.just(new Json.Null()));
        return Arbitraries.recursive(
                () -> leaves,
                inner ->
                        Arbitraries.oneOf(
                                inner.list().ofMaxSize(3).map(Json.Arr::new),
                                Arbitraries.maps(texts, inner).ofMaxSize(3).map(Json.Obj::new)),
                0,
                4);
    }

    @Test
    void keepsTheOrderOfKeysAndTheFormOfNumbers() {
        String text = "{\"z\":1.50,\"a\":[true,false,null],\"m\":{}}";
        assertThat(Json.parse(text).write()).isEqualTo(text);
    }

    @Test
    void writesForPeopleOverSeveralLines() {
        assertThat(Json.object("a", 1, "b", List.of("x")).writePretty())
                .isEqualTo(
                        """
                        {
                          "a" : 1,
                          "b" : [
                            "x"
                          ]
                        }\
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{a:1}",
                "{'a':1}",
                "\"a",
                "\"\n\"",
                "\"\\x\"",
                "nul",
                "NaN",
                "Infinity",
                "01",
                "+1",
                "1.",
                ".5",
                "// x\n1",
                "/* x */ 1",
                "]",
                "\0"
            })
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(JsonException.class)
                .message()
                .isNotBlank()
                .doesNotContain("\n");
        assertThatThrownBy(() -> Json.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 2", "{} {}", "{}x", "[]]", "null,", "\"a\"\"b\""})
    void refusesWhatStandsBehindTheValue(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
        assertThat(Json.parse("{} \n\t ")).isEqualTo(Json.object());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "[{\"b\":{\"a\":1,\"a\":2}}]"
            })
    void refusesAKeyThatOccursTwice(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("Duplicate");
        assertThat(Json.parse("[{\"a\":1},{\"a\":2}]").items()).hasSize(2);
    }

    @Test
    void refusesWhatIsDeeperThanSixtyFourLevels() {
        assertThat(Json.parse("[".repeat(64) + "]".repeat(64))).isInstanceOf(Json.Arr.class);
        assertThatThrownBy(() -> Json.parse("[".repeat(65) + "]".repeat(65)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(1_000_000)))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void refusesAStringAboveEightMebibytes() {
        assertThatThrownBy(() -> Json.parse("\"" + "x".repeat((8 << 20) + 1) + "\""))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void refusesBytesThatAreNoText() {
        for (byte[] bytes :
                List.of(
                        new byte[] {'"', (byte) 0xff, '"'},
                        new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'},
                        new byte[] {(byte) 0xfe, (byte) 0xff, 0},
                        new byte[] {(byte) 0xfe, (byte) 0xff, 0, '1'},
                        new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
                        new byte[] {0, 0, 0},
                        new byte[] {0, '1'},
                        new byte[0])) {
            assertThatThrownBy(() -> Json.parse(bytes)).isInstanceOf(JsonException.class);
        }
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        try {
            assertThat(Json.parse(text)).isNotNull();
        } catch (JsonException e) {
            assertThat(e.why()).isNotBlank();
        }
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        try {
            assertThat(Json.parse(bytes)).isNotNull();
        } catch (JsonException e) {
            assertThat(e.why()).isNotBlank();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "-1e999999999",
                "1e-999999999",
                "1e2147483647",
                "1e2147483648",
                "1e-2147483648",
                "1e99999999999999999999",
                "9223372036854775808",
                "-9223372036854775809",
                "1.5",
                "\"1e999999999\"",
                "\"9223372036854775808\"",
                "\"1.0\"",
                "\"\"",
                "\" 1\"",
                "\"+1\"",
                "\"٣\"",
                "\"0x1\"",
                "true",
                "null",
                "[1]",
                "{}"
            })
    @Timeout(value = 5, unit = TimeUnit.SECONDS)
    void anIntegerIsWholeAndFitsIntoSixtyFourBits(String number) {
        assertThatThrownBy(() -> Json.parse("{\"n\":" + number + "}").integer("n"))
                .isInstanceOf(JsonException.class);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.SECONDS)
    void aHugeNumberIsWrittenAsItWasRead() {
        Json value = Json.parse("[1e999999999,1e-999999999]");
        assertThat(value.write()).isEqualTo("[1E+999999999,1E-999999999]");
        assertThat(Json.find("{\"n\":1e999999999}", "n")).contains("1e999999999");
    }

    @Test
    void refusesANumberOfMoreThanSixtyFourDigits() {
        assertThat(Json.parse("1".repeat(64))).isInstanceOf(Json.Num.class);
        assertThatThrownBy(() -> Json.parse("1".repeat(65))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("1".repeat(1_000_000)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("0." + "1".repeat(1_000_000)))
                .isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "'\"7\"', 7",
        "'\"-7\"', -7",
        "'\"007\"', 7",
        "1e3, 1000",
        "12.0, 12",
        "0e999999999, 0",
        "9223372036854775807, 9223372036854775807",
        "'\"-9223372036854775808\"', -9223372036854775808"
    })
    void anIntegerMayBeANumberOrAString(String number, long value) {
        assertThat(Json.parse("{\"n\":" + number + "}").integer("n")).isEqualTo(value);
    }

    @Test
    void walksAPathOfKeys() {
        Json json = Json.parse("{\"a\":{\"b\":{\"c\":\"x\",\"n\":null}},\"l\":[1],\"t\":true}");
        assertThat(json.string("a", "b", "c")).isEqualTo("x");
        assertThat(json.at("a", "b", "n")).isEmpty();
        assertThat(json.at("a", "x", "c")).isEmpty();
        assertThat(json.at("a", "b", "c", "d")).isEmpty();
        assertThat(json.at("l", "0")).isEmpty();
        assertThat(json.at()).contains(json);
        assertThat(json.items("l")).containsExactly(new Json.Num(BigDecimal.ONE));
        assertThat(json.items("none")).isEmpty();
        assertThat(json.bool("t")).isTrue();
        assertThat(json.bool("none")).isFalse();
    }

    @Test
    void saysWhereSomethingElseStands() {
        Json json = Json.parse("{\"a\":{\"n\":1,\"s\":\"x\"}}");
        assertThatThrownBy(() -> json.string("a", "n")).hasMessage("no text at \"a.n\"");
        assertThatThrownBy(() -> json.string("a", "x")).hasMessage("no text at \"a.x\"");
        assertThatThrownBy(() -> json.integer("a")).hasMessage("no whole number at \"a\"");
        assertThatThrownBy(() -> json.integer("a", "s")).hasMessage("no whole number at \"a.s\"");
        assertThatThrownBy(() -> Json.parse("{\"n\":\"9223372036854775808\"}").integer("n"))
                .hasMessage("no whole number of 64 bits at \"n\"");
        assertThatThrownBy(() -> json.bool("a", "s"))
                .hasMessage("neither true nor false at \"a.s\"");
        assertThatThrownBy(() -> json.items("a")).hasMessage("no list at \"a\"");
    }

    @Test
    void findsAValueWithoutReadingWhatStandsBehindIt() {
        assertThat(Json.find("{\"a\":{\"b\":\"x\"}, garbage", "a", "b")).contains("x");
        assertThat(Json.find("{\"z\":[1,{\"a\":0}],\"a\":{\"y\":{\"b\":1},\"b\":2}}", "a", "b"))
                .contains("2");
        assertThat(Json.find("{\"a\":true}", "a")).contains("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "{}",
                "{\"b\":1}",
                "{\"a\":1}",
                "{\"a\":null}",
                "{\"a\":{\"b\":null}}",
                "{\"a\":{\"b\":{}}}",
                "{\"a\":{\"b\":[1]}}",
                "{\"a\":[{\"b\":1}]}",
                "{\"x\":{\"a\":{\"b\":1}}}",
                "{\"a\":{}, \"a\":{\"b\":1}}"
            })
    void findsNothingWhereThePathLeadsNowhere(String text) {
        assertThat(Json.find(text, "a", "b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{x", "{\"z\":1 \"a\":2}", "{\"z\":1,\"z\":1,\"a\":{\"b\":1}}"})
    void findRefusesWhatIsNoJsonInFrontOfTheValue(String text) {
        assertThatThrownBy(() -> Json.find(text, "a", "b")).isInstanceOf(JsonException.class);
    }

    @Test
    void findPassesOverALargeNeighbourWithoutBuildingIt() {
        // As values, this neighbour would need a hundred times the memory of its text.
        String neighbour = "[" + "[],".repeat(1_000_000) + "[]]";
        String text = "{\"big\":" + neighbour + ",\"a\":\"x\"}";
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(Json.find(text, "a")).contains("x");
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(Json.find(text, "a")).contains("x");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }

    @Test
    void makesAnObjectOfJavasValues() {
        assertThat(
                        Json.object(
                                        "s",
                                        "x",
                                        "n",
                                        1,
                                        "d",
                                        1.5,
                                        "b",
                                        true,
                                        "l",
                                        List.of(1, "a"),
                                        "none",
                                        null,
                                        "j",
                                        new Json.Null())
                                .write())
                .isEqualTo("{\"s\":\"x\",\"n\":1,\"d\":1.5,\"b\":true,\"l\":[1,\"a\"],\"j\":null}");
        assertThatThrownBy(() -> Json.object("x", new Object()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.object("x", Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anObjectDoesNotChangeWithTheMapThatItWasMadeFrom() {
        Map<String, Json> members = new LinkedHashMap<>();
        Json.Obj object = new Json.Obj(members);
        members.put("a", new Json.Null());
        assertThat(object.members()).isEmpty();
    }
}
