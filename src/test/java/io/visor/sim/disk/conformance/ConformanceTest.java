package io.visor.sim.disk.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.SimFileSystem;
import io.visor.sim.disk.crash.PowerCuts;
import io.visor.sim.disk.crash.PowerCuts.Died;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The simulated disk against the real one: the same uses, the same outcomes, failures included.
final class ConformanceTest {

    /// Deeper than a `..` in a link that was moved leads out of it.
    private static final String ROOT = "1/2/3/4/5/6/7/8/9/10/root";

    private static final int SEEDS = 200;
    private static final int STEPS = 120;

    @TempDir private Path temporary;

    @Test
    void doesWhatTheRealOneDoes() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            compare(seed);
        }
    }

    private void compare(long seed) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        SimFileSystem fileSystem = PowerCuts.disk(seed).mount(Died::new);
        fileSystem.setUmask(umask(directory));
        RandomSteps steps = new RandomSteps(seed);
        List<String> made = new ArrayList<>();
        Supplier<String> story = () -> "seed " + seed + ":\n" + String.join("\n", made);
        try (World real = new World(Files.createDirectories(directory.resolve(ROOT)));
                World simulated =
                        new World(
                                Files.createDirectories(
                                        fileSystem.getPath("/simulated/" + ROOT)))) {
            for (int i = 0; i < STEPS; i++) {
                Step step = steps.next();
                String expected = step.on(real);
                String outcome = step.on(simulated);
                made.add(step + ": " + expected);
                assertThat(outcome).as(story).isEqualTo(expected);
            }
            assertThat(simulated.dump()).as(story).isEqualTo(real.dump());
        }
    }

    /// What is taken away from a new directory here.
    private static int umask(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        int umask = 0;
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            umask = umask << 1 | (permissions.contains(permission) ? 0 : 1);
        }
        return umask;
    }

    @Test
    void theSameSeedDoesTheSame() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(life(seed)).isEqualTo(life(seed));
        }
        assertThat(life(1)).isNotEqualTo(life(2));
    }

    /// All that can be seen of a disk that is used at random, with power cuts.
    private static List<String> life(long seed) throws IOException {
        SimDisk disk = PowerCuts.disk(seed);
        RandomSteps steps = new RandomSteps(1);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            SimFileSystem process = disk.mount(Died::new);
            World world = new World(Files.createDirectories(process.getPath("/root")));
            for (int j = 0; j < 100; j++) {
                seen.add(steps.next().on(world));
            }
            try (Stream<Path> found = Files.walk(world.root())) {
                found.forEach(path -> seen.add(path.toString()));
            }
            seen.addAll(disk.cutPower());
        }
        seen.addAll(disk.trace());
        return seen;
    }
}
