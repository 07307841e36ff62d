package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.time.SystemScheduler;
import io.visor.time.Task;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

final class AnsweredTaskTest {

    private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

    private void run(Task.Body body) throws InterruptedException {
        SystemScheduler scheduler =
                new SystemScheduler((name, failure) -> told.add(name + " " + failure.getMessage()));
        Task task = AnsweredTask.start(scheduler, "switch-lavap", body, told::add);
        assertThat(task.join(Duration.ofSeconds(30))).isTrue();
    }

    /// The services stayed stopped for ever.
    @Test
    void aFaultIsAnAnswerToo() throws Exception {
        run(() -> {
            throw new IllegalStateException("a case nobody thought of");
        });
        assertThat(told)
                .containsExactly(
                        "switch-lavap a case nobody thought of",
                        "visor is at fault (java.lang.IllegalStateException: a case nobody thought"
                                + " of); its log has more");
    }

    @Test
    void oneThatIsCancelledHasNothingToSay() throws Exception {
        run(() -> {
            throw new InterruptedException();
        });
        assertThat(told).isEmpty();
    }
}
