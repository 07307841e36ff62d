package io.visor.it.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.it.errors.ErrorsPage.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Brings every message of docs/errors.md about, and compares what is said and the exit code with
/// its row.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ErrorsIT {

    private static final Path PAGE = Path.of("docs/errors.md");

    private final ErrorChecks checks = new ErrorChecks();
    private ErrorScene scene;

    /// Most checks are a process that works for a moment: some more than there are processors.
    private final ExecutorService quick = Executors.newFixedThreadPool(3);

    private final ExecutorService slow = Executors.newCachedThreadPool();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        scene = new ErrorScene(directory);
        new FlagErrors(scene, checks).add();
        new ConfigErrors(scene, checks).add();
        new ServiceErrors(scene, checks).add();
        new EnvironmentErrors(scene, checks).add();
        new KeyringErrors(scene, checks).add();
        new HomeErrors(scene, checks).add();
        new EndpointErrors(scene, checks).add();
        new ReleaseErrors(scene, checks).add();
        new RunErrors(scene, checks).add();
        new BackupErrors(scene, checks).add();
        new ProcessErrors(scene, checks).add();
        new SupervisionErrors(scene, checks).add();
        new SystemdErrors(scene, checks).add();
        new ReloadErrors(scene, checks).add();
        new ControlErrors(scene, checks).add();
        new UpgradeErrors(scene, checks).add();
        new LogErrors(scene, checks).add();
        new UnitErrors(scene, checks).add();
    }

    @AfterAll
    void stop() throws Exception {
        quick.close();
        slow.close();
        scene.close();
    }

    @Test
    void everyRowHasACheckAndEveryCheckARow() throws Exception {
        List<String> rows = ErrorsPage.read(PAGE).stream().map(Row::message).toList();
        assertThat(rows).doesNotHaveDuplicates();
        assertThat(checks.messages()).containsExactlyInAnyOrderElementsOf(rows);
    }

    @TestFactory
    List<DynamicTest> everyRowIsAsItIsSaid() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Row row : ErrorsPage.read(PAGE)) {
            Future<?> outcome =
                    (checks.isSlow(row.message()) ? slow : quick)
                            .submit(() -> {
                                checks.of(row.message()).orElseThrow().run(row);
                                return null;
                            });
            tests.add(DynamicTest.dynamicTest(row.message(), () -> rethrow(outcome)));
        }
        return tests;
    }

    private static void rethrow(Future<?> outcome) throws Throwable {
        try {
            Object unused = outcome.get();
        } catch (ExecutionException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }
}
