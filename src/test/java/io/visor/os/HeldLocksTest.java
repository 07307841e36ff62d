package io.visor.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HeldLocksTest {

    @TempDir private Path directory;

    @Test
    void tellsWhetherSomebodyHoldsALock() throws Exception {
        Path file = directory.resolve("lock");
        assertThat(HeldLocks.isHeld(file)).isFalse();
        Files.createFile(file);
        assertThat(HeldLocks.isHeld(file)).isFalse();
        try (FileLock _ = FileLock.tryAcquire(file).orElseThrow()) {
            assertThat(HeldLocks.isHeld(file)).isTrue();
        }
        assertThat(HeldLocks.isHeld(file)).isFalse();
    }
}
