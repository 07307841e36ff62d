package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.model.StopPolicy;
import io.visor.time.SystemScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With real processes.
final class LeftoversTest {

    @TempDir Path directory;

    /// One that an operator has suspended cannot take a signal before it goes on.
    @Test
    void whatIsSuspendedIsAskedToEndAndNotKilled() throws Exception {
        String prefix = directory + "/";
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "trap 'exit 7' TERM; kill -STOP $$; :");
        builder.environment().put(Marks.VARIABLE, prefix + "alice");
        Process process = builder.start();
        awaitSuspended(process.pid());
        new Leftovers(
                        prefix,
                        new RunRecords(directory),
                        _ -> StopPolicy.DEFAULT,
                        new SystemScheduler((_, _) -> {}).clock(),
                        new Leftovers.Listener() {
                            @Override
                            public void onFound(String service, Set<Long> pids) {
                                assertThat(service).isEqualTo("alice");
                            }

                            @Override
                            public void onStuck(String service, Set<Long> pids, Duration since) {
                                throw new AssertionError("stuck");
                            }
                        })
                .end();
        assertThat(process.waitFor()).isEqualTo(7);
    }

    private static void awaitSuspended(long pid) {
        await().until(() -> ProcessId.stat(pid).orElseThrow().state() == 'T');
    }
}
