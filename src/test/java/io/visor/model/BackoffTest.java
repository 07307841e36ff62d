package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class BackoffTest {

    private static final double MIDDLE = 0.5;

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(60));

    @Test
    void doublesUpToItsMaximum() {
        List<Long> seconds =
                IntStream.rangeClosed(1, 9)
                        .mapToObj(attempt -> backoff.delay(attempt, MIDDLE).toSeconds())
                        .toList();
        assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void chanceMovesAPauseByATenth() {
        assertThat(backoff.delay(1, 0)).isEqualTo(Duration.ofMillis(900));
        assertThat(backoff.delay(1, 1)).isEqualTo(Duration.ofMillis(1100));
        assertThat(backoff.delay(20, 0)).isEqualTo(Duration.ofSeconds(54));
        assertThat(backoff.delay(20, 1)).isEqualTo(Duration.ofSeconds(66));
    }

    @Test
    void theMostAttemptsThatThereCanBeAreBorne() {
        assertThat(backoff.delay(Integer.MAX_VALUE, MIDDLE)).isEqualTo(Duration.ofSeconds(60));
        assertThat(new Backoff(Duration.ZERO, 2, Duration.ofSeconds(60)).delay(5000, MIDDLE))
                .isEqualTo(Duration.ZERO);
    }

    @Test
    void refusesToShrink() {
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(1), 0.5, Duration.ofSeconds(60)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new Backoff(Duration.ofSeconds(1), Double.NaN, Duration.ofSeconds(60)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(-1), 2, Duration.ofSeconds(60)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(-60)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void growsAndStaysInItsBounds(
            @ForAll @LongRange(min = 0, max = 86_400_000) long first,
            @ForAll @DoubleRange(min = 1, max = 100) double factor,
            @ForAll @LongRange(min = 0, max = 86_400_000) long max,
            @ForAll @IntRange(min = 1) int attempt,
            @ForAll @DoubleRange(min = 0, max = 1) double random) {
        Backoff any = new Backoff(Duration.ofMillis(first), factor, Duration.ofMillis(max));
        Duration delay = any.delay(attempt, random);
        assertThat(delay)
                .isBetween(Duration.ZERO, Duration.ofMillis(max).multipliedBy(11).dividedBy(10));
        assertThat(any.delay(attempt == Integer.MAX_VALUE ? attempt : attempt + 1, random))
                .isGreaterThanOrEqualTo(delay);
    }
}
