package io.visor.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ServiceName;
import io.visor.service.Service.Wanted;
import io.visor.sim.SimScheduler;
import io.visor.time.Loop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WantedServicesTest {

    private static final ServiceName A = new ServiceName("a");
    private static final ServiceName B = new ServiceName("b");

    @TempDir private Path directory;
    private final SimScheduler scheduler = new SimScheduler(1);
    private final List<String> problems = new ArrayList<>();
    private final List<Optional<String>> kept = new ArrayList<>();
    private Loop loop;
    private Path file;

    @BeforeEach
    void start() {
        loop = scheduler.loop("visor");
        file = directory.resolve("wanted.json");
    }

    private WantedServices open() {
        return WantedServices.in(file, scheduler, loop, problems::add);
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
    void nothingIsWrittenWhereNothingChanges() {
        set(open(), A, Wanted.UP);
        assertThat(kept).containsExactly(Optional.empty());
        assertThat(file).doesNotExist();
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
    void aFileThatCannotBeWrittenIsToldAndTriedAgain() throws Exception {
        WantedServices services = open();
        Files.createDirectories(file.resolve("in-the-way"));
        set(services, A, Wanted.DOWN);
        assertThat(kept.getFirst()).isPresent();
        Files.delete(file.resolve("in-the-way"));
        Files.delete(file);
        set(services, A, Wanted.DOWN);
        assertThat(kept.getLast()).isEmpty();
        assertThat(open().of(A)).isEqualTo(Wanted.DOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "{\"down\": 1}", "{\"down\": [1]}", "{\"down\": [\"/\"]}"})
    void aFileThatCannotBeReadIsToldAndEverythingIsWantedUp(String content) throws Exception {
        Files.writeString(file, content);
        assertThat(open().of(A)).isEqualTo(Wanted.UP);
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("cannot read which services are wanted down: " + file)
                .endsWith("; all are wanted up");
    }

    @Test
    void withoutAFileNothingIsKept() {
        WantedServices services = WantedServices.forgetful(scheduler, loop);
        set(services, A, Wanted.DOWN);
        assertThat(kept).containsExactly(Optional.empty());
        assertThat(services.of(A)).isEqualTo(Wanted.DOWN);
        assertThat(directory).isEmptyDirectory();
    }
}
