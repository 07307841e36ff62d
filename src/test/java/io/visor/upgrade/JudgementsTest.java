package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.world.Scene;
import io.visor.sim.world.Scene.Interruption;
import io.visor.sim.world.Scene.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// That a version failed is known also where the database is lost (seed 8222574): it stands in its
/// manifest as well, also if that could not be written at once.
final class JudgementsTest {

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /// A scene in which the new version failed, and its release does not tell so.
    private static Scene notJudged() {
        Scene scene = Scene.at(Moment.BACK_WATCHED);
        scene.failNextVerdict();
        scene.untilRolledBack();
        assertThat(scene.told(UpgradeNotice.NotJudged.class)).hasSize(1);
        assertThat(scene.hasVerdict()).isFalse();
        return scene;
    }

    @Test
    void whatTheDiskDoesNotTakeIsTriedAgain() {
        try (Scene scene = notJudged()) {
            scene.failNextVerdict();
            scene.runFor(A_MINUTE.plus(A_MINUTE));
            assertThat(scene.hasVerdict()).isTrue();
            assertThat(scene.told(UpgradeNotice.NotJudged.class)).as("it is said once").hasSize(1);
        }
    }

    @Test
    void whatAnEarlierVisorCouldNotWriteIsWrittenByTheNext() {
        try (Scene scene = notJudged()) {
            scene.interrupt(Interruption.KILL);
            scene.runFor(A_MINUTE);
            assertThat(scene.hasVerdict()).isTrue();
        }
    }

    @Test
    void whatMayBeTriedAgainIsNotWrittenLater() {
        try (Scene scene = notJudged()) {
            scene.hold(Scene.NEWER);
            scene.resume();
            scene.runFor(A_MINUTE.plus(A_MINUTE));
            assertThat(scene.hasVerdict()).isFalse();
        }
    }
}
