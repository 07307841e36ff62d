package io.visor.sim.disk.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Lavap;
import io.visor.model.Version;
import io.visor.release.ActiveLink;
import io.visor.release.VersionStore;
import io.visor.sim.disk.SimFileSystem;
import io.visor.sim.disk.crash.PowerCuts.Check;
import io.visor.sim.disk.crash.PowerCuts.Work;
import io.visor.store.DurableFiles;
import io.visor.store.LinkSwap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is durable stays, wherever the power is cut; and what only seems to be durable is found
/// out.
final class DurabilityTest {

    private static final int SEEDS = 60;

    /// As many seeds find each of the mistakes below.
    private static final int SEEDS_TO_FIND = 40;

    private static final byte[] OLD = "the old content\n".getBytes(UTF_8);
    private static final byte[] NEW =
            "the new content, which is longer\n".repeat(300).getBytes(UTF_8);

    private static final Work OLD_FILE =
            fileSystem -> DurableFiles.write(fileSystem.getPath("/home/file"), OLD);

    private static final Check OLD_OR_NEW =
            (fileSystem, done) ->
                    assertThat(content(fileSystem.getPath("/home/file")))
                            .isIn(done ? List.of("new") : List.of("old", "new"));

    private static String content(Path file) throws IOException {
        byte[] found = Files.readAllBytes(file);
        return Arrays.equals(found, OLD)
                ? "old"
                : Arrays.equals(found, NEW) ? "new" : "neither: " + found.length + " bytes";
    }

    private static void makeDirectory(SimFileSystem fileSystem, String path) throws IOException {
        DurableFiles.createDirectories(fileSystem.getPath(path));
    }

    @Test
    void aWriteLeavesTheOldContentOrTheNewOne() throws IOException {
        Work write = fileSystem -> DurableFiles.write(fileSystem.getPath("/home/file"), NEW);
        new PowerCuts(OLD_FILE, write).check(SEEDS, OLD_OR_NEW);
    }

    @Test
    void aWriteOfANewFileLeavesNothingOrAllOfIt() throws IOException {
        new PowerCuts(
                        fileSystem -> {},
                        fileSystem -> DurableFiles.write(fileSystem.getPath("/a/b/file"), NEW))
                .check(
                        SEEDS,
                        (fileSystem, done) -> {
                            Path file = fileSystem.getPath("/a/b/file");
                            if (done || Files.exists(file)) {
                                assertThat(content(file)).isEqualTo("new");
                            }
                        });
    }

    @Test
    void directoriesStayOnceMade() throws IOException {
        new PowerCuts(fileSystem -> {}, fileSystem -> makeDirectory(fileSystem, "/a/b/c"))
                .check(
                        SEEDS,
                        (fileSystem, done) ->
                                assertThat(!done || Files.isDirectory(fileSystem.getPath("/a/b/c")))
                                        .isTrue());
    }

    private static void link(SimFileSystem fileSystem, String target) throws IOException {
        LinkSwap swap = LinkSwap.prepare(fileSystem.getPath("/bin/it"), fileSystem.getPath(target));
        swap.commit();
        swap.sync();
    }

    private static final Check OLD_LINK_OR_NEW =
            (fileSystem, done) ->
                    assertThat(Files.readSymbolicLink(fileSystem.getPath("/bin/it")).toString())
                            .isIn(done ? List.of("../v2/it") : List.of("../v1/it", "../v2/it"));

    @Test
    void aLinkLeadsToTheOneOrTheOther() throws IOException {
        new PowerCuts(
                        fileSystem -> link(fileSystem, "../v1/it"),
                        fileSystem -> link(fileSystem, "../v2/it"))
                .check(SEEDS, OLD_LINK_OR_NEW);
    }

    @Test
    void aDirectoryThatIsMovedIsWholeWhereItWasOrWhereItIs() throws IOException {
        new PowerCuts(
                        fileSystem -> {
                            makeDirectory(fileSystem, "/upgrades/.staging/v1");
                            DurableFiles.write(fileSystem.getPath("/upgrades/.staging/v1/it"), NEW);
                        },
                        fileSystem ->
                                DurableFiles.rename(
                                        fileSystem.getPath("/upgrades/.staging/v1"),
                                        fileSystem.getPath("/upgrades/v1")))
                .check(
                        SEEDS,
                        (fileSystem, done) -> {
                            Path here = fileSystem.getPath("/upgrades/v1/it");
                            Path there = fileSystem.getPath("/upgrades/.staging/v1/it");
                            assertThat(Files.exists(here)).isNotEqualTo(Files.exists(there));
                            assertThat(Files.exists(here) || !done).isTrue();
                            assertThat(content(Files.exists(here) ? here : there)).isEqualTo("new");
                        });
    }

