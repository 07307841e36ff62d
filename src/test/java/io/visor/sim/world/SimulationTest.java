package io.visor.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs simulations. One that fails names its seed; `scripts/simulate.sh --seed N` plays it again.
final class SimulationTest {

    private static final int FRESH = Integer.getInteger("sim.seeds", 150);
    private static final int MUTANT_SEEDS = 1000;

    /// Seeds that found a fault once.
    @ParameterizedTest
    @ValueSource(
            longs = {
                20,
                44,
                53,
                1032,
                1539,
                1560,
                1824,
                1902,
                2171,
                2998,
                79,
                200044,
                3174863785L,
                8222574L,
                9211474L,
                10208394L,
                6100276,
                12001923,
                13026350,
                14308050
            })
    void seedsThatFoundFaults(long seed) {
        assertThat(Simulation.run(seed).lives()).isPositive();
    }

    /// Other seeds each time: that they differ is what they are for, and each can be played again.
    @Test
    void freshSeeds() {
        long from = System.nanoTime() & 0xffff_ffffL;
        long upgrades =
                LongStream.range(from, from + FRESH)
                        .map(seed -> Simulation.run(seed).upgrades())
                        .sum();
        assertThat(upgrades).as("upgrades of %s seeds from %s", FRESH, from).isGreaterThan(FRESH);
    }

    @Test
    void aSeedSaysAllThatHappens() {
        assertThat(Simulation.run(53)).isEqualTo(Simulation.run(53));
    }

    /// A simulation that finds nothing may look in the wrong places: mistakes that are made on
    /// purpose must be found.
    @ParameterizedTest
    @EnumSource(value = Mutation.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeIsFound(Mutation mutation) {
        assertThat(
                        LongStream.range(0, MUTANT_SEEDS)
                                .filter(seed -> fails(seed, mutation))
                                .findFirst())
                .as("the first of %s seeds that finds it", MUTANT_SEEDS)
                .isPresent();
    }

    private static boolean fails(long seed, Mutation mutation) {
        try {
            return Simulation.run(seed, mutation).lives() < 0;
        } catch (Simulation.Failure e) {
            return e.getCause() instanceof Violation;
        }
    }
}
