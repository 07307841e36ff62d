package io.visor.sim.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.world.Scene;

/// Reloads while services are between stop and trust.
final class Reloads {

    private Reloads() {}

    /// @param end runs the scene until the upgrade has ended
    static void waitsForTheEnd(Scene scene, Runnable end) {
        scene.reload();
        scene.until(
                "the reload is put off",
                () -> scene.isSaid("the configuration is reloaded when the upgrade has ended"));
        assertThat(scene.isReloaded()).isFalse();
        end.run();
        scene.until("it is applied", scene::isReloaded);
    }

    static void tellsMistakesNow(Scene scene) {
        scene.reloadMistaken();
        scene.until(
                "the mistake is told",
                () -> scene.isSaid("cannot reload: it is nonsense; nothing is changed"));
        assertThat(scene.state().orElseThrow().isCritical())
                .as("the upgrade has not ended")
                .isTrue();
    }
}