    /// The release code on the simulated disk: it is handed its paths, and does not know.
    @Test
    void theActiveVersionIsOneThatIsThere() throws IOException {
        List<Version> versions = List.of(Version.of("1.0.0"), Version.of("1.1.0"));
        new PowerCuts(
                        fileSystem -> {
                            VersionStore store = store(fileSystem);
                            for (Version version : versions) {
                                DurableFiles.write(store.binary(version), NEW);
                            }
                            link(fileSystem, store).activate(versions.get(0));
                        },
                        fileSystem -> link(fileSystem, store(fileSystem)).activate(versions.get(1)))
                .check(
                        SEEDS,
                        (fileSystem, done) -> {
                            VersionStore store = store(fileSystem);
                            assertThat(store.local()).isEqualTo(versions);
                            ActiveLink link = link(fileSystem, store);
                            assertThat(link.active().orElseThrow())
                                    .isIn(done ? versions.subList(1, 2) : versions);
                            assertThat(content(link.path())).isEqualTo("new");
                        });
    }

    private static VersionStore store(SimFileSystem fileSystem) {
        return new VersionStore(
                Lavap.NAME, Lavap.BINARY, fileSystem.getPath("/home/.lavavisor/upgrades"));
    }

    private static ActiveLink link(SimFileSystem fileSystem, VersionStore store) {
        return new ActiveLink(store, fileSystem.getPath("/home/.lavavisor/bin"), Lavap.BINARY);
    }

    // Mistakes that must be found

    /// What [DurableFiles#write] does, as far as asked for.
    private static void write(SimFileSystem fileSystem, boolean flush, boolean flushDirectory)
            throws IOException {
        Path file = fileSystem.getPath("/home/file");
        Path temporary = fileSystem.getPath("/home/.file.tmp");
        Files.write(temporary, NEW);
        if (flush) {
            DurableFiles.sync(temporary);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        if (flushDirectory) {
            DurableFiles.syncDirectory(fileSystem.getPath("/home"));
        }
    }

    private static void findMistake(Work before, Work mistake, Check check) throws IOException {
        assertThat(new PowerCuts(before, mistake).problems(SEEDS_TO_FIND, check, 1)).isNotEmpty();
    }

    @Test
    void theCopyWithoutMistakesPasses() throws IOException {
        new PowerCuts(OLD_FILE, fileSystem -> write(fileSystem, true, true))
                .check(SEEDS, OLD_OR_NEW);
    }

    @Test
    void aWriteWithoutFsyncIsFound() throws IOException {
        findMistake(OLD_FILE, fileSystem -> write(fileSystem, false, true), OLD_OR_NEW);
    }

    @Test
    void aWriteWithoutFsyncOfTheDirectoryIsFound() throws IOException {
        findMistake(OLD_FILE, fileSystem -> write(fileSystem, true, false), OLD_OR_NEW);
    }

    @Test
    void aWriteInPlaceIsFound() throws IOException {
        findMistake(
                OLD_FILE,
                fileSystem -> {
                    Path file = fileSystem.getPath("/home/file");
                    try (FileChannel channel =
                            FileChannel.open(
                                    file,
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.TRUNCATE_EXISTING)) {
                        channel.write(ByteBuffer.wrap(NEW));
                        channel.force(true);
                    }
                },
                OLD_OR_NEW);
    }

    @Test
    void aDirectoryWithoutFsyncOfTheOneAboveIsFound() throws IOException {
        findMistake(
                OLD_FILE,
                fileSystem -> {
                    Path directory = fileSystem.getPath("/home/new");
                    Files.createDirectory(directory);
                    DurableFiles.write(directory.resolve("file"), NEW);
                },
                (fileSystem, done) ->
                        assertThat(!done || Files.exists(fileSystem.getPath("/home/new/file")))
                                .isTrue());
    }

    @Test
    void aLinkThatIsDeletedAndMadeAnewIsFound() throws IOException {
        findMistake(
                fileSystem -> link(fileSystem, "../v1/it"),
                fileSystem -> {
                    Path link = fileSystem.getPath("/bin/it");
                    Files.delete(link);
                    Files.createSymbolicLink(link, fileSystem.getPath("../v2/it"));
                    DurableFiles.syncDirectory(fileSystem.getPath("/bin"));
                },
                OLD_LINK_OR_NEW);
    }

    @Test
    void aLinkSwapWithoutSyncIsFound() throws IOException {
        findMistake(
                fileSystem -> link(fileSystem, "../v1/it"),
                fileSystem ->
                        LinkSwap.prepare(
                                        fileSystem.getPath("/bin/it"),
                                        fileSystem.getPath("../v2/it"))
                                .commit(),
                OLD_LINK_OR_NEW);
    }
}
