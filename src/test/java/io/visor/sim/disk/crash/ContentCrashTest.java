package io.visor.sim.disk.crash;

import static io.visor.sim.disk.crash.Outcomes.all;
import static io.visor.sim.disk.crash.Outcomes.bytes;
import static io.visor.sim.disk.crash.Outcomes.durable;
import static io.visor.sim.disk.crash.Outcomes.move;
import static io.visor.sim.disk.crash.Outcomes.outcomes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.sim.disk.Fault;
import io.visor.sim.disk.Operation;
import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.SimFileSystem;
import io.visor.sim.disk.crash.PowerCuts.Died;
import io.visor.sim.disk.medium.Errno;
import io.visor.store.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a power cut leaves of what stands in files, over many seeds: all of what it may leave, and
/// nothing else.
final class ContentCrashTest {

    private static final int PAGE = 4096;

    @Test
    void aFileThatWasNotFlushedIsThereTornOrNotThere() throws IOException {
        Set<String> seen =
                outcomes(
                        fileSystem -> {},
                        fileSystem -> Files.write(fileSystem.getPath("/f"), bytes("n", 3 * PAGE)),
                        Outcomes::all);
        assertThat(seen)
                .contains("", "/f=", "/f=12288n")
                .anyMatch(each -> each.matches("/f=\\d+n") && !each.equals("/f=12288n"))
                .contains("/f=4096n409604096n", "/f=409608192n")
                .allMatch(each -> each.matches("|/f=(\\d+[n0])*"));
    }

    @Test
    void whatIsWrittenInPlaceMixesWithWhatWasThere() throws IOException {
        Set<String> seen =
                outcomes(
                        fileSystem -> durable(fileSystem, "/f", bytes("o", 2 * PAGE)),
                        fileSystem ->
                                Files.write(
                                        fileSystem.getPath("/f"),
                                        bytes("n", 2 * PAGE),
                                        StandardOpenOption.WRITE),
                        Outcomes::all);
        assertThat(seen)
                .contains("/f=8192o", "/f=8192n", "/f=4096n4096o", "/f=4096o4096n")
                .anyMatch(each -> each.matches("/f=\\d{1,3}n\\d+o"))
                .allMatch(each -> each.matches("/f=(\\d+n)?(\\d+o)?(\\d+n)?"));
    }

    @Test
    void whatWasCutOffDoesNotComeBackBehindWhatIsNew() throws IOException {
        Set<String> seen =
                outcomes(
                        fileSystem -> durable(fileSystem, "/f", bytes("o", 2 * PAGE)),
                        fileSystem -> Files.write(fileSystem.getPath("/f"), bytes("n", 100)),
                        Outcomes::all);
        assertThat(seen)
                .contains("/f=8192o", "/f=100n", "/f=")
                .allMatch(each -> each.matches("/f=8192o|/f=(\\d+n)?(\\d+0)?"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void permissionsAreKeptByTheNextFsyncOnly(boolean metadata) throws IOException {
        Set<String> seen =
                outcomes(
                        fileSystem -> durable(fileSystem, "/f", bytes("n", 1)),
                        fileSystem -> {
                            Path file = fileSystem.getPath("/f");
                            Files.setPosixFilePermissions(
                                    file, PosixFilePermissions.fromString("r-xr-xr-x"));
                            DurableFiles.syncDirectory(fileSystem.getPath("/"));
                            try (FileChannel channel =
                                    FileChannel.open(file, StandardOpenOption.WRITE)) {
                                channel.force(metadata);
                            }
                        },
                        fileSystem ->
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(fileSystem.getPath("/f"))));
        assertThat(seen)
                .isEqualTo(metadata ? Set.of("r-xr-xr-x") : Set.of("rw-r--r--", "r-xr-xr-x"));
    }

    @Test
    void aSecondFsyncDoesNotMendOneThatFailed() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> durable(fileSystem, "/f", bytes("o", 2)),
                                fileSystem -> {
                                    try (FileChannel channel =
                                            FileChannel.open(
                                                    fileSystem.getPath("/f"),
                                                    StandardOpenOption.WRITE)) {
                                        channel.write(ByteBuffer.wrap(bytes("n", 2)));
                                        fileSystem
                                                .disk()
                                                .failNext(
                                                        Operation.Kind.SYNC,
                                                        Fault.refuse(Errno.EIO));
                                        assertThatThrownBy(() -> channel.force(true))
                                                .isInstanceOf(IOException.class)
                                                .hasMessage("Input/output error");
                                        channel.force(true);
                                    }
                                    assertThat(all(fileSystem)).isEqualTo("/f=2n");
                                },
                                Outcomes::all))
                .containsExactly("/f=2o");
    }

    @Test
    void whatIsWrittenAgainAfterAFailedFsyncIsKeptByTheNext() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> durable(fileSystem, "/f", bytes("o", 2)),
                                fileSystem -> {
                                    Path file = fileSystem.getPath("/f");
                                    fileSystem
                                            .disk()
                                            .failNext(Operation.Kind.SYNC, Fault.refuse(Errno.EIO));
                                    Files.write(file, bytes("n", 2));
                                    assertThatThrownBy(() -> DurableFiles.sync(file))
                                            .isInstanceOf(IOException.class);
                                    Files.write(file, bytes("m", 2), StandardOpenOption.WRITE);
                                    DurableFiles.sync(file);
                                },
                                Outcomes::all))
                .containsExactly("/f=2m");
    }

    @Test
    void aKilledProcessLosesNothing() throws IOException {
        SimDisk disk = PowerCuts.disk(1);
        SimFileSystem process = disk.mount(Died::new);
        Files.write(process.getPath("/f"), bytes("n", 5));
        move(process, "/f", "/g");
        process.kill();
        assertThat(all(disk.mount(Died::new))).isEqualTo("/g=5n");
    }

    @Test
    void nothingThatADeadProcessLeavesChangesTheDisk() throws IOException {
        SimDisk disk = PowerCuts.disk(1);
        SimFileSystem process = disk.mount(Died::new);
        Path file = process.getPath("/home/file");
        durable(process, "/home/file", bytes("o", 1));
        disk.failNext(Operation.Kind.RENAME, Fault.kill(Fault.Moment.BEFORE));
        FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE);
        assertThatThrownBy(() -> DurableFiles.write(file, bytes("n", 1))).isInstanceOf(Died.class);
        assertThatThrownBy(() -> open.write(ByteBuffer.wrap(bytes("n", 1))))
                .isInstanceOf(Died.class);
        assertThatThrownBy(() -> Files.delete(file)).isInstanceOf(Died.class);
        open.close();
        // The temporary file that `finally` would have deleted is there.
        assertThat(all(disk.mount(Died::new))).matches("/home/.file.*=1n /home/file=1o");
    }
}
