package io.visor.upgrade;

import static io.visor.upgrade.DecisionTest.requirement;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Chance;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.UpgradeEffect.Admit;
import io.visor.upgrade.UpgradeEffect.CancelStaging;
import io.visor.upgrade.UpgradeEffect.Resume;
import io.visor.upgrade.UpgradeEffect.Stage;
import io.visor.upgrade.UpgradeEffect.StartTimer;
import io.visor.upgrade.UpgradeEffect.Suspend;
import io.visor.upgrade.UpgradeEffect.Switch;
import io.visor.upgrade.UpgradeEffect.Sync;
import io.visor.upgrade.UpgradeEffect.Tell;
import io.visor.upgrade.UpgradeState.Abandoned;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Committed;
import io.visor.upgrade.UpgradeState.Idle;
import io.visor.upgrade.UpgradeState.Open;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.Pending;
import io.visor.upgrade.UpgradeState.Retrying;
import io.visor.upgrade.UpgradeState.RolledBack;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Staging;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Switching;
import io.visor.upgrade.UpgradeState.Waiting;
import io.visor.upgrade.UpgradeState.Watching;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class UpgradeMachineTest {

    private static final Version V1 = Version.of("1.0.0");
    private static final Version V2 = Version.of("1.1.0");
    private static final Version V3 = Version.of("2.0.0");
    private static final UpgradePolicy POLICY =
            new UpgradePolicy(
                    UpgradePolicy.Auto.TRUE,
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(5),
                    RollbackPolicy.AUTO);

    private static final Obstacle OBSTACLE =
            new Obstacle(Obstacle.Kind.WINDOW, "it is night", null, "wait");

    private UpgradeMachine machine = new UpgradeMachine(POLICY, new Chance(3));
    private Program program = Program.initial(V1, Memory.NONE);
    private Duration now = Duration.ofHours(1);
    private final List<UpgradeEffect> effects = new ArrayList<>();

    private void on(UpgradeEvent event) {
        Transition transition = machine.on(program, event, now);
        program = transition.next();
        effects.clear();
        effects.addAll(transition.effects());
    }

    private void timer() {
        on(new UpgradeEvent.TimerFired(program.generation()));
    }

    private Move waiting() {
        return ((Waiting) program.state()).move();
    }

    private void admit() {
        on(new UpgradeEvent.Admitted(waiting()));
    }

    /// The health window passes, and that is recorded.
    private void pass() {
        timer();
        assertThat(acts()).hasOnlyElementsOfType(UpgradeEffect.Record.class);
        on(new UpgradeEvent.Recorded());
    }

    /// The services of the version that failed end, and that the old one comes back is recorded.
    private void restAndRecord() {
        on(new UpgradeEvent.AtRest());
        assertThat(acts()).as("the record is waited for").isEmpty();
        on(new UpgradeEvent.Recorded());
    }

    private List<UpgradeEffect> acts() {
        return effects.stream().filter(effect -> !(effect instanceof Tell)).toList();
    }

    private void require(String min, String target) {
        on(new UpgradeEvent.Required(requirement(min, target)));
    }

    /// Begins with version 1.0.0 and brings the upgrade to 1.1.0 to a state.
    private void to(Class<? extends UpgradeState> state) {
        require("1.0.0", "1.0.0");
        on(new UpgradeEvent.Begin(null, true));
        require("1.0.0", "1.1.0");
        if (state == Staging.class) {
            return;
        }
        on(new UpgradeEvent.Staged(V2, V2));
        if (state == Waiting.class) {
            return;
        }
        admit();
        if (state == Stopping.class) {
            return;
        }
        on(new UpgradeEvent.AtRest());
        if (state == Switching.class) {
            return;
        }
        on(new UpgradeEvent.Switched(true));
        if (state == Watching.class) {
            return;
        }
        on(new UpgradeEvent.Ready());
        if (state == RollingBack.class) {
            on(new UpgradeEvent.Fell("alice exited"));
        }
        assertThat(program.state()).isInstanceOf(state);
    }

    @Test
    void goesTheWholeWay() {
        require("1.0.0", "1.0.0");
        assertThat(acts()).as("nothing starts before the instance begins").isEmpty();
        on(new UpgradeEvent.Begin(null, true));
        assertThat(acts()).containsExactly(new Resume());
        require("1.0.0", "1.1.0");
        assertThat(acts()).containsExactly(new Stage(V2, null));
        on(new UpgradeEvent.Staged(V2, V2));
        assertThat(acts()).containsExactly(new Admit(new Move(V1, V2, Urgency.RECOMMENDED)));
        admit();
        assertThat(acts()).containsExactly(new Suspend());
        on(new UpgradeEvent.AtRest());
        assertThat(acts()).containsExactly(new Switch(V2));
        on(new UpgradeEvent.Switched(true));
        assertThat(acts())
                .containsExactly(
                        new Resume(),
                        new Sync(),
                        new StartTimer(program.generation(), Duration.ofMinutes(5)));
        assertThat(program.active()).isEqualTo(V2);
        on(new UpgradeEvent.Ready());
        assertThat(acts())
                .containsExactly(new StartTimer(program.generation(), Duration.ofSeconds(60)));
        pass();
        assertThat(program.state())
                .isEqualTo(new Committed(new Move(V1, V2, Urgency.RECOMMENDED), true));
        assertThat(program.lastGood()).isEqualTo(V2);
    }

    @Test
    void theSameRequirementAgainChangesNothing() {
        to(Staging.class);
        UpgradeState before = program.state();
        require("1.0.0", "1.1.0");
        assertThat(program.state()).isEqualTo(before);
        assertThat(effects).isEmpty();
    }

    @Test
    void withoutABinaryNothingRunsUntilOneIsStaged() {
        program = Program.initial(null, Memory.NONE);
        on(new UpgradeEvent.Begin(null, true));
        assertThat(effects).isEmpty();
        require("1.0.0", "1.1.0");
        assertThat(acts()).containsExactly(new Stage(V2, V1));
        on(new UpgradeEvent.Lasting(V2));
        assertThat(acts()).isEmpty();
        on(new UpgradeEvent.StagingFailed(V2, "not published", null));
        assertThat(program.state()).isInstanceOf(Retrying.class);
        assertThat(acts()).hasOnlyElementsOfType(StartTimer.class);
    }

    @Test
    void whatIsActiveServesAsSoonAsTheReleaseTakesTime() {
        require("1.0.0", "1.1.0");
        on(new UpgradeEvent.Begin(null, true));
        assertThat(acts()).containsExactly(new Stage(V2, null));
        on(new UpgradeEvent.Lasting(V2));
        assertThat(acts()).containsExactly(new Resume());
    }

    /// What an operator asked of a visor that was starting was done before what an earlier one had
    /// left was ended. Runs 1.1.0, and has somebody go back to 1.0.0, which a hook does not let
    /// them.
    private void goBackInVain() {
        program = Program.initial(V2, Memory.NONE);
        require("1.0.0", "1.1.0");
        on(new UpgradeEvent.Begin(null, true));
        on(new UpgradeEvent.Wanted(V1, Urgency.ASKED));
        on(new UpgradeEvent.Staged(V1, V1));
        on(new UpgradeEvent.Refused(waiting(), "not now", Duration.ofMinutes(1)));
        assertThat(program.state()).isInstanceOf(Retrying.class);
    }

    @Test
    void whoeverLiftsTheHoldOfAWayBackTakesItBack() {
        goBackInVain();
        on(new UpgradeEvent.Resumed(V2));
        assertThat(program.state()).isInstanceOf(Abandoned.class);
        assertThat(acts()).containsExactly(new CancelStaging(), new Resume());
        goBackInVain();
        require("1.0.0", "2.0.0");
        on(new UpgradeEvent.Resumed(null));
        assertThat(program.state()).isEqualTo(new Staging(new Move(V2, V3, Urgency.RECOMMENDED)));
    }

    @Test
    void theHoldOfAnotherVersionIsNotThatOfTheWayBack() {
        goBackInVain();
        UpgradeState before = program.state();
        on(new UpgradeEvent.Resumed(V3));
        assertThat(program.state()).isEqualTo(before);
    }

    @Test
    void nothingIsInstalledBeforeTheInstanceBegins() {
        on(new UpgradeEvent.Wanted(V2, Move.Urgency.ASKED));
        assertThat(program.state()).isInstanceOf(UpgradeState.Idle.class);
        assertThat(effects).isEmpty();
    }

    /// The network asked for more while another version was staged in the place of the target,
    /// which is not published (seed 10208394).
    @Test
    void whatIsRefusedByNowIsNotInstalledInThePlaceOfTheTarget() {
        require("1.1.0", "2.0.0");
        on(new UpgradeEvent.Begin(null, true));
        assertThat(acts()).containsExactly(new Stage(V3, V2));
        require("2.0.0", "2.0.0");
        on(new UpgradeEvent.Staged(V3, V2));
        assertThat(acts()).containsExactly(new Stage(V3, V3));
        on(new UpgradeEvent.Staged(V3, V3));
        assertThat(waiting().to()).isEqualTo(V3);
    }

    /// After a restart of visor outside of the maintenance window nothing ran until it opened.
    @Test
    void whatIsActiveServesWhileTheUpgradeToAStagedReleaseWaits() {
        require("1.0.0", "1.1.0");
        on(new UpgradeEvent.Begin(null, true));
        on(new UpgradeEvent.Staged(V2, V2));
        assertThat(acts()).as("it may go on at once").containsExactly(new Admit(waiting()));
        on(new UpgradeEvent.Blocked(waiting(), List.of(OBSTACLE)));
        assertThat(acts()).containsExactly(new Resume());
        on(new UpgradeEvent.Blocked(waiting(), List.of()));
        assertThat(acts()).isEmpty();
        on(new UpgradeEvent.Lasting(V2));
        assertThat(acts()).as("a hook runs, or another has the turn").containsExactly(new Resume());
    }

    @Test
    void belowMinAnyPublishedVersionFromMinOnWillDo() {
        program = Program.initial(Version.of("0.9.0"), Memory.NONE);
        require("1.0.0", "2.0.0");
        on(new UpgradeEvent.Begin(null, true));
        assertThat(acts()).containsExactly(new Stage(V3, V1));
        on(new UpgradeEvent.Staged(V3, V2));
        admit();
        on(new UpgradeEvent.AtRest());
        on(new UpgradeEvent.Switched(true));
        on(new UpgradeEvent.Ready());
        pass();
        assertThat(program.active()).isEqualTo(V2);
        assertThat(program.state()).as("and on to the target").isInstanceOf(Staging.class);
        assertThat(acts()).containsExactly(new Stage(V3, null));
    }

    @Test
    void stagingIsTriedAgainWithGrowingPauses() {
        to(Staging.class);
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            on(new UpgradeEvent.StagingFailed(V2, "404", null));
            seconds.add(((Retrying) program.state()).until().minus(now).toSeconds());
            timer();
            assertThat(acts()).containsExactly(new Stage(V2, null));
        }
        assertThat(seconds.getFirst()).isBetween(4L, 6L);
        assertThat(seconds.getLast()).isBetween(265L, 335L);
        assertThat(seconds.subList(0, 6)).isSorted();
    }

    @Test
    void aVersionThatMayNotBeFetchedIsLookedForSoon() {
        to(Staging.class);
        on(new UpgradeEvent.StagingFailed(V2, "not here", Duration.ofSeconds(1)));
        assertThat(((Retrying) program.state()).until().minus(now))
                .isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFailedWindowBringsTheOldVersionBackAndHoldsTheNewOne() {
        to(RollingBack.class);
        Move move = new Move(V1, V2, Urgency.RECOMMENDED);
        assertThat(acts())
                .containsExactly(
                        new Suspend(),
                        new UpgradeEffect.Record(
                                new UpgradeEffect.Conclusion.GoBack(move, V1, "alice exited")));
        restAndRecord();
        assertThat(acts()).containsExactly(new Switch(V1));
        on(new UpgradeEvent.Switched(true));
        assertThat(program.active()).isEqualTo(V1);
        on(new UpgradeEvent.Ready());
        pass();
        assertThat(program.state()).isInstanceOf(RolledBack.class);
        assertThat(program.held()).containsExactly(V2);
        require("1.0.0", "1.1.0");
        assertThat(acts()).isEmpty();
        require("1.0.0", "2.0.0");
        assertThat(acts()).as("a newer target ends the wait").containsExactly(new Stage(V3, null));
    }

    @Test
    void whenTheOldVersionFailsTooTheNewOneIsNotBlamed() {
        to(RollingBack.class);
        restAndRecord();
        on(new UpgradeEvent.Switched(true));
        on(new UpgradeEvent.Fell("alice exited"));
        assertThat(program.state()).isInstanceOf(Retrying.class);
        assertThat(program.held()).isEmpty();
        timer();
        assertThat(acts()).containsExactly(new Stage(V2, null));
    }

    @Test
    void whatTheProcessThatFailedWroteLastIsToldWithTheFailure() {
        List<String> output = List.of("loading", "panic: unknown flag --log-levle");
        to(Watching.class);
        on(new UpgradeEvent.Fell("alice exited", output));
        assertThat(effects)
                .contains(
                        new Tell(
                                new UpgradeNotice.RollingBack(
                                        new Move(V1, V2, Urgency.RECOMMENDED),
                                        V1,
                                        "alice exited",
                                        output)));
        restAndRecord();
        on(new UpgradeEvent.Switched(true));
        on(new UpgradeEvent.Fell("alice exited", List.of("disk full")));
        assertThat(effects)
                .filteredOn(Tell.class::isInstance)
                .singleElement()
                .extracting(effect -> ((Tell) effect).notice())
                .isInstanceOfSatisfying(
                        UpgradeNotice.NotBlamed.class,
                        told -> assertThat(told.output()).containsExactly("disk full"));
    }

    @Test
    void servicesThatDoNotGetReadyFailTheWindow() {
        to(Watching.class);
        timer();
        assertThat(program.state()).isInstanceOf(RollingBack.class);
    }

    @Test
    void belowMinTheNewVersionIsStillTried() {
        program = Program.initial(V1, Memory.NONE);
        require("1.1.0", "1.1.0");
        on(new UpgradeEvent.Begin(null, true));
        on(new UpgradeEvent.Staged(V2, V2));
        admit();
        on(new UpgradeEvent.AtRest());
        on(new UpgradeEvent.Switched(true));
        on(new UpgradeEvent.Fell("alice exited"));
        assertThat(program.state()).isInstanceOf(Watching.class);
        assertThat(acts()).doesNotContain(new Suspend());
        assertThat(program.active()).isEqualTo(V2);
        on(new UpgradeEvent.Fell("alice exited"));
        assertThat(effects).as("said once a window").isEmpty();
        require("1.1.0", "2.0.0");
        assertThat(acts())
                .as("a newer target need not wait for a version that fails")
                .containsExactly(new Stage(V3, null));
    }

    @Test
    void rollbackNeverKeepsTryingTheNewVersion() {
        machine =
                new UpgradeMachine(
                        new UpgradePolicy(
                                UpgradePolicy.Auto.TRUE,
                                Duration.ofSeconds(60),
                                Duration.ofMinutes(5),
                                RollbackPolicy.NEVER),
                        new Chance(3));
        to(Watching.class);
        on(new UpgradeEvent.Fell("alice exited"));
        assertThat(program.state()).isInstanceOf(Watching.class);
        assertThat(program.active()).isEqualTo(V2);
    }

    @Test
    void withNothingWantedUpItIsCommittedUnobserved() {
        to(Switching.class);
        on(new UpgradeEvent.Switched(false));
        assertThat(acts()).doesNotContain(new Resume());
        on(new UpgradeEvent.Recorded());
        assertThat(program.state())
                .isEqualTo(new Committed(new Move(V1, V2, Urgency.RECOMMENDED), false));
    }

    @Test
    void aLinkThatCannotBeReplacedLeavesTheOldVersionServing() {
        to(Switching.class);
        on(new UpgradeEvent.SwitchFailed("disk full"));
        assertThat(program.state()).isInstanceOf(Retrying.class);
        assertThat(program.active()).isEqualTo(V1);
        assertThat(acts()).startsWith(new Resume());
    }

    @Test
    void aRefusalBeforeTheStopStopsNothing() {
        to(Waiting.class);
        on(new UpgradeEvent.Refused(waiting(), "disk full", null));
        assertThat(program.state()).isInstanceOf(Retrying.class);
        assertThat(acts()).doesNotContain(new Suspend());
    }

    /// It was told as a failure, and whoever had a hook on failures was called.
    @Test
    void notNowIsNoFailure() {
        to(Waiting.class);
        Move move = waiting();
        Duration minute = Duration.ofMinutes(1);
        on(new UpgradeEvent.Refused(move, "not now", minute));
        assertThat(program.state()).isInstanceOf(Retrying.class);
        assertThat(effects)
                .contains(new Tell(new UpgradeNotice.Postponed(move, "not now", minute)));
    }

    @Test
    void aTimerOfThePastIsDropped() {
        to(Watching.class);
        int old = program.generation();
        on(new UpgradeEvent.Ready());
        UpgradeState before = program.state();
        on(new UpgradeEvent.TimerFired(old));
        assertThat(program.state()).isEqualTo(before);
    }

    /// The table of DESIGN, section 4: what a newer or a withdrawn target does in each phase.
    @Nested
    final class WhenTheTargetChanges {

        @Test
        void aNewerOneTakesOverWhileNothingHasStopped() {
            for (Class<? extends UpgradeState> state : List.of(Staging.class, Waiting.class)) {
                reset();
                to(state);
                require("1.0.0", "2.0.0");
                assertThat(acts()).containsExactly(new Stage(V3, null));
                assertThat(program.state())
                        .isEqualTo(new Staging(new Move(V1, V3, Urgency.RECOMMENDED)));
            }
        }

        @Test
        void aNewerOneWaitsForTheEndOnceServicesAreStopped() {
            for (Class<? extends UpgradeState> state :
                    List.of(Stopping.class, Switching.class, Watching.class, RollingBack.class)) {
                reset();
                to(state);
                UpgradeState before = program.state();
                require("1.0.0", "2.0.0");
                assertThat(program.state()).isEqualTo(before);
                assertThat(acts()).isEmpty();
            }
            reset();
            to(Watching.class);
            require("1.0.0", "2.0.0");
            on(new UpgradeEvent.Ready());
            pass();
            assertThat(acts()).containsExactly(new Stage(V3, null));
        }

        @Test
        void aWithdrawnOneIsAbandonedWhileNothingHasStopped() {
            for (Class<? extends UpgradeState> state : List.of(Staging.class, Waiting.class)) {
                reset();
                to(state);
                require("1.0.0", "1.0.0");
                assertThat(program.state()).isInstanceOf(Abandoned.class);
                assertThat(acts()).contains(new CancelStaging());
            }
        }

        @Test
        void aWithdrawnOneGoesOnOnceServicesAreStoppedAndIsNeverDowngraded() {
            to(Stopping.class);
            require("1.0.0", "1.0.0");
            assertThat(program.state()).isInstanceOf(Stopping.class);
            on(new UpgradeEvent.AtRest());
            on(new UpgradeEvent.Switched(true));
            on(new UpgradeEvent.Ready());
            pass();
            assertThat(program.state()).isInstanceOf(Committed.class);
            assertThat(program.active()).isEqualTo(V2);
            assertThat(acts()).isEmpty();
        }

        private void reset() {
            program = Program.initial(V1, Memory.NONE);
        }
    }

    @Test
    void eventsThatDoNotFitAreOfThePast() {
        List<UpgradeEvent> late =
                List.of(
                        new UpgradeEvent.Staged(V3, V3),
                        new UpgradeEvent.StagingFailed(V3, "x", null),
                        new UpgradeEvent.Lasting(V3),
                        new UpgradeEvent.TimerFired(-1));
        for (Class<? extends UpgradeState> state :
                List.of(
                        Staging.class,
                        Waiting.class,
                        Stopping.class,
                        Switching.class,
                        Watching.class,
                        RollingBack.class)) {
            program = Program.initial(V1, Memory.NONE);
            to(state);
            UpgradeState before = program.state();
            for (UpgradeEvent event : late) {
                on(event);
                assertThat(program.state()).as("%s in %s", event, before).isEqualTo(before);
                assertThat(effects).isEmpty();
            }
        }
    }

    /// The table of DESIGN, section 4: what a visor that was killed goes on with.
    @Nested
    final class WhenVisorWasBroughtDown {

        private final Move move = new Move(V1, V2, Urgency.RECOMMENDED);

        private void begin(Version active, @Nullable GoingBack back, int interruptions) {
            OpenUpgrade open = new OpenUpgrade(move, Instant.EPOCH, back, interruptions);
            program = Program.initial(active, new Memory(V1, List.of(), Set.of(), open));
            require("1.0.0", "1.1.0");
            on(new UpgradeEvent.Begin(open, true));
        }

        @Test
        void beforeTheSwitchItBeginsAnew() {
            begin(V1, null, 1);
            assertThat(program.state()).isEqualTo(new Staging(move));
        }

        @Test
        void whileWatchedItIsWatchedAnew() {
            begin(V2, null, 1);
            assertThat(program.state()).isInstanceOf(Watching.class);
            assertThat(acts()).startsWith(new Resume());
            assertThat(program.lastGood()).isEqualTo(V1);
        }

        @Test
        void theThirdTimeInARowItIsAFailure() {
            begin(V2, null, 3);
            assertThat(program.state()).isInstanceOf(RollingBack.class);
            assertThat(acts()).doesNotContain(new Resume());
        }

        @Test
        void onItsWayBackItGoesOnBack() {
            begin(V2, new GoingBack(V1, "alice exited"), 1);
            assertThat(acts()).containsExactly(new Suspend());
            on(new UpgradeEvent.AtRest());
            assertThat(acts()).containsExactly(new Switch(V1));
        }

        @Test
        void backOnTheOldVersionThatIsWatchedAnew() {
            begin(V1, new GoingBack(V1, "alice exited"), 1);
            assertThat(program.state()).isInstanceOf(RollingBack.class);
            assertThat(acts()).startsWith(new Resume());
            on(new UpgradeEvent.Ready());
            pass();
            assertThat(program.state()).isInstanceOf(RolledBack.class);
            assertThat(program.held()).containsExactly(V2);
        }

        @Test
        void whenTheLinkWasChangedByHandItBeginsAnew() {
            begin(V3, null, 1);
            assertThat(program.state()).isInstanceOf(Idle.class);
            assertThat(acts()).containsExactly(new Resume());
        }
    }

    /// The record of the end of one upgrade was taken for that of the next one.
    @Test
    void theNextUpgradeBeginsWhenTheEndOfThisOneIsRecorded() {
        machine =
                new UpgradeMachine(
                        new UpgradePolicy(
                                UpgradePolicy.Auto.TRUE,
                                Duration.ofSeconds(60),
                                Duration.ofMinutes(5),
                                RollbackPolicy.NEVER),
                        new Chance(3));
        to(Watching.class);
        on(new UpgradeEvent.Fell("alice exited"));
        on(new UpgradeEvent.Ready());
        timer();
        assertThat(acts()).hasOnlyElementsOfType(UpgradeEffect.Record.class);

        require("1.0.0", "2.0.0");
        assertThat(acts()).isEmpty();

        on(new UpgradeEvent.Recorded());
        assertThat(acts()).containsExactly(new Stage(V3, null));
    }

    @Test
    void aVersionThatFailedOnceAndIsGoodNowIsNotHeldAnyMore() {
        to(RollingBack.class);
        restAndRecord();
        on(new UpgradeEvent.Switched(true));
        on(new UpgradeEvent.Ready());
        pass();
        assertThat(program.held()).containsExactly(V2);

        require("1.1.0", "1.1.0");
        on(new UpgradeEvent.Staged(V2, V2));
        admit();
        on(new UpgradeEvent.AtRest());
        on(new UpgradeEvent.Switched(true));
        on(new UpgradeEvent.Ready());
        pass();

        assertThat(program.state()).isInstanceOf(Committed.class);
        assertThat(program.held()).isEmpty();
    }

    @Test
    void aCommitWaitsUntilItCanBeRecorded() {
        to(Watching.class);
        on(new UpgradeEvent.Ready());
        timer();
        on(new UpgradeEvent.NotRecorded("disk full"));
        assertThat(program.state()).isInstanceOf(Watching.class);
        on(new UpgradeEvent.Fell("alice exited"));
        assertThat(program.state()).as("the window has passed").isInstanceOf(Watching.class);
        pass();
        assertThat(program.state()).isInstanceOf(Committed.class);
    }

    @Test
    void aRollbackDoesNotWaitForAFullDisk() {
        to(RollingBack.class);
        on(new UpgradeEvent.NotRecorded("disk full"));
        on(new UpgradeEvent.AtRest());
        assertThat(acts()).containsExactly(new Switch(V1));
    }

    @Test
    void theWindowsLengthsAreThePolicys() {
        to(Watching.class);
        assertThat(program.state())
                .isEqualTo(
                        new Watching(
                                new Move(V1, V2, Urgency.RECOMMENDED),
                                new Opening(now.plusMinutes(5)),
                                0));
        on(new UpgradeEvent.Ready());
        assertThat(program.state())
                .isEqualTo(
                        new Watching(
                                new Move(V1, V2, Urgency.RECOMMENDED),
                                new Open(now.plusSeconds(60)),
                                0));
        on(new UpgradeEvent.Fell("x"));
        assertThat(((RollingBack) program.state()).leg())
                .isEqualTo(new BackStopping(Set.of(Pending.REST, Pending.RECORD)));
        restAndRecord();
        on(new UpgradeEvent.Switched(true));
        assertThat(((RollingBack) program.state()).leg())
                .isEqualTo(new BackWatching(new Opening(now.plusMinutes(5))));
        assertThat(Program.initial(null, Memory.NONE).state()).isEqualTo(new Idle());
    }
}
