package io.visor.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Exec;
import io.visor.model.HealthSpec.Tcp;
import io.visor.model.ProcessSpec;
import io.visor.process.ChildTable;
import io.visor.process.ShortCommand;
import io.visor.time.Loop;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Checks of many services in real time, with real servers and commands.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class HealthChecksTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Path HERE = Path.of("/");

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final SystemScheduler scheduler =
            new SystemScheduler((_, failure) -> failures.add(failure));
    private final Loop loop = scheduler.loop("visor");
    private final HealthChecks checks =
            new HealthChecks(scheduler, loop, new ShortCommand(new ChildTable()), "visor/test");
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
    }

    @AfterEach
    void close() throws IOException {
        checks.close();
        loop.close();
        server.close();
        assertThat(failures).isEmpty();
    }

    private HealthMonitor start(Check readiness, long pid, HealthMonitor.Listener listener) {
        HealthMonitor monitor =
                checks.monitor(
                        new HealthSpec(null, readiness, null),
                        HERE,
                        Map.of("PATH", System.getenv("PATH")),
                        ProcessSpec.INHERITED,
                        listener);
        loop.execute(() -> monitor.start(pid));
        return monitor;
    }

    @Test
    void aThousandServicesShareAFewThreads() {
        Check listening = new Check(new Tcp("127.0.0.1", server.getLocalPort()));
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            start(
                    listening,
                    i,
                    (_, notice) -> {
                        most.accumulateAndGet(checks.threads(), Math::max);
                        if (notice instanceof HealthNotice.Ready) {
                            ready.incrementAndGet();
                        }
                    });
        }
        await().until(() -> ready.get() == 1000);
        assertThat(most.get()).isBetween(1, ProbeWorkers.MOST);
    }

    @Test
    void withoutChecksThereAreNoThreads() {
        List<HealthNotice> told = new CopyOnWriteArrayList<>();
        HealthMonitor monitor =
                checks.monitor(
                        HealthSpec.NONE,
                        HERE,
                        Map.of(),
                        ProcessSpec.INHERITED,
                        (_, notice) -> told.add(notice));
        loop.execute(() -> monitor.start(1));
        await().until(() -> told.size() == 2);
        assertThat(checks.threads()).isZero();
    }

    @Test
    void commandsAndSilentHostsDoNotHoldUpTheOthers() throws IOException {
        String silent = "http://127.0.0.1:" + server.getLocalPort() + "/";
        Check stalled =
                new Check(
                        new HealthSpec.Http(URI.create(silent), null, null),
                        SECOND,
                        SECOND,
                        3,
                        1,
                        Duration.ZERO);
        Check hanging =
                new Check(
                        new Exec(List.of("sleep", "1000")),
                        SECOND,
                        Duration.ofMinutes(1),
                        3,
                        1,
                        Duration.ZERO);
        List<HealthMonitor> monitors = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            monitors.add(start(stalled, i, (_, _) -> {}));
            monitors.add(start(hanging, i, (_, _) -> {}));
        }
        // Until all are known to be slow.
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        monitors.stream()
                                        .filter(monitor -> !monitor.state().why().isEmpty())
                                        .count()
                                == 30);
        AtomicInteger ready = new AtomicInteger();
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
            Check fine = new Check(new Tcp("127.0.0.1", other.getLocalPort()));
            for (int i = 0; i < 100; i++) {
                start(
                        fine,
                        i,
                        (_, notice) -> {
                            if (notice instanceof HealthNotice.Ready) {
                                ready.incrementAndGet();
                            }
                        });
            }
            await().atMost(Duration.ofSeconds(2)).until(() -> ready.get() == 100);
        }
        loop.execute(() -> monitors.forEach(HealthMonitor::stop));
        await().until(() ->
                ProcessHandle.current()
                        .children()
                        .noneMatch(child ->
                                child.info().commandLine().orElse("").endsWith("sleep 1000")));
    }

    @Test
    void eachServiceIsToldOfItsOwn() {
        List<String> told = new CopyOnWriteArrayList<>();
        Check good = new Check(new Exec(List.of("true")));
        Check bad =
                new Check(
                        new Exec(List.of("sh", "-c", "echo no peers; exit 4")),
                        Duration.ofMillis(100),
                        SECOND,
                        2,
                        1,
                        Duration.ZERO);
        start(good, 1, (pid, notice) -> told.add(pid + " " + notice));
        start(bad, 2, (pid, notice) -> told.add(pid + " " + notice));
        await().until(() -> told.size() == 4);
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "1 Started[]",
                        "1 Ready[]",
                        "2 Started[]",
                        "2 NotReady[why=sh exited with 4: \"no peers\"]");
    }
}
