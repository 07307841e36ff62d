package io.visor.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Purpose;
import io.visor.model.HealthSpec.Tcp;
import io.visor.service.health.HealthEvent.Missed;
import io.visor.service.health.HealthEvent.Passed;
import io.visor.service.health.HealthMachine.Transition;
import io.visor.service.health.HealthNotice.Failed;
import io.visor.service.health.HealthNotice.NotReady;
import io.visor.service.health.HealthNotice.Ready;
import io.visor.service.health.HealthNotice.Started;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HealthMachineTest {

    private static final Duration LATER = Duration.ofHours(1);

    private HealthMachine machine = new HealthMachine(HealthSpec.NONE);
    private HealthState state = machine.begin().next();
    private final List<HealthNotice> notices = new ArrayList<>();

    private static Check check(int failures, int successes) {
        return check(failures, successes, Duration.ZERO);
    }

    private static Check check(int failures, int successes, Duration startPeriod) {
        return new Check(
                new Tcp("a", 1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                failures,
                successes,
                startPeriod);
    }

    private void begin(
            @Nullable Check startup, @Nullable Check readiness, @Nullable Check liveness) {
        machine = new HealthMachine(new HealthSpec(startup, readiness, liveness));
        notices.clear();
        follow(machine.begin());
    }

    private void follow(Transition transition) {
        state = transition.next();
        notices.addAll(transition.notices());
    }

    private void pass(Purpose purpose) {
        follow(machine.on(state, new Passed(purpose)));
    }

    private void miss(Purpose purpose, String why) {
        miss(purpose, why, LATER);
    }

    private void miss(Purpose purpose, String why, Duration begun) {
        follow(machine.on(state, new Missed(purpose, why, begun, true)));
    }

    private List<HealthNotice> told() {
        List<HealthNotice> told = List.copyOf(notices);
        notices.clear();
        return told;
    }

    @Test
    void withoutChecksItIsReadyAsSoonAsItRuns() {
        begin(null, null, null);
        assertThat(told()).containsExactly(new Started(), new Ready());
        assertThat(state.isReady()).isTrue();
        assertThat(machine.asks(state)).isEmpty();
    }

    @Test
    void startupComesFirstAndTheOthersWait() {
        begin(check(3, 1), check(1, 1), check(1, 1));
        assertThat(machine.asks(state)).containsExactly(Purpose.STARTUP);
        miss(Purpose.LIVENESS, "not asked");
        pass(Purpose.READINESS);
        assertThat(told()).isEmpty();
        pass(Purpose.STARTUP);
        assertThat(told()).containsExactly(new Started());
        assertThat(machine.asks(state)).containsExactly(Purpose.READINESS, Purpose.LIVENESS);
        assertThat(state.isReady()).isFalse();
        pass(Purpose.READINESS);
        assertThat(told()).containsExactly(new Ready());
        assertThat(state.isReady()).isTrue();
    }

    @Test
    void withoutReadinessItIsReadyWhenItHasStarted() {
        begin(check(3, 2), null, null);
        pass(Purpose.STARTUP);
        assertThat(told()).isEmpty();
        pass(Purpose.STARTUP);
        assertThat(told()).containsExactly(new Started(), new Ready());
    }

    @Test
    void aStartupThatFailsSaysHowOftenAndWhy() {
        begin(check(2, 1), null, null);
        miss(Purpose.STARTUP, "a:1 refuses connections");
        assertThat(told()).isEmpty();
        assertThat(state.why()).isEqualTo("a:1 refuses connections");
        miss(Purpose.STARTUP, "a:1: no answer within 1s");
        String why = "failed its startup check 2 times in a row: a:1: no answer within 1s";
        assertThat(told()).containsExactly(new Failed(Purpose.STARTUP, why));
        assertThat(state).isEqualTo(new HealthState.Failed(why));
        pass(Purpose.STARTUP);
        miss(Purpose.STARTUP, "again");
        assertThat(told()).isEmpty();
    }

    @Test
    void oneFailureIsNotCounted() {
        begin(null, null, check(1, 1));
        told();
        miss(Purpose.LIVENESS, "x");
        assertThat(told())
                .containsExactly(new Failed(Purpose.LIVENESS, "failed its liveness check: x"));
    }

    @Test
    void readinessComesAndGoesWithEnoughAnswersInARow() {
        begin(null, check(2, 2), null);
        told();
        pass(Purpose.READINESS);
        miss(Purpose.READINESS, "a");
        pass(Purpose.READINESS);
        assertThat(told()).as("two successes, but not in a row").isEmpty();
        pass(Purpose.READINESS);
        assertThat(told()).containsExactly(new Ready());
        miss(Purpose.READINESS, "b");
        assertThat(state.isReady()).as("one failure is borne").isTrue();
        assertThat(state.why()).isEqualTo("b");
        miss(Purpose.READINESS, "c");
        assertThat(told()).containsExactly(new NotReady("c"));
        miss(Purpose.READINESS, "d");
        assertThat(told()).as("it is said once").isEmpty();
        assertThat(state.why()).isEqualTo("d");
        pass(Purpose.READINESS);
        assertThat(state.isReady()).isFalse();
        pass(Purpose.READINESS);
        assertThat(told()).containsExactly(new Ready());
        assertThat(state.why()).isEmpty();
    }

    @Test
    void readinessThatNeverCameIsSaidToo() {
        begin(null, check(2, 1), null);
        told();
        miss(Purpose.READINESS, "a");
        miss(Purpose.READINESS, "b");
        assertThat(told()).containsExactly(new NotReady("b"));
    }

    @Test
    void livenessNeedsItsFailuresInARow() {
        begin(null, null, check(2, 1));
        told();
        for (int i = 0; i < 5; i++) {
            miss(Purpose.LIVENESS, "x");
            pass(Purpose.LIVENESS);
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void failuresWithinTheStartPeriodDoNotCount() {
        begin(null, null, check(1, 1, Duration.ofSeconds(10)));
        told();
        miss(Purpose.LIVENESS, "x", Duration.ofMillis(9_999));
        assertThat(told()).isEmpty();
        assertThat(state.why()).isEqualTo("x");
        miss(Purpose.LIVENESS, "y", Duration.ofSeconds(10));
        assertThat(told()).hasSize(1);
    }

    @Test
    void aSuccessEndsTheStartPeriod() {
        begin(null, null, check(1, 1, Duration.ofSeconds(10)));
        told();
        pass(Purpose.LIVENESS);
        miss(Purpose.LIVENESS, "x", Duration.ofSeconds(1));
        assertThat(told()).hasSize(1);
    }

    @Test
    void aQuestionInBetweenCountsOnlyIfItSucceeds() {
        begin(null, check(1, 1), null);
        told();
        follow(machine.on(state, new Missed(Purpose.READINESS, "x", LATER, false)));
        assertThat(told()).isEmpty();
        assertThat(state.why()).isEqualTo("x");
        pass(Purpose.READINESS);
        assertThat(told()).containsExactly(new Ready());
    }

    /// The machine against the rules as Kubernetes and docker write them, for one check.
    @Property
    void theRowOfAnswersDecides(
            @ForAll("checks") Check readiness, @ForAll("answers") List<Integer> answers) {
        begin(null, readiness, null);
        told();
        boolean ready = false;
        boolean told = false;
        int passes = 0;
        int misses = 0;
        boolean ever = false;
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) == 0) {
                passes++;
                misses = 0;
                ever = true;
                pass(Purpose.READINESS);
            } else {
                Duration at = Duration.ofSeconds(i);
                if (ever || at.compareTo(readiness.startPeriod()) >= 0) {
                    misses++;
                    passes = 0;
                }
                miss(Purpose.READINESS, "x", at);
            }
            List<HealthNotice> expected = new ArrayList<>();
            if (!ready && passes >= readiness.successes()) {
                ready = true;
                told = true;
                expected.add(new Ready());
            } else if ((ready || !told) && misses >= readiness.failures()) {
                ready = false;
                told = true;
                expected.add(new NotReady("x"));
            }
            assertThat(told()).isEqualTo(expected);
            assertThat(state.isReady()).isEqualTo(ready);
        }
    }

    /// Whatever comes in whatever order, what is told makes sense.
    @Property
    void theNoticesAreInOrder(
            @ForAll("specs") HealthSpec spec, @ForAll("events") List<HealthEvent> events) {
        machine = new HealthMachine(spec);
        notices.clear();
        follow(machine.begin());
        for (HealthEvent event : events) {
            follow(machine.on(state, event));
        }
        int started = notices.indexOf(new Started());
        assertThat(notices.stream().filter(Started.class::isInstance).count())
                .isLessThanOrEqualTo(1);
        List<Boolean> readiness = new ArrayList<>();
        for (int i = 0; i < notices.size(); i++) {
            HealthNotice notice = notices.get(i);
            switch (notice) {
                case Ready _ -> {
                    assertThat(started).isBetween(0, i - 1);
                    assertThat(readiness.isEmpty() || !readiness.getLast()).isTrue();
                    readiness.add(true);
                }
                case NotReady _ -> {
                    assertThat(started).isBetween(0, i - 1);
                    assertThat(readiness.isEmpty() || readiness.getLast()).isTrue();
                    readiness.add(false);
                }
                case Failed failed -> {
                    assertThat(i).isEqualTo(notices.size() - 1);
                    assertThat(failed.purpose() == Purpose.LIVENESS).isEqualTo(started >= 0);
                }
                case Started _ -> assertThat(i).isZero();
            }
        }
    }

    @Provide
    Arbitrary<Check> checks() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(0, 5))
                .as((failures, successes, period) ->
                        check(failures, successes, Duration.ofSeconds(period)));
    }

    @Provide
    Arbitrary<List<Integer>> answers() {
        return Arbitraries.integers().between(0, 1).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<HealthSpec> specs() {
        return Combinators.combine(
                        checks().injectNull(0.3),
                        checks().injectNull(0.3),
                        checks().injectNull(0.3))
                .as(HealthSpec::new);
    }

    @Provide
    Arbitrary<List<HealthEvent>> events() {
        Arbitrary<HealthEvent> passed = Arbitraries.of(Purpose.class).map(Passed::new);
        Arbitrary<HealthEvent> missed =
                Combinators.combine(
                                Arbitraries.of(Purpose.class),
                                Arbitraries.integers().between(0, 6),
                                Arbitraries.of(true, false))
                        .as((purpose, at, counts) ->
                                new Missed(purpose, "x", Duration.ofSeconds(at), counts));
        return Arbitraries.oneOf(passed, missed).list().ofMaxSize(40);
    }
}
