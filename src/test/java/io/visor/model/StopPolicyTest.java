package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.ExitStatus.Exited;
import io.visor.model.ExitStatus.Signaled;
import io.visor.model.StopPolicy.Step;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class StopPolicyTest {

    private static final StopPolicy INT_THEN_TERM = Lavap.STOP;

    @Test
    void asksByTermForThirtySecondsUnlessToldOtherwise() {
        assertThat(StopPolicy.DEFAULT.steps())
                .containsExactly(new Step(Signal.TERM, Duration.ofSeconds(30)));
        assertThat(StopPolicy.DEFAULT.steps().getFirst()).hasToString("SIGTERM, 30s grace");
        assertThatThrownBy(() -> new StopPolicy(List.of(), Set.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCleanEndIsZeroOrASignalThatWasSent() {
        assertThat(INT_THEN_TERM.isClean(new Exited(0))).isTrue();
        assertThat(INT_THEN_TERM.isClean(new Exited(130))).isTrue();
        assertThat(INT_THEN_TERM.isClean(new Exited(143))).isTrue();
        assertThat(INT_THEN_TERM.isClean(new Signaled(2))).isTrue();
        assertThat(INT_THEN_TERM.isClean(new Signaled(15))).isTrue();
    }

    @Test
    void anyOtherEndIsNotClean() {
        assertThat(INT_THEN_TERM.isClean(new Exited(1))).isFalse();
        assertThat(INT_THEN_TERM.isClean(new Exited(2))).isFalse();
        assertThat(INT_THEN_TERM.isClean(new Exited(137))).isFalse();
        assertThat(INT_THEN_TERM.isClean(new Signaled(9))).isFalse();
        assertThat(INT_THEN_TERM.isClean(new Signaled(11))).isFalse();
        assertThat(StopPolicy.DEFAULT.isClean(new Signaled(2))).isFalse();
        assertThat(StopPolicy.DEFAULT.isClean(new Exited(130))).isFalse();
    }

    @Test
    void codesThatWereNamedAreCleanToo() {
        StopPolicy policy = new StopPolicy(StopPolicy.DEFAULT.steps(), Set.of(7));
        assertThat(policy.isClean(new Exited(7))).isTrue();
        assertThat(policy.isClean(new Signaled(7))).isFalse();
        assertThat(policy.within(Duration.ofSeconds(1)).cleanCodes()).containsExactly(7);
    }

    @Test
    void shortensEveryGraceInProportion() {
        assertThat(INT_THEN_TERM.within(Duration.ofSeconds(15)).steps())
                .containsExactly(
                        new Step(Signal.INT, Duration.ofSeconds(10)),
                        new Step(Signal.TERM, Duration.ofSeconds(5)));
    }

    @Test
    void isTheSameWhenThereIsTimeEnough() {
        assertThat(INT_THEN_TERM.within(Duration.ofSeconds(30))).isEqualTo(INT_THEN_TERM);
        assertThat(INT_THEN_TERM.within(Duration.ofDays(1))).isEqualTo(INT_THEN_TERM);
    }

    @Property
    void fitsIntoAnyTimeAndUsesIt(
            @ForAll @Size(min = 1, max = 5)
                    List<@IntRange(min = 1, max = 3_600_000) Integer> graces,
            @ForAll @IntRange(min = 1, max = 3_600_000) int total) {
        StopPolicy policy =
                new StopPolicy(
                        graces.stream()
                                .map(millis -> new Step(Signal.TERM, Duration.ofMillis(millis)))
                                .toList(),
                        Set.of());
        StopPolicy within = policy.within(Duration.ofMillis(total));
        long before = millis(policy);
        assertThat(within.steps()).hasSameSizeAs(policy.steps());
        assertThat(millis(within))
                .isLessThanOrEqualTo(total)
                .isGreaterThan(Math.min(before, total) - policy.steps().size());
    }

    private static long millis(StopPolicy policy) {
        return policy.steps().stream().mapToLong(step -> step.grace().toMillis()).sum();
    }
}
