package io.visor.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.visor.time.Loop;
import io.visor.time.SystemScheduler;
import io.visor.time.Timer;
import io.visor.time.Waiting;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A loop that waits in a poller.
final class PollerTest {

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final SystemScheduler scheduler =
            new SystemScheduler((_, failure) -> failures.add(failure));
    private final Loop loop = scheduler.loop("loop");
    private final Poller poller = new Poller(failures::add);
    private final Descriptor.Pipe pipe = Descriptor.pipe(4096);

    @AfterEach
    void close() {
        loop.close();
        pipe.reading().close();
        pipe.writing().close();
    }

    private void write() {
        pipe.writing().write(ByteBuffer.allocateDirect(1));
    }

    private void read() {
        int unused = pipe.reading().read(new IoBuffer(16));
    }

    @Test
    void whatCanBeReadIsToldOnTheLoopsThread() throws Exception {
        loop.waitIn(poller);
        CompletableFuture<String> thread = new CompletableFuture<>();
        long unused =
                poller.register(
                        pipe.reading(),
                        () -> {
                            read();
                            thread.complete(Thread.currentThread().getName());
                        });
        write();
        assertThat(thread.get(30, TimeUnit.SECONDS)).isEqualTo("loop");
    }

    @Test
    void actionsOfOtherThreadsAndTimersEndTheWait() throws Exception {
        CountDownLatch ran = new CountDownLatch(3);
        loop.execute(ran::countDown);
        loop.waitIn(poller);
        loop.execute(ran::countDown);
        Timer unused = loop.schedule(Duration.ofMillis(20), ran::countDown);
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatIsToldMayGiveTheLoopActions() throws Exception {
        loop.waitIn(poller);
        CountDownLatch ran = new CountDownLatch(2);
        long unused =
                poller.register(
                        pipe.reading(),
                        () -> {
                            read();
                            loop.execute(ran::countDown);
                            Timer timer = loop.schedule(Duration.ofMillis(1), ran::countDown);
                            assertThat(timer).isNotNull();
                        });
        write();
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
    }

    @Test
    void aLoopThatAlwaysHasActionsIsToldAllTheSame() {
        loop.waitIn(poller);
        AtomicBoolean told = new AtomicBoolean();
        long unused =
                poller.register(
                        pipe.reading(),
                        () -> {
                            read();
                            told.set(true);
                        });
        AtomicInteger turns = new AtomicInteger();
        loop.execute(
                new Runnable() {
                    @Override
                    public void run() {
                        if (turns.incrementAndGet() == 1) {
                            write();
                        }
                        if (!told.get()) {
                            loop.execute(this);
                        }
                    }
                });
        await().untilTrue(told);
    }

    @Test
    void anActionThatFailsEndsNeitherTheLoopNorThePoller() throws Exception {
        loop.waitIn(poller);
        CountDownLatch again = new CountDownLatch(2);
        long unused =
                poller.register(
                        pipe.reading(),
                        () -> {
                            read();
                            again.countDown();
                            throw new IllegalStateException("thrown");
                        });
        write();
        await().until(() -> !failures.isEmpty());
        write();
        assertThat(again.await(30, TimeUnit.SECONDS)).isTrue();
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWaitThatFailsIsTriedAgainAndActionsRunMeanwhile() throws Exception {
        AtomicInteger waits = new AtomicInteger();
        loop.waitIn(
                new Waiting() {
                    @Override
                    public void await(long nanos) {
                        if (waits.incrementAndGet() == 1) {
                            throw new OsException("waiting for events", Errno.EINTR);
                        }
                        poller.await(nanos);
                    }

                    @Override
                    public void wake() {
                        poller.wake();
                    }

                    @Override
                    public void ended() {
                        poller.ended();
                    }
                });
        await().until(() -> !failures.isEmpty());
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        await().until(() -> waits.get() > 1);
    }

    @Test
    void aLoopWaitsInOneWayOnly() {
        loop.waitIn(poller);
        assertThatThrownBy(() -> loop.waitIn(poller)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLoopThatIsClosedWhileItWaitsEnds() {
        loop.waitIn(poller);
        loop.close();
        // The poller has given back what it had open; to waken it is no failure.
        poller.wake();
        assertThat(failures).isEmpty();
    }
}
