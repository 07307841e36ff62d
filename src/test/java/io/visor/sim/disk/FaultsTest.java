package io.visor.sim.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.FileFailures;
import io.visor.sim.SimScheduler;
import io.visor.sim.disk.Operation.Kind;
import io.visor.sim.disk.crash.PowerCuts;
import io.visor.sim.disk.medium.Errno;
import io.visor.store.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a simulation can do to a disk, and see of it.
final class FaultsTest {

    private static final int PAGE = 4096;

    private final SimDisk disk = PowerCuts.disk(1);
    private final SimFileSystem process = disk.mount(PowerCuts.Died::new);
    private final Path file = process.getPath("/file");

    @Test
    void aFullDiskTakesWhatFits() throws IOException {
        disk.setCapacity(disk.used() + 2 * PAGE);
        assertThatThrownBy(() -> Files.write(file, new byte[3 * PAGE]))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
        assertThat(Files.size(file)).isEqualTo(2 * PAGE);
        assertThat(Files.getFileStore(file).getUsableSpace()).isZero();
        // What is there can be written over, and renamed.
        Files.write(file, new byte[] {1}, StandardOpenOption.WRITE);
        Files.move(file, process.getPath("/other"));
        assertThatThrownBy(() -> Files.createDirectory(process.getPath("/directory")))
                .isInstanceOfSatisfying(
                        FileSystemException.class,
                        e -> {
                            assertThat(e.getReason()).isEqualTo("No space left on device");
                            assertThat(FileFailures.isFull(e)).isTrue();
                        });
        Files.delete(process.getPath("/other"));
        assertThat(Files.getFileStore(process.getPath("/")).getUsableSpace()).isEqualTo(2 * PAGE);
        Files.createDirectory(process.getPath("/directory"));
    }

