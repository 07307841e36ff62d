package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

    private static final long MILLIS_OF_A_DAY = 86_400_000L;

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "0s, PT0S",
        "250ms, PT0.25S",
        "30s, PT30S",
        "5m, PT5M",
        "5m30s, PT5M30S",
        "1h30m, PT1H30M",
        "14d, PT336H",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "1m5ms, PT1M0.005S",
        "90s, PT90S",
        "999999d, PT23999976H"
    })
    void readsUnitsInOrder(String text, Duration duration) {
        assertThat(Durations.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "30",
                "-1s",
                "+1s",
                "1.5s",
                "s",
                "ms",
                "1s1m",
                "1s1s",
                "1 s",
                "1s ",
                "1S",
                "1w",
                "1000000d",
                "9999999999ms",
                "٣s",
                "1s\n",
                "PT1S"
            })
    void refusesOtherForms(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0ms",
        "PT0.0018S, 1.8ms",
        "PT0.002S, 2ms",
        "PT0.00996S, 10ms",
        "PT0.25S, 250ms",
        "PT0.9994S, 999ms",
        "PT0.999499999S, 999ms",
        "PT0.9995S, 1s",
        "PT0.9996S, 1s",
        "PT1.04S, 1s",
        "PT3.2S, 3.2s",
        "PT9.94S, 9.9s",
        "PT9.96S, 10s",
        "PT59.4S, 59s",
        "PT59.6S, 1m",
        "PT1M20S, 1m20s",
        "PT59M59.4S, 59m59s",
        "PT3599.6S, 1h",
        "PT5H12M, 5h12m",
        "PT5H12M40S, 5h12m",
        "PT86399.6S, 1d",
        "PT25H, 1d1h",
        "PT336H, 14d",
        "PT-3.2S, -3.2s"
    })
    void showsAtMostTwoUnits(Duration duration, String text) {
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @Property
    void neverShowsAUnitThatIsFull(@ForAll @LongRange(min = 0, max = 1L << 60) long nanos) {
        assertThat(Durations.format(Duration.ofNanos(nanos)))
                .matches(
                        "\\d{1,3}ms|\\d\\.\\dms|\\d\\.\\ds|[1-5]?\\ds"
                                + "|[1-5]?\\dm([1-5]?\\ds)?|(1?\\d|2[0-3])h([1-5]?\\dm)?"
                                + "|\\d+d((1?\\d|2[0-3])h)?");
    }

    @Property
    void isReadBackFromItsExactText(
            @ForAll @LongRange(min = 0, max = 999_999 * MILLIS_OF_A_DAY) long millis) {
        Duration duration = Duration.ofMillis(millis);
        assertThat(Durations.parse(Durations.exact(duration))).contains(duration);
    }

    @Test
    void writesExactTextInTheLargestUnits() {
        assertThat(Durations.exact(Duration.ZERO)).isEqualTo("0");
        assertThat(Durations.exact(Duration.ofHours(26))).isEqualTo("1d2h");
        assertThat(Durations.exact(Duration.ofSeconds(90))).isEqualTo("1m30s");
        assertThat(Durations.exact(Duration.ofMillis(60_001))).isEqualTo("1m1ms");
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        assertThat(Durations.parse(text)).isNotNull();
    }
}
