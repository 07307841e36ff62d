package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ServiceName;
import io.visor.service.Service.Wanted;
import io.visor.sim.SimScheduler;
import io.visor.store.DatabaseFile;
import io.visor.store.Recorder;
import io.visor.store.SilentListener;
import io.visor.time.Loop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WantedServicesTest {

    private static final ServiceName A = new ServiceName("a");
    private static final ServiceName B = new ServiceName("b");

    @TempDir private Path directory;
    private final SimScheduler scheduler = new SimScheduler(1);
    private final ServiceTable table = new ServiceTable("start");
    private final List<Optional<String>> kept = new ArrayList<>();
    private Loop loop;
    private Path file;

    @BeforeEach
    void start() {
        loop = scheduler.loop("visor");
        file = directory.resolve("visor.db");
    }

    private Recorder recorder() {
        return new Recorder(
                scheduler.loop("records"),
                loop,
                new DatabaseFile(file, List.of(ServiceTable.SCHEMA)),
                new SilentListener());
    }

    /// What a visor that starts now finds.
    private WantedServices open() {
        Recorder recorder = recorder();
        WantedServices services = new WantedServices(recorder, table, scheduler.clock());
        recorder.ask(
                table::down,
                outcome -> {
                    if (outcome instanceof Recorder.Outcome.Done<Set<ServiceName>>(var down)) {
                        services.remember(down);
                    }
                });
        scheduler.runFor(Duration.ofSeconds(1));
        return services;
    }

    private void set(WantedServices services, ServiceName name, Wanted wanted) {
        loop.execute(() -> services.set(name, wanted, kept::add));
        scheduler.runFor(Duration.ofSeconds(1));
    }

    @Test
    void whatIsWantedDownIsKept() {
        WantedServices services = open();
        set(services, A, Wanted.DOWN);
        assertThat(kept).containsExactly(Optional.empty());
        assertThat(open().of(A)).isEqualTo(Wanted.DOWN);
        assertThat(open().of(B)).isEqualTo(Wanted.UP);
        set(services, A, Wanted.UP);
        assertThat(open().of(A)).isEqualTo(Wanted.UP);
    }

    @Test
    void manyChangesAtOnceAreAllKept() {
        WantedServices services = open();
        loop.execute(() -> {
            services.set(A, Wanted.DOWN, kept::add);
            services.set(B, Wanted.DOWN, kept::add);
            services.set(A, Wanted.UP, kept::add);
        });
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(kept).hasSize(3).containsOnly(Optional.empty());
        assertThat(open().of(A)).isEqualTo(Wanted.UP);
        assertThat(open().of(B)).isEqualTo(Wanted.DOWN);
    }

    @Test
    void whatCannotBeWrittenIsToldAndTriedAgain() throws Exception {
        Files.createDirectories(file);
        WantedServices services = new WantedServices(recorder(), table, scheduler.clock());
        set(services, A, Wanted.DOWN);
        assertThat(kept.getFirst()).isPresent();
        Files.delete(file);
        set(services, A, Wanted.DOWN);
        assertThat(kept.getLast()).isEmpty();
        assertThat(open().of(A)).isEqualTo(Wanted.DOWN);
    }

    @Test
    void withoutARecorderNothingIsKept() {
        WantedServices services = new WantedServices(null, table, scheduler.clock());
        set(services, A, Wanted.DOWN);
        assertThat(kept).containsExactly(Optional.empty());
        assertThat(services.of(A)).isEqualTo(Wanted.DOWN);
        assertThat(directory).isEmptyDirectory();
    }
}
