package io.visor.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.service.health.ProbeWorkers.Lane;
import io.visor.sim.SimScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ProbeWorkersTest {

    private SimScheduler time = new SimScheduler(3);
    private ProbeWorkers workers = new ProbeWorkers(time);
    private final List<String> done = new ArrayList<>();
    private int running;
    private int mostRunning;

    private ProbeWorkers.Job submit(Lane lane, String name, Duration takes) {
        return workers.submit(
                lane,
                () -> {
                    running++;
                    mostRunning = Math.max(mostRunning, running);
                    try {
                        time.clock().sleep(takes);
                        done.add(name);
                    } finally {
                        running--;
                    }
                });
    }

    @Test
    void threadsComeWithWorkAndGoWithoutIt() {
        assertThat(workers.count()).isZero();
        submit(Lane.QUICK, "a", Duration.ofMillis(1));
        assertThat(workers.count()).isEqualTo(1);
        time.runFor(Duration.ofSeconds(1));
        submit(Lane.QUICK, "b", Duration.ofMillis(1));
        time.runFor(Duration.ofSeconds(1));
        assertThat(workers.count()).as("one after the other needs one thread").isEqualTo(1);
        time.runFor(ProbeWorkers.LINGER);
        assertThat(workers.count()).isZero();
        assertThat(done).containsExactly("a", "b");
        submit(Lane.QUICK, "c", Duration.ofMillis(1));
        time.runFor(Duration.ofSeconds(1));
        assertThat(done).containsExactly("a", "b", "c");
    }

    @Test
    void aThousandAtOnceTakeEightThreads() {
        for (int i = 0; i < 1000; i++) {
            submit(Lane.QUICK, "job", Duration.ofMillis(3));
        }
        time.runUntil(() -> done.size() == 1000, Duration.ofSeconds(1));
        assertThat(mostRunning).isEqualTo(ProbeWorkers.MOST);
    }

    @Test
    void slowOnesAndCommandsLeaveThreadsForTheOthers() {
        for (int i = 0; i < 100; i++) {
            submit(Lane.SLOW, "slow", Duration.ofSeconds(10));
            submit(Lane.COMMAND, "command", Duration.ofSeconds(10));
        }
        time.runFor(Duration.ofMillis(1));
        for (int i = 0; i < 100; i++) {
            submit(Lane.QUICK, "quick", Duration.ofMillis(2));
        }
        time.runFor(Duration.ofMillis(200));
        assertThat(done).hasSize(100).containsOnly("quick");
        time.runFor(Duration.ofMinutes(10));
        assertThat(done).hasSize(300);
    }

    @Test
    void whatWaitsCanBeDropped() {
        for (int i = 0; i < ProbeWorkers.MOST; i++) {
            submit(Lane.QUICK, "first", Duration.ofSeconds(1));
        }
        ProbeWorkers.Job dropped = submit(Lane.QUICK, "dropped", Duration.ZERO);
        submit(Lane.QUICK, "last", Duration.ZERO);
        time.runFor(Duration.ofMillis(1));
        dropped.cancel();
        time.runFor(Duration.ofSeconds(2));
        assertThat(done).hasSize(9).contains("last").doesNotContain("dropped");
    }

    @Test
    void whatRunsIsInterruptedAndAnotherThreadTakesTheNext() {
        List<ProbeWorkers.Job> jobs = new ArrayList<>();
        for (int i = 0; i < ProbeWorkers.MOST; i++) {
            jobs.add(submit(Lane.QUICK, "long", Duration.ofDays(1)));
        }
        submit(Lane.QUICK, "next", Duration.ZERO);
        time.runFor(Duration.ofSeconds(1));
        assertThat(done).isEmpty();
        jobs.getFirst().cancel();
        time.runFor(Duration.ofSeconds(1));
        assertThat(done).containsExactly("next");
    }

    @Test
    void afterTheEndNothingRuns() {
        submit(Lane.QUICK, "running", Duration.ofDays(1));
        time.runFor(Duration.ofSeconds(1));
        workers.close();
        submit(Lane.QUICK, "late", Duration.ZERO);
        time.runFor(Duration.ofMinutes(1));
        assertThat(done).isEmpty();
        assertThat(workers.count()).isZero();
    }

    /// Whatever is handed in and dropped: what is not dropped is done, and no thread stays.
    @Property(tries = 300)
    void nothingIsLost(
            @ForAll long seed, @ForAll @Size(max = 60) List<@IntRange(max = 11) Integer> actions) {
        time = new SimScheduler(seed);
        workers = new ProbeWorkers(time);
        done.clear();
        mostRunning = 0;
        List<ProbeWorkers.Job> jobs = new ArrayList<>();
        int cancelled = 0;
        for (int action : actions) {
            if (action < 9) {
                Lane lane = Lane.values()[action % 3];
                jobs.add(submit(lane, "x", Duration.ofMillis(action * 7L)));
            } else if (action == 9 && !jobs.isEmpty()) {
                jobs.removeFirst().cancel();
                cancelled++;
            } else {
                time.runFor(Duration.ofMillis(20));
            }
        }
        time.runFor(Duration.ofMinutes(1));
        assertThat(done.size()).isBetween(jobs.size(), jobs.size() + cancelled);
        assertThat(mostRunning).isLessThanOrEqualTo(ProbeWorkers.MOST);
        assertThat(workers.count()).isZero();
        assertThat(time.isIdle()).isTrue();
    }
}
