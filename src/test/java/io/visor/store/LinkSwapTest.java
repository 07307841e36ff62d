package io.visor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinkSwapTest {

    @TempDir Path directory;

    private Path link;

    @BeforeEach
    void name() {
        link = directory.resolve("bin/lavap");
    }

    private void swap(String target) throws IOException {
        LinkSwap swap = LinkSwap.prepare(link, Path.of(target));
        swap.commit();
        swap.sync();
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of(target));
    }

    private String kept(String name) throws IOException {
        return Files.readString(link.resolveSibling(name));
    }

    @Test
    void aRegularFileInItsPlaceIsKept() throws IOException {
        swap("a");
        Files.delete(link);
        Files.writeString(link, "first");
        swap("b");
        assertThat(kept("lavap.before-visor")).isEqualTo("first");
        Files.delete(link);
        Files.writeString(link, "second");
        swap("c");
        assertThat(kept("lavap.before-visor")).isEqualTo("first");
        assertThat(kept("lavap.before-visor.2")).isEqualTo("second");
    }

    @Test
    void whatIsPreparedTwiceIsKeptOnce() throws IOException {
        Files.createDirectories(directory.resolve("bin"));
        Files.writeString(link, "first");
        LinkSwap unused = LinkSwap.prepare(link, Path.of("a"));
        swap("b");
        assertThat(link.resolveSibling("lavap.before-visor.2")).doesNotExist();
        assertThat(kept("lavap.before-visor")).isEqualTo("first");
    }
}
