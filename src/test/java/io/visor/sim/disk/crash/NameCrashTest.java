package io.visor.sim.disk.crash;

import static io.visor.sim.disk.crash.Outcomes.all;
import static io.visor.sim.disk.crash.Outcomes.bytes;
import static io.visor.sim.disk.crash.Outcomes.durable;
import static io.visor.sim.disk.crash.Outcomes.move;
import static io.visor.sim.disk.crash.Outcomes.outcomes;
import static io.visor.sim.disk.crash.Outcomes.sync;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.SimFileSystem;
import io.visor.sim.disk.crash.PowerCuts.Died;
import io.visor.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a power cut leaves of names, over many seeds: all of what it may leave, and nothing else.
final class NameCrashTest {

    @Test
    void flushingAFileDoesNotKeepItsName() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {},
                                fileSystem -> {
                                    Files.write(fileSystem.getPath("/f"), bytes("n", 10));
                                    sync(fileSystem, "/f");
                                },
                                Outcomes::all))
                .containsExactly("", "/f=10n");
    }

    @Test
    void flushingADirectoryKeepsNamesButNoContent() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {},
                                fileSystem -> {
                                    Files.write(fileSystem.getPath("/f"), bytes("n", 1));
                                    sync(fileSystem, "/");
                                },
                                Outcomes::all))
                .contains("/f=", "/f=1n")
                .doesNotContain("");
    }

    @Test
    void flushingADirectoryDoesNotKeepItsOwnName() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {},
                                fileSystem -> {
                                    Files.createDirectory(fileSystem.getPath("/d"));
                                    Files.write(fileSystem.getPath("/d/f"), bytes("n", 1));
                                    sync(fileSystem, "/d/f");
                                    sync(fileSystem, "/d");
                                },
                                Outcomes::all))
                .containsExactly("", "/d/f=1n");
    }

    @Test
    void aRenameIsDoneOrNot() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> durable(fileSystem, "/x", bytes("n", 1)),
                                fileSystem -> move(fileSystem, "/x", "/y"),
                                Outcomes::all))
                .containsExactly("/x=1n", "/y=1n");
    }

    @Test
    void severalRenamesOfOneFileKeepTheirOrder() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> durable(fileSystem, "/x", bytes("n", 1)),
                                fileSystem -> {
                                    move(fileSystem, "/x", "/y");
                                    move(fileSystem, "/y", "/z");
                                },
                                Outcomes::all))
                .containsExactly("/x=1n", "/y=1n", "/z=1n");
    }

    @Test
    void aRenameOverAnotherFileLeavesOneOfThem() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {
                                    durable(fileSystem, "/x", bytes("n", 1));
                                    durable(fileSystem, "/y", bytes("o", 1));
                                },
                                fileSystem -> move(fileSystem, "/x", "/y"),
                                Outcomes::all))
                .containsExactly("/x=1n /y=1o", "/y=1n");
    }

    private static void twoDirectories(SimFileSystem fileSystem) throws IOException {
        DurableFiles.createDirectories(fileSystem.getPath("/b"));
        durable(fileSystem, "/a/f", bytes("n", 1));
    }

    @Test
    void aRenameBetweenDirectoriesIsDoneOrNot() throws IOException {
        assertThat(
                        outcomes(
                                NameCrashTest::twoDirectories,
                                fileSystem -> move(fileSystem, "/a/f", "/b/f"),
                                Outcomes::all))
                .containsExactly("/a/f=1n", "/b/f=1n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/b"})
    void flushingEitherDirectoryKeepsARename(String flushed) throws IOException {
        assertThat(
                        outcomes(
                                NameCrashTest::twoDirectories,
                                fileSystem -> {
                                    move(fileSystem, "/a/f", "/b/f");
                                    sync(fileSystem, flushed);
                                },
                                Outcomes::all))
                .containsExactly("/b/f=1n");
    }

    @Test
    void nothingIsLostWithADirectoryThatItWasMovedInto() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> durable(fileSystem, "/a/f", bytes("n", 1)),
                                fileSystem -> {
                                    Files.createDirectories(fileSystem.getPath("/b/c"));
                                    move(fileSystem, "/a/f", "/b/c/f");
                                    sync(fileSystem, "/a");
                                },
                                Outcomes::all))
                .containsExactly("/b/c/f=1n");
    }

    @Test
    void nothingIsLostWithADirectoryThatItWasMovedOutOf() throws IOException {
        assertThat(
                        outcomes(
                                NameCrashTest::twoDirectories,
                                fileSystem -> {
                                    move(fileSystem, "/a/f", "/b/f");
                                    Files.delete(fileSystem.getPath("/a"));
                                },
                                Outcomes::all))
                .containsExactly("/a/f=1n", "/b/f=1n");
    }

    @Test
    void namesAreKeptUpToACutOrEachOnItsOwn() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {},
                                fileSystem -> {
                                    for (String name : new String[] {"/a", "/b", "/c"}) {
                                        Files.createDirectory(fileSystem.getPath(name));
                                    }
                                },
                                fileSystem -> {
                                    try (Stream<Path> found = Files.list(fileSystem.getPath("/"))) {
                                        return found.map(Path::toString)
                                                .sorted()
                                                .collect(Collectors.joining());
                                    }
                                }))
                .containsExactly("", "/a", "/a/b", "/a/b/c", "/a/c", "/b", "/b/c", "/c");
    }

    @Test
    void aSymbolicLinkHasItsWholeTarget() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {},
                                fileSystem ->
                                        Files.createSymbolicLink(
                                                fileSystem.getPath("/link"),
                                                fileSystem.getPath("a/long/target")),
                                fileSystem -> {
                                    Path link = fileSystem.getPath("/link");
                                    return Files.isSymbolicLink(link)
                                            ? Files.readSymbolicLink(link).toString()
                                            : "";
                                }))
                .containsExactly("", "a/long/target");
    }

    @Test
    void aHardLinkKeepsWhatLosesItsFirstName() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> durable(fileSystem, "/f", bytes("n", 1)),
                                fileSystem -> {
                                    Files.createLink(
                                            fileSystem.getPath("/g"), fileSystem.getPath("/f"));
                                    sync(fileSystem, "/");
                                    Files.delete(fileSystem.getPath("/f"));
                                },
                                fileSystem ->
                                        all(fileSystem)
                                                + Files.getAttribute(
                                                        fileSystem.getPath("/g"), "unix:nlink")))
                .containsExactly("/f=1n /g=1n2", "/g=1n1");
    }

    @Test
    void theOldestOfVeryManyNamesAreKept() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            SimDisk disk = PowerCuts.disk(seed);
            SimFileSystem process = disk.mount(Died::new);
            for (int i = 0; i < 2000; i++) {
                Files.createDirectory(process.getPath("/" + i));
            }
            disk.cutPower();
            SimFileSystem next = disk.mount(Died::new);
            for (int i = 0; i < 1000; i++) {
                assertThat(next.getPath("/" + i)).isDirectory();
            }
        }
    }

    @Test
    void allIsKeptOnceAllIsFlushed() throws IOException {
        assertThat(
                        outcomes(
                                fileSystem -> {},
                                fileSystem -> {
                                    Files.createDirectories(fileSystem.getPath("/a/b"));
                                    Files.write(fileSystem.getPath("/a/b/f"), bytes("n", 1));
                                    Files.write(fileSystem.getPath("/g"), bytes("n", 5000));
                                    fileSystem.disk().flush();
                                },
                                Outcomes::all))
                .containsExactly("/a/b/f=1n /g=5000n");
    }
}
