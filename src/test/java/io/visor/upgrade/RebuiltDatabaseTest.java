package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.world.Scene;
import io.visor.sim.world.Scene.Interruption;
import io.visor.sim.world.Scene.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A database that is damaged after it was read is built anew from what was read.
final class RebuiltDatabaseTest {

    /// The first transaction of a visor reads what is remembered, the second writes how often visor
    /// was interrupted (seed 9211474).
    @Test
    void whatWasReadOutlastsADamageAtTheStart() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            scene.damageRecords(2);
            scene.interrupt(Interruption.KILL);
            scene.until(
                    "visor takes it up", () -> !scene.told(UpgradeNotice.TakenUp.class).isEmpty());
            assertThat(scene.isSaid("was damaged")).isTrue();
            scene.runFor(Duration.ofSeconds(5));
            scene.interrupt(Interruption.KILL);
            scene.untilCommitted(Scene.NEW);
            assertThat(scene.told(UpgradeNotice.TakenUp.class)).hasSize(2);
        }
    }
}
