package io.visor.sim.cells;

import static io.visor.sim.cells.Phase.AFTER_THE_SWITCH;
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
import io.visor.upgrade.UpgradeState.Retrying;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.admission.Obstacle;
import java.time.Duration;

/// What runs is watched, and what failed goes back; both come to their end first.
final class AfterTheSwitchTest {

    /// The version that the upgrade ends with if nothing else happens.
    private static Version end(Moment moment) {
        return moment == Moment.WATCHED ? NEW : OLD;
    }

    private static void untilEnd(Scene scene, Moment moment) {
        if (moment == Moment.WATCHED) {
            scene.untilCommitted(NEW);
        } else {
            scene.untilRolledBack();
        }
    }

    @Cell(
            when = Occurrence.EXIT,
            in = AFTER_THE_SWITCH,
            then =
                    "the window fails: if it is the new version's, the old one comes back; if it is"
                            + " the old one's, the new one is not blamed, and is tried again later")
    void aProcessThatExitsFailsTheWindow(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            switch (moment) {
                case BACK_SWITCHING ->
                        assertThat(SERVICES)
                                .as("nothing is left to exit")
                                .noneMatch(scene::hasProcess);
                // The first one has exited already: that is how it came here.
                case BACK_STOPPING -> scene.exit(SERVICES.getLast());
                default -> scene.exit(SERVICES.getFirst());
            }
            if (moment == Moment.BACK_WATCHED) {
                scene.until(
                        "it is tried again later",
                        () -> scene.state().filter(Retrying.class::isInstance).isPresent());
                assertThat(scene.told(UpgradeNotice.NotBlamed.class)).hasSize(1);
                assertThat(scene.told(UpgradeNotice.RolledBack.class)).isEmpty();
                scene.untilCommitted(NEW);
            } else {
                scene.untilRolledBack();
                scene.runFor(Duration.ofHours(1));
                assertThat(scene.started())
                        .as("the new version is on hold")
                        .containsExactly(OLD, OLD);
            }
        }
    }

    @Cell(
            when = Occurrence.NEWER_TARGET,
            in = AFTER_THE_SWITCH,
            then = "it is the next upgrade, after the end of this one")
    void aNewerTargetComesNext(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.want(OLD, NEWER);
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            untilEnd(scene, moment);
            scene.untilCommitted(NEWER);
            assertThat(scene.started()).endsWith(NEWER, NEWER);
            assertThat(scene.started().subList(0, scene.started().size() - 2))
                    .allMatch(end(moment)::equals);
        }
    }

    @Cell(
            when = Occurrence.WITHDRAWN,
            in = AFTER_THE_SWITCH,
            then = "it goes on, and ends as it would have")
    void anUpgradeThatIsWithdrawnGoesOn(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.want(OLD, OLD);
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            untilEnd(scene, moment);
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.runs(end(moment))).isTrue();
            assertThat(scene.started()).allMatch(end(moment)::equals);
        }
    }

    @Cell(
            when = Occurrence.HOLD,
            in = AFTER_THE_SWITCH,
            then = "it is noted, the upgrade comes to its end, and the next one is held")
    void aHoldAppliesAtTheEnd(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            assertThat(scene.hold(null))
                    .isEqualTo(
                            new Reply.Done(
                                    "lavap is on hold; the upgrade that is being watched goes on"));
            assertThat(scene.isAt(moment)).as("the upgrade is not touched").isTrue();
            untilEnd(scene, moment);
            scene.want(OLD, NEWER);
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.runs(end(moment))).isTrue();
            assertThat(scene.state().orElseThrow())
                    .isInstanceOfSatisfying(
                            Waiting.class,
                            waiting ->
                                    assertThat(waiting.obstacles())
                                            .extracting(Obstacle::kind)
                                            .containsExactly(Obstacle.Kind.HOLD));
            scene.resume();
            scene.untilCommitted(NEWER);
        }
    }

    @Cell(
            when = Occurrence.RELOAD,
            in = AFTER_THE_SWITCH,
            then = "the configuration is checked now, and applied at the end of the upgrade")
    void aReloadWaitsForTheEnd(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            Reloads.waitsForTheEnd(scene, () -> untilEnd(scene, moment));
        }
    }

    @Cell(when = Occurrence.RELOAD, in = AFTER_THE_SWITCH)
    void aMistakeIsToldNow(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            Reloads.tellsMistakesNow(scene);
            untilEnd(scene, moment);
        }
    }

    private static final int OFTEN = 4;

    @Cell(
            when = Occurrence.SHUTDOWN,
            in = AFTER_THE_SWITCH,
            then = "the next visor goes on, with a window of full length; it counts for nothing")
    void theWindowBeginsAnew(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            scene.askToEnd();
            for (int i = 1; i < OFTEN; i++) {
                Moment watched = moment == Moment.WATCHED ? Moment.WATCHED : Moment.BACK_WATCHED;
                scene.until("it is watched again", () -> scene.isAt(watched));
                scene.askToEnd();
            }
            goesOn(scene, moment);
        }
    }

    @Cell(
            when = Occurrence.KILL,
            in = AFTER_THE_SWITCH,
            then =
                    "the next visor goes on, with a window of full length; the third time in a row"
                            + " counts as a failure of the new version")
    void theWindowBeginsAnewAfterAnInterruption(Moment moment, Interruption how) {
        try (Scene scene = Scene.at(moment)) {
            scene.interrupt(how);
            goesOn(scene, moment);
        }
    }

    /// The scene's health window is a minute long.
    private static void goesOn(Scene scene, Moment moment) {
        scene.forget();
        scene.until("it is started again", () -> scene.started().size() == SERVICES.size());
        Duration before = scene.sinceStart();
        assertThat(scene.started()).allMatch(end(moment)::equals);
        untilEnd(scene, moment);
        assertThat(scene.sinceStart().minus(before)).isGreaterThanOrEqualTo(Scene.HEALTH_WINDOW);
        assertThat(scene.started()).allMatch(end(moment)::equals);
    }

    private static final int INTERRUPTIONS = 3;

    @Cell(when = Occurrence.KILL, in = AFTER_THE_SWITCH)
    void theThirdInterruptionInARowIsAFailure(Moment moment, Interruption how) {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            for (int i = 1; i < INTERRUPTIONS; i++) {
                scene.interrupt(how);
                scene.until("it is watched again", () -> scene.isAt(Moment.WATCHED));
            }
            scene.forget();
            scene.interrupt(how);
            if (moment == Moment.WATCHED) {
                scene.untilRolledBack();
                assertThat(scene.told(UpgradeNotice.RolledBack.class))
                        .extracting(UpgradeNotice.RolledBack::why)
                        .containsExactly(
                                "visor was brought down 3 times in a row while 1.1.0 was watched");
            } else {
                // What goes back then goes back whatever happens.
                scene.until("it goes back", () -> scene.isAt(moment));
                scene.interrupt(how);
                scene.untilRolledBack();
            }
            assertThat(scene.started()).allMatch(OLD::equals);
        }
    }

    @Cell(
            when = Occurrence.NO_ROOM,
            in = AFTER_THE_SWITCH,
            then = "it goes on; its end waits until it can be written")
    void withoutRoomTheEndWaits(Moment moment, Shortage what) {
        try (Scene scene = Scene.at(moment)) {
            scene.fill(what);
            scene.until("it goes on", () -> scene.runs(end(moment)));
            scene.runFor(Duration.ofHours(1));
            assertThat(scene.runs(end(moment))).isTrue();
            assertThat(scene.told(UpgradeNotice.Committed.class)).isEmpty();
            assertThat(scene.told(UpgradeNotice.RolledBack.class)).isEmpty();
            scene.makeRoom();
            untilEnd(scene, moment);
            assertThat(scene.started()).allMatch(end(moment)::equals);
        }
    }
}
