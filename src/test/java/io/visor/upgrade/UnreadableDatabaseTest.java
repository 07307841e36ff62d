package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.world.Scene;
import io.visor.sim.world.Scene.Interruption;
import io.visor.sim.world.Scene.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A database that cannot be read when visor starts keeps no service down, and no upgrade stops
/// anything before it can be read.
final class UnreadableDatabaseTest {

    /// Visor is started anew, and runs for a while without what was kept.
    private static void startWithoutRecords(Scene scene) {
        scene.forget();
        scene.hideRecords();
        scene.interrupt(Interruption.KILL);
        scene.until("the services run", () -> scene.started().size() >= Scene.SERVICES.size());
        scene.runFor(Duration.ofMinutes(5));
        assertThat(scene.hasRecalled()).isFalse();
        assertThat(scene.isSaid("cannot write")).isTrue();
        scene.forget();
    }

    private static void showRecords(Scene scene) {
        scene.showRecords();
        scene.until("visor knows what was kept", scene::hasRecalled);
    }

    @Test
    void aHoldHolds() {
        try (Scene scene = Scene.before()) {
            scene.hold(Scene.NEW);
            startWithoutRecords(scene);
            assertThat(scene.resume())
                    .as("nobody knows whether something is on hold")
                    .isInstanceOf(Operator.Reply.Refused.class);
            scene.want(Scene.OLD, Scene.NEW);
            scene.until(
                    "the upgrade waits until that is known",
                    () ->
                            scene.told(UpgradeNotice.NotSwitched.class).stream()
                                    .anyMatch(told -> told.why().contains("cannot be read")));
            showRecords(scene);
            scene.runFor(Duration.ofMinutes(30));
            assertThat(scene.started()).isEmpty();
            scene.resume();
            scene.untilCommitted(Scene.NEW);
        }
    }

    /// Only the database tells that it failed (seed 14308050).
    @Test
    void aVersionThatFailedIsNotTriedAgain() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            scene.failNextVerdict();
            scene.exit(Scene.SERVICES.getFirst());
            scene.untilRolledBack();
            assertThat(scene.hasVerdict()).isFalse();
            startWithoutRecords(scene);
            assertThat(scene.state()).get().isNotInstanceOf(UpgradeState.Over.class);
            showRecords(scene);
            scene.runFor(Duration.ofMinutes(30));
            assertThat(scene.started()).isEmpty();
            assertThat(scene.state()).get().isInstanceOf(UpgradeState.Abandoned.class);
        }
    }

    @Test
    void aVersionThatWasWatchedIsTakenUp() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            startWithoutRecords(scene);
            assertThat(scene.state()).get().isInstanceOf(UpgradeState.Idle.class);
            showRecords(scene);
            scene.untilCommitted(Scene.NEW);
            assertThat(scene.told(UpgradeNotice.TakenUp.class)).hasSize(1);
            assertThat(scene.started()).as("what runs is not stopped").isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Moment.class, names = "BACK_.*", mode = EnumSource.Mode.MATCH_ALL)
    void aWayBackIsTakenUp(Moment moment) {
        try (Scene scene = Scene.at(moment)) {
            startWithoutRecords(scene);
            showRecords(scene);
            scene.untilRolledBack();
            assertThat(scene.told(UpgradeNotice.TakenUp.class)).hasSize(1);
            assertThat(scene.started()).doesNotContain(Scene.NEW);
        }
    }

    @Test
    void anUpgradeThatHasStoppedNothingGoesOn() {
        try (Scene scene = Scene.at(Moment.PREPARING)) {
            startWithoutRecords(scene);
            showRecords(scene);
            scene.untilCommitted(Scene.NEW);
        }
    }

    @Test
    void whatTheOperatorHasStoppedIsStopped() {
        String service = Scene.SERVICES.getFirst();
        try (Scene scene = Scene.before()) {
            scene.stop(service);
            startWithoutRecords(scene);
            assertThat(scene.hasProcess(service)).isTrue();
            showRecords(scene);
            scene.until(service + " is stopped", () -> !scene.hasProcess(service));
            assertThat(scene.isSaid(service + ": was stopped by the operator")).isTrue();
            assertThat(scene.hasProcess(Scene.SERVICES.getLast())).isTrue();
        }
    }
}
