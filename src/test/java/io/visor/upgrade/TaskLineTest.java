package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.time.Loop;
import io.visor.time.SystemScheduler;
import io.visor.time.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TaskLineTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private final SystemScheduler scheduler =
            new SystemScheduler((name, failure) -> done.add(name + ": " + failure));
    private final Loop loop = scheduler.loop("loop");
    private final TaskLine line = new TaskLine(loop);

    @AfterEach
    void end() {
        loop.close();
    }

    private Task start(Task.Body body) {
        return line.start(wrapped -> scheduler.start("task", wrapped), body);
    }

    /// The hook of an upgrade that was given up ran beside that of the next one.
    @Test
    void oneThatWasCancelledIsWaitedForByAllThatFollow() throws Exception {
        CountDownLatch works = new CountDownLatch(1);
        CountDownLatch deaf = new CountDownLatch(1);
        Task first =
                start(() -> {
                    works.countDown();
                    boolean over = false;
                    while (!over) {
                        try {
                            deaf.await();
                            over = true;
                        } catch (InterruptedException e) {
                            done.add("asked to end");
                        }
                    }
                    done.add("first");
                });
        works.await();
        first.cancel();
        Task second = start(() -> done.add("second"));
        second.cancel();
        Task third = start(() -> done.add("third"));
        assertThat(second.join(LIMIT)).as("it waits, and notices").isTrue();
        assertThat(third.join(Duration.ofMillis(20))).isFalse();

        deaf.countDown();

        assertThat(third.join(LIMIT)).isTrue();
        assertThat(List.copyOf(done)).containsExactly("asked to end", "first", "third");
    }
}
