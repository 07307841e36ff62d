package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShortCommandTest {

    @TempDir private Path directory;

    /// Once it was taken for an orphan, which two then reaped: one of them failed.
    @Test
    void aCommandThatIsKilledIsWrittenDownUntilItIsReaped() throws IOException {
        ChildTable table = new ChildTable();
        assertThatThrownBy(() ->
                        new ShortCommand(table)
                                .run(
                                        List.of("sh", "-c", "echo $$ >pid; exec sleep 1000"),
                                        Map.of("PATH", "/usr/bin:/bin"),
                                        directory,
                                        Duration.ofSeconds(1),
                                        100))
                .hasMessage("sh did not end within 1s and was killed");
        assertThat(table.size()).isZero();
        String pid = Files.readString(directory.resolve("pid")).strip();
        assertThat(Path.of("/proc", pid)).doesNotExist();
    }

    /// What has lost its parent is nobody's descendant, and was left: each check that ran out of
    /// time left one.
    @Test
    void whatACommandHasStartedEndsWithItWhenItIsKilled() {
        String name = directory.resolve("left").toString();
        assertThatThrownBy(() ->
                        new ShortCommand(new ChildTable())
                                .run(
                                        List.of(
                                                "sh",
                                                "-c",
                                                "(sh -c 'echo $$ >\"$0\"; exec sleep 1000' \"$0\""
                                                        + " &); while ! test -s \"$0\"; do :; done;"
                                                        + " exec sleep 1000",
                                                name),
                                        Map.of("PATH", "/usr/bin:/bin"),
                                        directory,
                                        Duration.ofSeconds(2),
                                        100))
                .hasMessage("sh did not end within 2s and was killed");
        await().until(() -> !isAlive(Long.parseLong(Files.readString(Path.of(name)).strip())));
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
