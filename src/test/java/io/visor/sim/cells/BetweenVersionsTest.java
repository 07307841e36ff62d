package io.visor.sim.cells;

import static io.visor.sim.cells.Phase.BETWEEN_VERSIONS;
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
import io.visor.upgrade.UpgradeEffect;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.record.Milestone;
import java.time.Duration;
import java.util.List;

/// From the stop on there is one way, and it is short: to the new version.
final class BetweenVersionsTest {

    @Cell(
            when = Occurrence.EXIT,
            in = BETWEEN_VERSIONS,
            then = "it counts as stopped; the new version is started in its place")
    void aProcessThatExitsCountsAsStopped(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            if (moment == Moment.SWITCHING) {
                assertThat(SERVICES).as("nothing is left to exit").noneMatch(scene::hasProcess);
            } else {
                SERVICES.forEach(scene::exit);
            }
            scene.untilCommitted(NEW);
            assertThat(scene.started()).containsExactly(NEW, NEW);
        }
    }

    @Cell(
            when = Occurrence.NEWER_TARGET,
            in = BETWEEN_VERSIONS,
            then = "it is the next upgrade, after the end of this one")
    void aNewerTargetComesNext(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.want(OLD, NEWER);
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            scene.untilCommitted(NEWER);
            assertThat(scene.started()).containsExactly(NEW, NEW, NEWER, NEWER);
        }
    }

    @Cell(
            when = Occurrence.WITHDRAWN,
            in = BETWEEN_VERSIONS,
            then = "it goes on, and the new version stays: nothing is downgraded by itself")
    void anUpgradeThatIsWithdrawnGoesOn(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.want(OLD, OLD);
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            scene.untilCommitted(NEW);
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.started()).containsExactly(NEW, NEW);
            assertThat(scene.runs(NEW)).isTrue();
        }
    }

    private enum What {
        VERSION,
        PROGRAM
    }

    @Cell(
            when = Occurrence.HOLD,
            in = BETWEEN_VERSIONS,
            then = "it is refused, with the reason; the upgrade goes on")
    void aHoldIsRefused(Moment moment, What what) {
        try (Scene scene = Scene.at(moment)) {
            assertThat(scene.hold(what == What.VERSION ? NEW : null))
                    .isInstanceOfSatisfying(
                            Reply.Refused.class,
                            refused ->
                                    assertThat(refused.why())
                                            .isEqualTo(
                                                    "lavap is being upgraded just now (%s)",
                                                    moment == Moment.STOPPING
                                                            ? "stopping"
                                                            : "switching"));
            scene.untilCommitted(NEW);
            scene.want(OLD, NEWER);
            scene.untilCommitted(NEWER);
        }
    }

    @Cell(
            when = Occurrence.RELOAD,
            in = BETWEEN_VERSIONS,
            then = "the configuration is checked now, and applied at the end of the upgrade")
    void aReloadWaitsForTheEnd(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            Reloads.waitsForTheEnd(scene, () -> scene.untilCommitted(NEW));
        }
    }

    @Cell(when = Occurrence.RELOAD, in = BETWEEN_VERSIONS)
    void aMistakeIsToldNow(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            Reloads.tellsMistakesNow(scene);
            scene.untilCommitted(NEW);
        }
    }

    @Cell(
            when = Occurrence.SHUTDOWN,
            in = BETWEEN_VERSIONS,
            then = "visor finishes the stop, and ends; the next one goes on with the upgrade")
    void theStopIsFinished(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.askToEnd();
            assertThat(SERVICES).as("all were stopped").noneMatch(scene::hasProcess);
            assertThat(scene.started()).isEmpty();
            scene.untilCommitted(NEW);
        }
    }

    @Cell(
            when = Occurrence.KILL,
            in = BETWEEN_VERSIONS,
            then = "the link decides: the next visor starts the version that it names, and goes on")
    void beforeTheSwitchTheOldVersionIsStarted(Moment moment, Interruption how) {
        try (Scene scene = Scene.at(moment)) {
            scene.interrupt(how);
            assertThat(scene.linked()).isEqualTo(OLD);
            scene.untilCommitted(NEW);
            assertThat(scene.started()).containsExactly(OLD, OLD, NEW, NEW);
        }
    }

    @Cell(when = Occurrence.KILL, in = BETWEEN_VERSIONS)
    void afterTheSwitchWhatTheLinkNamesIsStarted(Moment moment, Interruption how) {
        try (Scene scene = Scene.at(moment)) {
            scene.interruptAt(UpgradeEffect.Resume.class, false, how);
            // A link that was not flushed yet may be the old one after a power cut.
            Version linked = scene.linked();
            if (how == Interruption.KILL) {
                assertThat(linked).isEqualTo(NEW);
            }
            scene.until("services run", () -> scene.started().size() == SERVICES.size());
            assertThat(scene.started()).isEqualTo(List.of(linked, linked));
            scene.untilCommitted(NEW);
        }
    }

    @Cell(
            when = Occurrence.NO_ROOM,
            in = BETWEEN_VERSIONS,
            then = "it goes on; what cannot be written now is written when there is room")
    void withoutRoomItGoesOn(Moment moment, Shortage what) {
        try (Scene scene = Scene.at(moment)) {
            scene.fill(what);
            scene.until("the new version runs", () -> scene.runs(NEW));
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.told(UpgradeNotice.Committed.class)).isEmpty();
            assertThat(scene.started()).containsExactly(NEW, NEW);
            scene.makeRoom();
            scene.untilCommitted(NEW);
            assertThat(scene.started()).containsExactly(NEW, NEW);
            assertThat(scene.history().outcome()).isEqualTo(Milestone.State.COMMITTED);
        }
    }
}
