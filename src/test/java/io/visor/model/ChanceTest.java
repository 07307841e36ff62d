package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ChanceTest {

    @Property
    void isBetweenZeroAndOneAndGivesTheSameAnswerToTheSameQuestion(
            @ForAll long seed, @ForAll int attempt, @ForAll long nanos) {
        Duration now = Duration.ofNanos(nanos);
        double answer = new Chance(seed).at(attempt, now);
        assertThat(answer).isGreaterThanOrEqualTo(0).isLessThan(1);
        assertThat(new Chance(seed).at(attempt, now)).isEqualTo(answer);
    }

    @Test
    void isEvenlySpreadOverSeedsAttemptsAndMoments() {
        int[] bySeed = new int[10];
        int[] byAttempt = new int[10];
        int[] byMoment = new int[10];
        for (int i = 0; i < 100_000; i++) {
            bySeed[(int) (10 * new Chance(i).at(1, Duration.ZERO))]++;
            byAttempt[(int) (10 * new Chance(7).at(i, Duration.ZERO))]++;
            byMoment[(int) (10 * new Chance(7).at(1, Duration.ofMillis(i)))]++;
        }
        for (int i = 0; i < 10; i++) {
            assertThat(bySeed[i]).isBetween(9_600, 10_400);
            assertThat(byAttempt[i]).isBetween(9_600, 10_400);
            assertThat(byMoment[i]).isBetween(9_600, 10_400);
        }
    }
}
