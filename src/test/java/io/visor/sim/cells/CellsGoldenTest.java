package io.visor.sim.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Golden;
import io.visor.sim.world.Scene.Moment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Writes the table of what happens in the middle of an upgrade from the tests of its cells. A cell
/// without a test fails.
final class CellsGoldenTest {

    private static final List<Class<?>> TESTS =
            List.of(BeforeTheStopTest.class, BetweenVersionsTest.class, AfterTheSwitchTest.class);

    private static Stream<Cell> tests() {
        return TESTS.stream()
                .flatMap(test -> Stream.of(test.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Cell.class))
                .map(method -> method.getAnnotation(Cell.class));
    }

    private static String words(Occurrence occurrence, Phase phase) {
        List<String> words =
                tests().filter(cell -> cell.when() == occurrence && cell.in() == phase)
                        .map(Cell::then)
                        .filter(then -> !then.isEmpty())
                        .toList();
        assertThat(words)
                .as("tests that say what follows when %s in: %s", occurrence, phase)
                .hasSize(1);
        return words.getFirst();
    }

    @Test
    void everyCellIsATest() {
        StringBuilder table = new StringBuilder("| |");
        for (Phase phase : Phase.values()) {
            table.append(' ').append(phase).append(" |");
        }
        table.append("\n|---|").append("---|".repeat(Phase.values().length)).append('\n');
        for (Occurrence occurrence : Occurrence.values()) {
            table.append("| ").append(occurrence).append(" |");
            for (Phase phase : Phase.values()) {
                table.append(' ').append(words(occurrence, phase)).append(" |");
            }
            table.append('\n');
        }
        Golden.checkPart(Path.of("docs/decisions.md"), "cells", table.toString());
    }

    @Test
    void aTestStandsWithItsPhase() {
        for (Class<?> test : TESTS) {
            assertThat(
                            Stream.of(test.getDeclaredMethods())
                                    .filter(method -> method.isAnnotationPresent(Cell.class))
                                    .map(method -> method.getAnnotation(Cell.class).in())
                                    .distinct())
                    .as("phases of %s", test)
                    .hasSize(1);
        }
    }

    @Test
    void everyMomentIsOfOnePhase() {
        assertThat(Stream.of(Phase.values()).flatMap(phase -> phase.moments().stream()).toList())
                .containsExactly(Moment.values());
    }
}
