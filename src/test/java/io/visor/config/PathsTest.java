package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PathsTest {

    private static final Paths PATHS = new Paths(Path.of("/srv"), Path.of("/home/op"));

    @Test
    void aTildeIsTheUsersHomeAndTheRestStartsFromTheFile() {
        assertThat(PATHS.resolve("~")).isEqualTo(Path.of("/home/op"));
        assertThat(PATHS.resolve("~/a")).isEqualTo(Path.of("/home/op/a"));
        assertThat(PATHS.resolve("~a")).isEqualTo(Path.of("/srv/~a"));
        assertThat(PATHS.resolve("../a")).isEqualTo(Path.of("/a"));
        assertThat(PATHS.resolveProgram(List.of("./a", "./b"))).containsExactly("/srv/a", "./b");
    }

    @Test
    void aPathThatTheSystemCannotNameIsNoFaultInVisor() {
        // In the locale C letters beyond ASCII would do as well.
        assertThatThrownBy(() -> PATHS.resolve("a\0"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("cannot name; set LC_ALL=C.UTF-8");
    }
}
