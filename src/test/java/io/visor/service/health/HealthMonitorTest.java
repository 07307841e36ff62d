package io.visor.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Log;
import io.visor.model.HealthSpec.Purpose;
import io.visor.model.HealthSpec.Tcp;
import io.visor.model.OutputPattern;
import io.visor.sim.SimScheduler;
import io.visor.time.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The monitor in simulated time, with answers that the test gives.
final class HealthMonitorTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private SimScheduler time = new SimScheduler(1);
    private ProbeWorkers workers = new ProbeWorkers(time);
    private Loop loop = time.loop("visor");
    private final List<String> told = new ArrayList<>();
    private final Map<Integer, Service> services = new HashMap<>();

    /// What is checked at a port.
    private final class Service {
        private boolean good;
        private Duration takes = Duration.ofMillis(1);
        private final List<Duration> asked = new ArrayList<>();
        private int asking;

        Answer ask() throws InterruptedException {
            asked.add(time.now());
            asking++;
            assertThat(asking).as("a check is not asked twice at once").isEqualTo(1);
            try {
                time.clock().sleep(takes);
                return good ? new Answer.Good() : new Answer.Bad("bad");
            } finally {
                asking--;
            }
        }
    }

    private Service service(int port) {
        return services.computeIfAbsent(port, _ -> new Service());
    }

    private static Check check(int port, Duration every, int failures) {
        return new Check(new Tcp("a", port), every, SECOND, failures, 1, Duration.ZERO);
    }

    private HealthMonitor monitor(
            @Nullable Check startup, @Nullable Check readiness, @Nullable Check liveness) {
        return new HealthMonitor(
                new HealthSpec(startup, readiness, liveness),
                probe -> {
                    Service service = service(((Tcp) probe).port());
                    return _ -> service.ask();
                },
                loop,
                time.clock(),
                workers,
                (pid, notice) -> told.add(time.now().toMillis() + " " + pid + " " + words(notice)));
    }

    private static String words(HealthNotice notice) {
        return switch (notice) {
            case HealthNotice.Started() -> "started";
            case HealthNotice.Ready() -> "ready";
            case HealthNotice.NotReady(String why) -> "not ready: " + why;
            case HealthNotice.Failed(Purpose _, String why) -> why;
        };
    }

    private HealthMonitor start(HealthMonitor monitor, long pid) {
        loop.execute(() -> monitor.start(pid));
        return monitor;
    }

    @Test
    void withoutChecksItIsReadyAtOnceAndNoThreadIsStarted() {
        HealthMonitor monitor = monitor(null, null, null);
        monitor.start(7);
        assertThat(told).containsExactly("0 7 started", "0 7 ready");
        assertThat(monitor.watcher()).isEmpty();
        assertThat(workers.count()).isZero();
        assertThat(time.isIdle()).as("no timer is set").isTrue();
    }

    @Test
    void theThreePurposesOneAfterTheOther() {
        Check startup = check(1, SECOND, 30);
        start(monitor(startup, check(2, SECOND, 1), check(3, SECOND, 2)), 7);
        service(2).good = true;
        service(3).good = true;
        time.runFor(Duration.ofMillis(2500));
        assertThat(service(2).asked).as("readiness waits for startup").isEmpty();
        assertThat(service(3).asked).as("liveness waits for startup").isEmpty();
        service(1).good = true;
        time.runFor(Duration.ofMillis(1500));
        assertThat(told).containsExactly("3001 7 started", "3002 7 ready");
        int startupQuestions = service(1).asked.size();
        service(3).good = false;
        time.runFor(Duration.ofSeconds(10));
        assertThat(service(1).asked).as("startup is not asked again").hasSize(startupQuestions);
        assertThat(told)
                .containsExactly(
                        "3001 7 started",
                        "3002 7 ready",
                        "5002 7 failed its liveness check 2 times in a row: bad");
        int questions = service(2).asked.size() + service(3).asked.size();
        time.runFor(Duration.ofMinutes(1));
        assertThat(service(2).asked.size() + service(3).asked.size())
                .as("after a failure nothing is asked any more")
                .isEqualTo(questions);
        assertThat(time.isIdle()).isTrue();
    }

    @Test
    void isAskedInBetweenUntilTheFirstSuccess() {
        Check readiness = check(1, Duration.ofSeconds(10), 3);
        start(monitor(null, readiness, null), 7);
        time.runFor(Duration.ofMillis(350));
        service(1).good = true;
        time.runFor(Duration.ofSeconds(1));
        assertThat(told).containsExactly("0 7 started", "704 7 ready");
        time.runFor(Duration.ofSeconds(30));
        assertThat(service(1).asked.stream().map(Duration::toMillis))
                .containsExactly(0L, 101L, 302L, 703L, 10_000L, 20_000L, 30_000L);
    }

    @Test
    void failuresInBetweenDoNotCount() {
        start(monitor(null, check(1, Duration.ofSeconds(10), 3), null), 7);
        time.runFor(Duration.ofMillis(20_000));
        assertThat(told).containsExactly("0 7 started");
        time.runFor(Duration.ofMillis(2));
        assertThat(told).containsExactly("0 7 started", "20001 7 not ready: bad");
        assertThat(service(1).asked).hasSizeLessThan(12);
    }

    @Test
    void aQuestionThatRunsWhenTheNextIsDueIsNotDoubled() {
        service(1).good = true;
        service(1).takes = Duration.ofMillis(2500);
        start(monitor(null, check(1, SECOND, 3), null), 7);
        time.runFor(Duration.ofMillis(9_900));
        assertThat(service(1).asked.stream().map(Duration::toMillis))
                .containsExactly(0L, 3000L, 6000L, 9000L);
    }

    @Test
    void aWorkerThatDoesNotComeBackCountsAsAFailure() {
        service(1).takes = Duration.ofDays(1);
        HealthMonitor monitor = start(monitor(null, null, check(1, SECOND, 3)), 7);
        time.runFor(Duration.ofSeconds(20));
        assertThat(service(1).asked).as("and holds one worker, not more").hasSize(1);
        assertThat(told).hasSize(3);
        assertThat(told.getLast())
                .endsWith("failed its liveness check 3 times in a row: a:1: no answer within 1s");
        monitor.stop();
        time.runFor(SECOND.multipliedBy(60));
        assertThat(workers.count()).as("it is interrupted").isZero();
    }

    @Test
    void afterTheStopNothingIsToldAndNothingIsAsked() {
        service(1).good = true;
        service(1).takes = Duration.ofMillis(500);
        HealthMonitor old = start(monitor(null, check(1, SECOND, 1), null), 7);
        time.runFor(Duration.ofMillis(100));
        loop.execute(old::stop);
        time.runFor(Duration.ofMinutes(1));
        assertThat(told).containsExactly("0 7 started");
        assertThat(service(1).asked).hasSize(1);
        assertThat(time.isIdle()).isTrue();
        assertThat(workers.count()).isZero();
    }

    @Test
    void theListenerMayStopTheMonitor() {
        HealthMonitor[] holder = new HealthMonitor[1];
        HealthMonitor monitor =
                new HealthMonitor(
                        new HealthSpec(null, null, check(1, SECOND, 1)),
                        _ -> _ -> service(1).ask(),
                        loop,
                        time.clock(),
                        workers,
                        (_, notice) -> {
                            told.add(words(notice));
                            Objects.requireNonNull(holder[0]).stop();
                        });
        holder[0] = monitor;
        start(monitor, 7);
        time.runFor(Duration.ofMinutes(1));
        assertThat(told).containsExactly("started");
        assertThat(service(1).asked).isEmpty();
    }

    @Test
    void aProberThatBreaksDownCountsAsAFailureAndIsAskedAgain() {
        HealthMonitor monitor =
                new HealthMonitor(
                        new HealthSpec(null, check(1, SECOND, 1), null),
                        _ ->
                                _ -> {
                                    throw new IllegalStateException("a bug");
                                },
                        loop,
                        time.clock(),
                        workers,
                        (_, notice) -> told.add(words(notice)));
        start(monitor, 7);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> time.runFor(SECOND))
                    .as("it is reported where threads' failures go")
                    .hasRootCauseMessage("a bug");
        }
        assertThat(told).containsExactly("started", "not ready: its readiness check broke down");
    }

    @Test
    void aLineOfTheOutputIsSeenOnceAndForAll() {
        Check startup =
                new Check(new Log(new OutputPattern("^listening")), SECOND, SECOND, 5, 1, SECOND);
        HealthMonitor monitor = start(monitor(startup, check(1, SECOND, 1), null), 7);
        service(1).good = true;
        time.runFor(Duration.ofMillis(1500));
        assertThat(monitor.state().why()).isEqualTo("no line of its output matches \"^listening\"");
        var watcher = monitor.watcher().orElseThrow();
        assertThat(watcher.onLine("not listening")).isTrue();
        assertThat(watcher.onLine("listening on 80")).as("nothing more is looked for").isFalse();
        assertThat(watcher.onLine("listening on 81")).isFalse();
        time.runFor(Duration.ofMillis(100));
        assertThat(told).containsExactly("1500 7 started", "1501 7 ready");
        time.runFor(Duration.ofMinutes(1));
        assertThat(told).hasSize(2);
    }

    @Test
    void aLineThatComesBeforeTheStartIsSeen() {
        Check log = new Check(new Log(new OutputPattern("up")));
        HealthMonitor monitor = monitor(null, log, null);
        monitor.watcher().orElseThrow().onLine("up");
        start(monitor, 7);
        time.runFor(SECOND);
        assertThat(told).containsExactly("0 7 started", "0 7 ready");
    }

    @Test
    void aLineForReadinessThatComesDuringStartupIsRemembered() {
        Check log = new Check(new Log(new OutputPattern("up")));
        HealthMonitor monitor = start(monitor(check(1, SECOND, 100), log, null), 7);
        time.runFor(SECOND);
        monitor.watcher().orElseThrow().onLine("up");
        time.runFor(SECOND);
        assertThat(told).isEmpty();
        service(1).good = true;
        time.runFor(SECOND);
        assertThat(told).containsExactly("2001 7 started", "2001 7 ready");
    }

    @Test
    void aLineThatDoesNotComeFailsTheCheck() {
        Check log = new Check(new Log(new OutputPattern("up")), SECOND, SECOND, 3, 1, SECOND);
        start(monitor(log, null, null), 7);
        time.runFor(Duration.ofMinutes(1));
        assertThat(told)
                .containsExactly(
                        "3000 7 failed its startup check 3 times in a row: no line of its output"
                                + " matches \"up\"");
        assertThat(time.isIdle()).isTrue();
    }

    @Test
    void twoChecksMayLookForTheSameLine() {
        Check log = new Check(new Log(new OutputPattern("up")));
        HealthMonitor monitor = start(monitor(log, log, null), 7);
        monitor.watcher().orElseThrow().onLine("up");
        time.runFor(SECOND);
        assertThat(told).containsExactly("0 7 started", "0 7 ready");
    }

    /// Whatever a service does, at whatever moment: what is told at the end is what it did at last.
    @Property(tries = 200)
    void theLastNoticeIsTrue(@ForAll long seed, @ForAll List<Boolean> changes) {
        time = new SimScheduler(seed);
        workers = new ProbeWorkers(time);
        loop = time.loop("visor");
        told.clear();
        services.clear();
        start(monitor(null, check(1, SECOND, 2), null), 7);
        for (boolean good : changes) {
            service(1).good = good;
            time.runFor(Duration.ofMillis(Math.floorMod(seed * 31, 3000)));
        }
        time.runFor(Duration.ofSeconds(5));
        boolean good = service(1).good;
        assertThat(told.getLast()).endsWith(good ? "ready" : "not ready: bad");
        if (good) {
            assertThat(told.getLast()).doesNotContain("not");
        }
    }
}
