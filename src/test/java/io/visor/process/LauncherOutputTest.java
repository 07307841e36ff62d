package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.model.ExitStatus;
import io.visor.model.LogSpec;
import io.visor.model.ProcessSpec;
import io.visor.model.ServiceSpec;
import io.visor.os.Descriptor;
import io.visor.os.IoBuffer;
import io.visor.os.ProcessSignals;
import io.visor.time.SystemScheduler;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What both ways to start children do with output.
final class LauncherOutputTest {

    @TempDir private Path directory;

    /// A way to start children.
    record Way(String name, Function<SystemScheduler, ProcessLauncher> make) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() {
        return Stream.of(
                new Way(
                        "native",
                        scheduler ->
                                new NativeLauncher(
                                        scheduler,
                                        scheduler.loop("visor"),
                                        new ChildTable(),
                                        new ExecChain(new FileBudget()),
                                        LogListener.none())),
                new Way(
                        "the JDK's",
                        scheduler ->
                                new ProcessBuilderLauncher(
                                        scheduler,
                                        scheduler.loop("visor"),
                                        new ChildTable(),
                                        new ExecChain(new FileBudget()),
                                        LogListener.none())));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void isWrittenWatchedAndRemembered(Way way) throws Exception {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        ProcessLauncher launcher = way.make.apply(scheduler);
        Path log = directory.resolve("logs/a.log");
        Launch launch =
                new Launch(
                        List.of("sh", "-c", "echo one; echo two >&2; printf three"),
                        Map.of(),
                        directory,
                        null,
                        new ServiceSpec.ToFile(
                                log, new LogSpec(LogSpec.Format.PREFIX, false, 4096, 1)),
                        ProcessSpec.INHERITED,
                        "a",
                        100);
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        CompletableFuture<ExitStatus> end = new CompletableFuture<>();
        Child child = launcher.plan(launch).start((_, status) -> end.complete(status), lines::add);
        assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(0));
        assertThat(launcher.finishOutput(Duration.ofSeconds(30))).isTrue();
        await().untilAsserted(
                        () -> assertThat(lines).containsExactlyInAnyOrder("one", "two", "three"));
        assertThat(Files.readAllLines(log))
                .containsExactlyInAnyOrder("a out | one", "a err | two", "a out | three");
        assertThat(child.tail()).contains("one\n", "two\n", "three");
        assertThat(child.lastLines(9)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theEndOfAFloodIsRemembered(Way way) throws Exception {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        ProcessLauncher launcher = way.make.apply(scheduler);
        Path log = directory.resolve("a.log");
        Launch launch =
                new Launch(
                        List.of(
                                "sh",
                                "-c",
                                "head -c 20000000 /dev/zero; echo; echo Invalid chain ID"),
                        Map.of(),
                        directory,
                        null,
                        new ServiceSpec.ToFile(
                                log, new LogSpec(LogSpec.Format.RAW, false, 1 << 30, 1)),
                        ProcessSpec.INHERITED,
                        "a",
                        Launch.SEARCHED_TAIL_BYTES);
        CompletableFuture<ExitStatus> end = new CompletableFuture<>();
        Child child = launcher.plan(launch).start((_, status) -> end.complete(status));
        end.get(30, TimeUnit.SECONDS);
        if (way.name.equals("native")) {
            assertThat(child.tail()).as("at once").endsWith("\nInvalid chain ID\n");
        }
        assertThat(launcher.finishOutput(Duration.ofSeconds(30))).isTrue();
        assertThat(child.tail()).hasSize(65_536).endsWith("\nInvalid chain ID\n");
        assertThat(Files.size(log)).isEqualTo(20_000_018);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatAChildLeavesInItsGroupHasEndedBeforeItsExitIsTold(Way way) throws Exception {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        ProcessLauncher launcher = way.make.apply(scheduler);
        Launch launch =
                new Launch(
                        List.of("sh", "-c", "sleep 1000 & exit 3"),
                        Map.of(),
                        directory,
                        null,
                        new ServiceSpec.ToFile(directory.resolve("a.log"), LogSpec.DEFAULT),
                        ProcessSpec.INHERITED,
                        "a",
                        100);
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Child _ =
                launcher.plan(launch)
                        .start((pid, _) -> left.complete(ProcessSignals.hasGroup(pid)));
        assertThat(left.get(30, TimeUnit.SECONDS)).isFalse();
    }

    /// A child floods its log and something it left behind holds the pipe open: the pump's last
    /// look has to take all that is there.
    @Test
    void theLastLookAtAFloodTakesAllOfIt() throws Exception {
        int bytes = 400_000;
        OutputPump pump =
                new OutputPump(
                        new SystemScheduler((_, failure) -> failure.printStackTrace()), "pump");
        Descriptor.Pipe pipe = Descriptor.pipe(512 << 10);
        IoBuffer flood = new IoBuffer(bytes);
        AtomicInteger taken = new AtomicInteger();
        Semaphore blocked = new Semaphore(0);
        OutputPump.Flow _ =
                pump.carry(
                        pipe.reading(),
                        new OutputPump.Target() {
                            @Override
                            public void write(ByteBuffer from) {
                                if (taken.getAndAdd(from.remaining()) == 0) {
                                    blocked.acquireUninterruptibly();
                                }
                            }

                            @Override
                            public void close() {}
                        },
                        new Tail(100));
        pipe.writing().write(flood.first(1));
        await().until(() -> taken.get() == 1);
        CompletableFuture<Boolean> finished = new CompletableFuture<>();
        pipe.writing().write(flood.first(bytes));
        new SystemScheduler((_, failure) -> finished.completeExceptionally(failure))
                .start("finish", () -> finished.complete(pump.finish(Duration.ofSeconds(30))));
        blocked.release();
        assertThat(finished.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(taken.get()).isEqualTo(bytes + 1);
        pump.close();
    }

    /// A pump whose child had ended before it was told of could not be woken any more.
    @ParameterizedTest
    @MethodSource("ways")
    void childrenThatEndAtOnceDisturbNobody(Way way) throws Exception {
        SystemScheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        ProcessLauncher launcher = way.make.apply(scheduler);
        ProcessLauncher.Plan plan =
                launcher.plan(
                        new Launch(
                                List.of("true"),
                                Map.of(),
                                directory,
                                null,
                                new ServiceSpec.ToFile(directory.resolve("a.log"), LogSpec.DEFAULT),
                                ProcessSpec.INHERITED,
                                "a",
                                100));
        for (int i = 0; i < 100; i++) {
            CompletableFuture<ExitStatus> end = new CompletableFuture<>();
            Child _ = plan.start((_, status) -> end.complete(status));
            end.get(30, TimeUnit.SECONDS);
        }
        assertThat(launcher.finishOutput(Duration.ofSeconds(30))).isTrue();
    }
}