    @Test
    void aFileWithoutANameTakesRoomUntilItIsClosed() throws IOException {
        long before = disk.used();
        Files.write(file, new byte[PAGE]);
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
            Files.delete(file);
            assertThat(open.read(ByteBuffer.allocate(PAGE))).isEqualTo(PAGE);
            assertThat(disk.used()).isEqualTo(before + PAGE);
        }
        assertThat(disk.used()).isEqualTo(before);
        Files.write(file, new byte[PAGE]);
        FileChannel _ = FileChannel.open(file, StandardOpenOption.READ);
        Files.delete(file);
        process.kill();
        assertThat(disk.used()).isEqualTo(before);
    }

    @Test
    void theRoomIsCountedAnewAfterAPowerCut() throws IOException {
        DurableFiles.write(process.getPath("/home/file"), new byte[PAGE + 1]);
        long before = disk.used();
        Files.write(process.getPath("/home/new"), new byte[5 * PAGE]);
        Files.delete(process.getPath("/home/file"));
        disk.cutPower();
        long pages = 0;
        try (Stream<Path> found = Files.walk(disk.mount(PowerCuts.Died::new).getPath("/"))) {
            for (Path path : found.toList()) {
                pages += Files.isDirectory(path) ? 1 : (Files.size(path) + PAGE - 1) / PAGE;
            }
        }
        assertThat(before).isEqualTo(4 * PAGE);
        // A hole takes no room.
        assertThat(disk.used()).isBetween(2L * PAGE, pages * PAGE);
    }

    @Test
    void oneOperationFails() throws IOException {
        Files.write(file, new byte[1]);
        disk.failNext(Kind.RENAME, Fault.refuse(Errno.EROFS));
        assertThatThrownBy(() -> Files.move(file, process.getPath("/other")))
                .isInstanceOf(FileSystemException.class)
                .hasMessage("/file -> /other: Read-only file system");
        assertThat(file).exists();
        Files.move(file, process.getPath("/other"));
    }

    @Test
    void oneOperationIsDoneAndSaidToHaveFailed() throws IOException {
        Files.write(file, new byte[1]);
        disk.failNext(Kind.RENAME, Fault.refuseAfterwards(Errno.EIO));
        assertThatThrownBy(() -> Files.move(file, process.getPath("/other")))
                .hasMessage("/file -> /other: Input/output error");
        assertThat(process.getPath("/other")).exists();
    }

    @Test
    void aSourceIsAskedBeforeEachOperation() throws IOException {
        List<Kind> asked = new ArrayList<>();
        disk.setFaults(operation -> {
            asked.add(operation.kind());
            return operation.path().equals("/full") ? Fault.refuse(Errno.ENOSPC) : null;
        });
        DurableFiles.write(file, new byte[1]);
        assertThat(asked)
                .containsExactly(
                        Kind.LOOK,
                        Kind.CREATE,
                        Kind.WRITE,
                        Kind.SYNC,
                        Kind.RENAME,
                        Kind.DELETE,
                        Kind.OPEN,
                        Kind.SYNC);
        assertThatThrownBy(() -> Files.write(process.getPath("/full"), new byte[1]))
                .hasMessage("/full: No space left on device");
        assertThat(disk.operations()).isEqualTo(asked.size());
    }

    @Test
    void aSourceMayCutThePowerItself() throws IOException {
        DurableFiles.write(file, new byte[1]);
        disk.setFaults(operation -> {
            if (operation.kind() == Kind.DELETE) {
                disk.cutPower();
            }
            return null;
        });
        assertThatThrownBy(() -> Files.delete(file)).isInstanceOf(PowerCuts.Died.class);
        assertThat(disk.mount(PowerCuts.Died::new).getPath("/file")).exists();
    }

    @Test
    void theTraceSaysWhatHappened() throws IOException {
        Files.write(file, new byte[1]);
        disk.failNext(Kind.CHANGE, Fault.kill(Fault.Moment.AFTER));
        assertThatThrownBy(() -> Files.delete(process.getPath("/none")));
        assertThatThrownBy(() -> Files.setPosixFilePermissions(file, Set.of()))
                .isInstanceOf(PowerCuts.Died.class);
        assertThat(disk.trace())
                .containsExactly(
                        "#1 CREATE /file",
                        "#2 WRITE /file",
                        "#3 DELETE /none: ENOENT",
                        "#4 CHANGE /file: the process died");
    }

    @Test
    void aDirectoryIsListedInAnyOrder() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            Files.createDirectory(process.getPath("/" + name));
        }
        Set<List<String>> orders = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            try (Stream<Path> found = Files.list(process.getPath("/"))) {
                orders.add(found.map(Path::toString).toList());
            }
        }
        assertThat(orders).hasSize(6);
    }

    @Test
    void timesAreTheClocks() throws IOException {
        SimScheduler scheduler = new SimScheduler(1);
        SimFileSystem timed = new SimDisk(1, scheduler.clock()).mount(PowerCuts.Died::new);
        Path path = timed.getPath("/file");
        Files.write(path, new byte[1]);
        Instant made = Files.getLastModifiedTime(path).toInstant();
        assertThat(made).isEqualTo(scheduler.clock().now());
        scheduler.runFor(Duration.ofSeconds(3));
        Files.write(path, new byte[2]);
        assertThat(Files.getLastModifiedTime(path).toInstant()).isEqualTo(made.plusSeconds(3));
        assertThat(Files.readAttributes(path, "unix:ino,size,lastModifiedTime,ctime"))
                .containsEntry("size", 2L)
                .containsEntry("ctime", Files.getLastModifiedTime(path))
                .containsOnlyKeys("ino", "size", "lastModifiedTime", "ctime");
    }

    @Test
    void ownersAreWhoeverTheyAreSetTo() throws IOException {
        Files.write(file, new byte[1]);
        assertThat(Files.getOwner(file).getName()).isEqualTo("root");
        Files.setOwner(
                file, process.getUserPrincipalLookupService().lookupPrincipalByName("mallory"));
        assertThat(Files.getOwner(file).getName()).isEqualTo("mallory");
    }

    @Test
    void pathsOfOneProcessAreNotThoseOfAnother() {
        SimFileSystem other = disk.mount(PowerCuts.Died::new);
        assertThat(other.getPath("/file")).isNotEqualTo(file);
        assertThatThrownBy(() ->
                        Files.move(file, other.getPath("/other"), StandardCopyOption.ATOMIC_MOVE))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.resolve(other.getPath("other")))
                .isInstanceOf(ProviderMismatchException.class);
        assertThatThrownBy(() -> file.resolve(Path.of("other")))
                .isInstanceOf(ProviderMismatchException.class);
    }

    @Test
    void whatItCannotDoItNames() throws IOException {
        assertThatThrownBy(() -> FileChannel.open(file, StandardOpenOption.DSYNC))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("a simulated disk does not know DSYNC");
        Files.write(file, new byte[1]);
        try (FileChannel channel = FileChannel.open(file)) {
            assertThatThrownBy(() -> channel.map(MapMode.READ_ONLY, 0, 1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("a simulated disk maps no file into memory");
            assertThatThrownBy(channel::tryLock)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("a simulated disk locks no file");
        }
        assertThatThrownBy(() -> file.toFile()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void theTextOfFilesIsTheirs() throws IOException {
        Files.writeString(file, "one\n", UTF_8);
        Files.writeString(file, "two\n", StandardOpenOption.APPEND);
        assertThat(Files.readAllLines(file)).containsExactly("one", "two");
        assertThat(process.getPath("/").relativize(process.getPath("/a/b"))).hasToString("a/b");
        assertThat(process.getPath("a", "..", "b").toAbsolutePath().normalize()).hasToString("/b");
    }
}
