package io.visor.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.visor.time.SystemScheduler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BinaryWriterTest {

    private static final Set<PosixFilePermission> EXECUTABLE =
            PosixFilePermissions.fromString("r-xr-xr-x");

    @TempDir private Path directory;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final SystemScheduler scheduler =
            new SystemScheduler((_, failure) -> failures.add(failure));

    @Test
    void writesAllPiecesInOrder() throws Exception {
        Path file = directory.resolve("lavap");
        Random random = new Random(1);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (BinaryWriter writer = BinaryWriter.start(file, EXECUTABLE, scheduler)) {
            for (int i = 0; i < 40; i++) {
                byte[] piece = writer.free();
                random.nextBytes(piece);
                int count = i % 7 == 0 ? i : piece.length;
                expected.write(piece, 0, count);
                writer.write(piece, count);
            }
            writer.finish();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.toByteArray());
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(EXECUTABLE);
        assertThat(failures).isEmpty();
    }

    @Test
    void tellsWhyItCannotWrite() throws Exception {
        Path file = directory.resolve("absent/lavap");
        assertThatThrownBy(() -> BinaryWriter.start(file, EXECUTABLE, scheduler))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent/lavap");
        assertThat(failures).isEmpty();
    }

    /// A download that broke off at once was cleaned away before the writing thread had made the
    /// file, and the next one found it there.
    @Test
    void whatIsGivenUpAndDeletedDoesNotComeBack() throws Exception {
        Path file = directory.resolve("lavap");
        for (int i = 0; i < 200; i++) {
            BinaryWriter.start(file, EXECUTABLE, scheduler).close();
            Files.delete(file);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void endsWhenItIsGivenUp() throws Exception {
        Path file = directory.resolve("given-up");
        try (BinaryWriter writer = BinaryWriter.start(file, EXECUTABLE, scheduler)) {
            writer.write(writer.free(), 10);
        }
        await().until(() ->
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("write-given-up")));
    }
}
