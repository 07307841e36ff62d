package io.visor.sim.cells;

import static io.visor.sim.cells.Phase.BEFORE_THE_STOP;
import static io.visor.sim.world.Scene.NEW;
import static io.visor.sim.world.Scene.NEWER;
import static io.visor.sim.world.Scene.OLD;
import static io.visor.sim.world.Scene.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Version;
import io.visor.sim.world.Scene;
import io.visor.sim.world.Scene.Interruption;
import io.visor.sim.world.Scene.Moment;
import io.visor.sim.world.Scene.Shortage;
import io.visor.upgrade.Operator.Reply;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.UpgradeState.Abandoned;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.admission.Obstacle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// While nothing has been stopped yet, the old version serves whatever happens.
final class BeforeTheStopTest {

    @Cell(
            when = Occurrence.EXIT,
            in = BEFORE_THE_STOP,
            then = "it is started again as its `restart` says; the upgrade goes on")
    void aProcessThatExitsIsStartedAgain(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.exit(SERVICES.getFirst());
            assertThat(scene.hasProcess(SERVICES.getFirst())).isFalse();
            scene.until("it runs again", () -> scene.runs(OLD));
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            scene.untilCommitted(NEW);
            assertThat(scene.started()).containsExactly(OLD, NEW, NEW);
        }
    }

    @Cell(
            when = Occurrence.NEWER_TARGET,
            in = BEFORE_THE_STOP,
            then = "it takes over; the other one is never run")
    void aNewerTargetTakesOver(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.want(OLD, NEWER);
            assertThat(scene.isAt(Moment.STAGING)).isTrue();
            scene.untilCommitted(NEWER);
            assertThat(scene.started()).containsExactly(NEWER, NEWER);
        }
    }

    @Cell(
            when = Occurrence.WITHDRAWN,
            in = BEFORE_THE_STOP,
            then = "the upgrade is abandoned; nothing was stopped")
    void anUpgradeThatIsWithdrawnIsAbandoned(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.want(OLD, OLD);
            assertThat(scene.state().orElseThrow()).isInstanceOf(Abandoned.class);
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.runs(OLD)).isTrue();
            assertThat(scene.started()).isEmpty();
            assertThat(scene.linked()).isEqualTo(OLD);
        }
    }

    private enum What {
        VERSION,
        PROGRAM;

        @Nullable Version version() {
            return this == VERSION ? NEW : null;
        }
    }

    @Cell(
            when = Occurrence.HOLD,
            in = BEFORE_THE_STOP,
            then = "the release is staged and stays so until `visor upgrade resume`")
    void whatIsOnHoldStaysStaged(Moment moment, What what) {
        try (Scene scene = Scene.at(moment)) {
            assertThat(scene.hold(what.version())).isInstanceOf(Reply.Done.class);
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.state().orElseThrow())
                    .isInstanceOfSatisfying(
                            Waiting.class,
                            waiting ->
                                    assertThat(waiting.obstacles())
                                            .extracting(Obstacle::kind)
                                            .containsExactly(Obstacle.Kind.HOLD));
            assertThat(scene.started()).isEmpty();
            scene.resume();
            scene.untilCommitted(NEW);
        }
    }

    @Test
    void aVersionOnHoldIsSkipped() {
        try (Scene scene = Scene.before()) {
            scene.hold(NEW);
            scene.want(OLD, NEW);
            scene.runFor(Duration.ofHours(1));
            scene.want(OLD, NEWER);
            scene.untilCommitted(NEWER);
            assertThat(scene.started()).containsExactly(NEWER, NEWER);
        }
    }

    @Cell(
            when = Occurrence.RELOAD,
            in = BEFORE_THE_STOP,
            then = "it is applied at once; the upgrade goes on")
    void aReloadIsApplied(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.reload();
            scene.until("it is applied", scene::isReloaded);
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            assertThat(scene.started()).as("only the new service is started").containsExactly(OLD);
            scene.untilCommitted(NEW);
            assertThat(scene.isReloaded()).isTrue();
        }
    }

    @Cell(
            when = Occurrence.SHUTDOWN,
            in = BEFORE_THE_STOP,
            then = "visor ends; the next one runs the old version and resumes the upgrade")
    void theNextVisorResumes(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.askToEnd();
            assertThat(scene.runs(OLD)).isFalse();
            resumes(scene);
        }
    }

    @Cell(
            when = Occurrence.KILL,
            in = BEFORE_THE_STOP,
            then = "the next visor runs the old version and resumes the upgrade")
    void theNextVisorResumesWhatWasCutOff(Moment moment, Interruption how) {
        try (Scene scene = Scene.at(moment)) {
            scene.interrupt(how);
            resumes(scene);
        }
    }

    private static void resumes(Scene scene) {
        var before = scene.history();
        scene.until("the old version serves", () -> scene.started().size() == SERVICES.size());
        assertThat(scene.started()).containsExactly(OLD, OLD);
        assertThat(scene.sinceStart()).isLessThan(Duration.ofSeconds(1));
        assertThat(scene.told(UpgradeNotice.Begun.class)).isEmpty();
        scene.untilCommitted(NEW);
        assertThat(scene.started()).containsExactly(OLD, OLD, NEW, NEW);
        assertThat(scene.history().id()).as("it is the same upgrade").isEqualTo(before.id());
        assertThat(scene.history().openedAt()).isEqualTo(before.openedAt());
    }

    @Cell(
            when = Occurrence.NO_ROOM,
            in = BEFORE_THE_STOP,
            then = "nothing is stopped until the intent can be written")
    void withoutRoomNothingIsStopped(Moment moment, Shortage what) {
        try (Scene scene = Scene.at(moment)) {
            scene.fill(what);
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.runs(OLD)).isTrue();
            assertThat(scene.started()).isEmpty();
            assertThat(scene.told(UpgradeNotice.Begun.class)).isEmpty();
            scene.makeRoom();
            scene.untilCommitted(NEW);
        }
    }
}
