package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.visor.model.ExitStatus;
import io.visor.model.ProcessSpec;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.os.ChildWatch;
import io.visor.os.OsException;
import io.visor.os.Poller;
import io.visor.os.ProcessSignals;
import io.visor.time.SystemScheduler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLauncherTest {

    /// A shell that ends by `TERM` before its server does, which takes its time.
    private static final String SLOW_SERVER =
            """
            sh -c 'trap "sleep 0.3; echo saved > saved; exit" TERM; echo $$ > pid
                while :; do sleep 0.05; done' &
            wait
            """;

    @TempDir private Path directory;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final SystemScheduler scheduler =
            new SystemScheduler((_, failure) -> failures.add(failure));
    private final ChildTable table = new ChildTable();

    private NativeLauncher launcher(LongFunction<ChildWatch> watches) {
        return new NativeLauncher(
                scheduler,
                scheduler.loop("visor"),
                table,
                new ExecChain(new FileBudget()),
                LogListener.none(),
                watches);
    }

    private Launch launch(String script) {
        return new Launch(
                List.of("sh", "-c", script),
                Map.of("PATH", "/usr/bin:/bin"),
                directory,
                null,
                new ServiceSpec.PassThrough(),
                ProcessSpec.INHERITED,
                "a",
                100);
    }

    private long pid() throws Exception {
        Path file = directory.resolve("pid");
        await().until(() -> Files.exists(file) && !Files.readString(file).isBlank());
        return Long.parseLong(Files.readString(file).strip());
    }

    @Test
    void aGroupThatWasAskedToEndHasItsTimeAfterItsLeader() throws Exception {
        try (NativeLauncher launcher = launcher(ChildWatch::open)) {
            CompletableFuture<ExitStatus> end = new CompletableFuture<>();
            Child child =
                    launcher.plan(launch(SLOW_SERVER)).start((_, status) -> end.complete(status));
            pid();
            child.signal(Signal.TERM);
            assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Signaled(15));
            assertThat(directory.resolve("saved")).exists();
            assertThat(ProcessSignals.hasGroup(child.pid())).isFalse();
        }
    }

    @Test
    void whatIsSuspendedTakesTheSignalToo() throws Exception {
        try (NativeLauncher launcher = launcher(ChildWatch::open)) {
            CompletableFuture<ExitStatus> end = new CompletableFuture<>();
            Child child =
                    launcher.plan(launch("echo $$ > pid; kill -STOP $$; exit 3"))
                            .start((_, status) -> end.complete(status));
            Path status = Path.of("/proc/" + pid() + "/status");
            await().until(() -> Files.readString(status).contains("State:\tT"));
            child.signal(Signal.TERM);
            assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Signaled(15));
        }
    }

    @Test
    void aGroupThatDoesNotEndIsKilledAfterItsLeader() throws Exception {
        try (NativeLauncher launcher = launcher(ChildWatch::open)) {
            CompletableFuture<ExitStatus> end = new CompletableFuture<>();
            Child child =
                    launcher.plan(
                                    launch(
                                            "sh -c 'trap : TERM; echo $$ > pid;"
                                                    + " while :; do sleep 1; done' & wait"))
                            .start((_, status) -> end.complete(status));
            pid();
            child.signal(Signal.TERM);
            await().until(() -> table.owner(child.pid()) == null);
            assertThat(end).isNotDone();
            child.signal(Signal.KILL);
            assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Signaled(15));
            assertThat(ProcessSignals.hasGroup(child.pid())).isFalse();
        }
    }

    @Test
    void whatAChildLeavesThatNobodyAskedToEndIsKilledAtOnce() throws Exception {
        try (NativeLauncher launcher = launcher(ChildWatch::open)) {
            CompletableFuture<ExitStatus> end = new CompletableFuture<>();
            Child child =
                    launcher.plan(launch("sleep 1000 & exit 3"))
                            .start((_, status) -> end.complete(status));
            assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(3));
            assertThat(ProcessSignals.hasGroup(child.pid())).isFalse();
        }
    }

    @Test
    void aChildThatCannotBeWatchedIsEnded() throws Exception {
        CompletableFuture<Long> pid = new CompletableFuture<>();
        LongFunction<ChildWatch> none =
                child -> {
                    pid.complete(child);
                    return ChildWatch.open(-1);
                };
        try (NativeLauncher launcher = launcher(none)) {
            ProcessLauncher.Plan plan = launcher.plan(launch("sleep 1000 & sleep 1000"));
            long files = openFiles();
            assertThatThrownBy(() -> plan.start((_, _) -> {})).isInstanceOf(OsException.class);
            assertThat(table.size()).isZero();
            assertThat(openFiles()).isLessThanOrEqualTo(files);
            await().until(() -> !ProcessSignals.hasGroup(pid.get()));
        }
    }

    @Test
    void theEndIsToldOnTheLoopAndNoFileStaysOpen() throws Exception {
        try (NativeLauncher launcher = launcher(ChildWatch::open)) {
            ProcessLauncher.Plan plan = launcher.plan(launch("exit 3"));
            long files = openFiles();
            for (int i = 0; i < 5; i++) {
                CompletableFuture<String> end = new CompletableFuture<>();
                plan.start((_, status) ->
                        end.complete(status + " on " + Thread.currentThread().getName()));
                assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo("code 3 on visor");
            }
            await().until(() -> openFiles() <= files);
        }
    }

    private static long openFiles() throws Exception {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void anActionThatFailsDoesNotEndThePoller() throws Exception {
        Queue<Throwable> told = new ConcurrentLinkedQueue<>();
        CountDownLatch ran = new CountDownLatch(1);
        try (Poller poller = new Poller(told::add)) {
            scheduler.start("poller", poller::run);
            poller.execute(() -> {
                throw new IllegalStateException("thrown");
            });
            poller.execute(ran::countDown);
            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(told).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(failures).isEmpty();
    }

    @Test
    void aSignalToAGroupThatIsGoneIsNoFailure() {
        assertThat(ProcessSignals.sendToGroup(1L << 30, Signal.TERM))
                .isEqualTo(ProcessSignals.Sent.GONE);
    }
}
