package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Version;
import io.visor.sim.world.Scene;
import io.visor.sim.world.Scene.Interruption;
import io.visor.sim.world.Scene.Moment;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

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
            scene.runFor(Duration.ofMinutes(5));
            assertThat(scene.state()).get().isInstanceOf(UpgradeState.Idle.class);
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
            showRecords(scene);
            scene.runFor(Duration.ofMinutes(30));
            assertThat(scene.started()).isEmpty();
            assertThat(scene.state()).get().isInstanceOf(UpgradeState.Idle.class);
        }
    }

    /// What the chain wants when the database can be read, and visor was in the middle of an
    /// upgrade.
    enum Wants {
        THE_SAME(Scene.NEW),
        MORE(Scene.NEWER),
        LESS(Scene.OLD);

        private final Version target;

        Wants(Version target) {
            this.target = target;
        }
    }

    @ParameterizedTest
    @EnumSource(Wants.class)
    void aVersionThatWasWatchedIsTakenUp(Wants wants) {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            startWithoutRecords(scene);
            scene.want(Scene.OLD, wants.target);
            scene.runFor(Duration.ofMinutes(5));
            assertThat(scene.state()).get().isInstanceOf(UpgradeState.Idle.class);
            showRecords(scene);
            scene.until(
                    "it is committed", () -> !scene.told(UpgradeNotice.Committed.class).isEmpty());
            assertThat(scene.told(UpgradeNotice.TakenUp.class)).hasSize(1);
            assertThat(scene.told(UpgradeNotice.Committed.class).getFirst().move().to())
                    .isEqualTo(Scene.NEW);
            assertThat(scene.started()).as("what runs is not stopped").isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("waysBack")
    void aWayBackIsTakenUp(Moment moment, Wants wants) {
        try (Scene scene = Scene.at(moment)) {
            startWithoutRecords(scene);
            scene.want(Scene.OLD, wants.target);
            scene.runFor(Duration.ofMinutes(5));
            showRecords(scene);
            scene.untilRolledBack();
            assertThat(scene.told(UpgradeNotice.TakenUp.class)).hasSize(1);
            scene.want(Scene.OLD, Scene.NEW);
            scene.runFor(Duration.ofMinutes(30));
            assertThat(scene.started()).doesNotContain(Scene.NEW);
        }
    }

    private static Stream<Arguments> waysBack() {
        return Stream.of(Moment.BACK_STOPPING, Moment.BACK_SWITCHING, Moment.BACK_WATCHED)
                .flatMap(moment ->
                        Stream.of(Wants.values()).map(wants -> Arguments.of(moment, wants)));
    }

    /// It has run since, so that it is not what brings visor down.
    @Test
    void aVersionIsNotBlamedForInterruptionsBeforeItServed() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            for (int i = 0; i < 2; i++) {
                scene.interrupt(Interruption.KILL);
                scene.until(
                        "it is watched again",
                        () -> scene.runs(Scene.NEW) && scene.isAt(Moment.WATCHED));
            }
            startWithoutRecords(scene);
            showRecords(scene);
            scene.untilCommitted(Scene.NEW);
            assertThat(scene.started()).isEmpty();
        }
    }

    /// What the operator has asked for goes on, whatever the chain wants by then.
    @Test
    void aRollbackThatWasAskedForGoesOn() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            scene.untilCommitted(Scene.NEW);
            scene.rollback();
            scene.until("it is about to go back", () -> scene.isAt(Moment.PREPARING));
            scene.runFor(Duration.ofMillis(300));
            startWithoutRecords(scene);
            scene.want(Scene.OLD, Scene.NEWER);
            assertThat(scene.runs(Scene.NEW)).isTrue();
            showRecords(scene);
            scene.untilCommitted(Scene.OLD);
        }
    }

    /// What was presumed does not count as all that is known.
    @Test
    void whatTheManifestsTellOutlastsADamageThatIsFoundLater() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            scene.exit(Scene.SERVICES.getFirst());
            scene.untilRolledBack();
            assertThat(scene.hasVerdict()).isTrue();
            scene.failNextListing();
            startWithoutRecords(scene);
            scene.damageRecords(1);
            showRecords(scene);
            assertThat(scene.isSaid("was damaged")).isTrue();
            scene.runFor(Duration.ofMinutes(30));
            assertThat(scene.started()).isEmpty();
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

    /// A new database tells nothing, so that the manifests must.
    @Test
    void noUpgradeBeginsBeforeTheManifestsCanBeReadWhereTheDatabaseIsNew() {
        try (Scene scene = Scene.at(Moment.WATCHED)) {
            scene.exit(Scene.SERVICES.getFirst());
            scene.untilRolledBack();
            scene.forget();
            scene.damageRecords(1);
            scene.failNextListing();
            scene.failNextListing();
            scene.interrupt(Interruption.KILL);
            scene.until("the services run", () -> scene.started().size() == 2);
            assertThat(scene.isSaid("cannot read what earlier visors have kept")).isTrue();
            assertThat(scene.hasRecalled()).isFalse();
            scene.until("visor knows what was kept", scene::hasRecalled);
            scene.forget();
            scene.runFor(Duration.ofMinutes(30));
            assertThat(scene.started()).isEmpty();
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
            assertThat(scene.isSaid("service: " + service + " was stopped by the operator"))
                    .isTrue();
            assertThat(scene.hasProcess(Scene.SERVICES.getLast())).isTrue();
        }
    }
}
