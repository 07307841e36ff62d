package io.visor.daemon.explain;

import static io.visor.daemon.explain.Situation.MOVE;
import static io.visor.daemon.explain.Situation.NEW;
import static io.visor.daemon.explain.Situation.NOW;
import static io.visor.daemon.explain.Situation.OLD;
import static io.visor.daemon.explain.Situation.READING;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.api.Next;
import io.visor.api.Obstacle;
import io.visor.api.upgrade.Explanation;
import io.visor.json.Json;
import io.visor.model.MaintenanceWindow;
import io.visor.model.UpgradePolicy.Auto;
import io.visor.model.Version;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Retrospect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExplainerTest {

    private final Situation situation = new Situation();

    private Next next() {
        return situation.explain().next();
    }

    @Test
    void theTargetRunsSoThatNothingIsNext() {
        situation.requirement = Situation.requirement("5.0.0", "5.4.1");
        Explanation explanation = situation.explain();
        assertThat(explanation.decision()).isEqualTo("up-to-date");
        assertThat(explanation.next()).isEqualTo(new Next(Next.NOTHING, null, null));
        assertThat(explanation.obstacles()).isEmpty();
        Explanation.Asked asked = Objects.requireNonNull(explanation.asked());
        assertThat(asked.height()).isEqualTo(2_814_001);
        assertThat(asked.seenAt()).isEqualTo(NOW.minusSeconds(2040));
        assertThat(asked.endpoint()).isEqualTo("tcp://a:26657");
        assertThat(asked.role()).isEqualTo("provider");
        assertThat(asked.belowMin()).isFalse();
        assertThat(asked.current()).isTrue();
    }

    @Test
    void whatWasKeptIsReadBeforeAnUpgradeBegins() {
        situation.remembers = false;
        assertThat(next()).isEqualTo(new Next(Next.READ, null, null));
    }

    @Test
    void whatIsAskedForCountsFromWhenItWasWrittenDownFirst() {
        Instant first = NOW.minus(Duration.ofDays(3));
        situation.past = new Retrospect(asked("5.0.0", "6.0.0", first), null);
        assertThat(Objects.requireNonNull(situation.explain().asked()).seenAt()).isEqualTo(first);
        situation.past = new Retrospect(asked("5.0.0", "5.9.0", first), null);
        assertThat(Objects.requireNonNull(situation.explain().asked()).seenAt())
                .isEqualTo(NOW.minusSeconds(2040));
    }

    private static Retrospect.Asked asked(String min, String target, Instant at) {
        return new Retrospect.Asked(
                Version.of(min),
                Version.of(target),
                "lava-mainnet-1",
                7,
                at,
                "tcp://b:26657",
                "unproven",
                at);
    }

    @Test
    void whatAnEarlierVisorHeardIsNotCurrent() {
        situation.requirement = null;
        situation.past = new Retrospect(asked("5.0.0", "6.0.0", NOW), null);
        Explanation explanation = situation.explain();
        assertThat(Objects.requireNonNull(explanation.asked()).current()).isFalse();
        assertThat(explanation.decision()).isEqualTo("nothing-known");
        assertThat(explanation.next().action()).isEqualTo(Next.ASK);
    }

    @Test
    void aVersionBelowTheMinimumIsRefused() {
        situation.requirement = Situation.requirement("6.0.0", "6.0.0");
        assertThat(Objects.requireNonNull(situation.explain().asked()).belowMin()).isTrue();
    }

    @Test
    void aWindowSaysWhenItOpensAndWhatPassesIt() {
        situation.windows = List.of(MaintenanceWindow.parse("Mon-Fri 08:00-18:00 UTC"));
        situation.staged = true;
        situation.state = situation.waiting();
        Explanation explanation = situation.explain();
        Instant opens = Instant.parse("2026-11-25T08:00:00Z");
        assertThat(explanation.next()).isEqualTo(new Next(Next.INSTALL, "6.0.0", opens));
        assertThat(explanation.obstacles())
                .singleElement()
                .satisfies(obstacle -> {
                    assertThat(obstacle.kind()).isEqualTo("window");
                    assertThat(obstacle.until()).isEqualTo(opens);
                    assertThat(obstacle.why()).contains("programs.lavap.upgrade.window");
                    assertThat(obstacle.remedy()).isEqualTo("visor upgrade approve lavap");
                });
        assertThat(Objects.requireNonNull(explanation.staged()).assurance()).isEqualTo("L1");
    }

    @Test
    void aHoldPassesNotByItself() {
        situation.holds.add(new Hold(null, Hold.By.OPERATOR, "holidays", NOW));
        situation.state = situation.waiting();
        Explanation explanation = situation.explain();
        assertThat(explanation.next()).isEqualTo(new Next(Next.INSTALL, "6.0.0", null));
        assertThat(explanation.obstacles())
                .extracting(Obstacle::remedy)
                .containsExactly("visor upgrade resume lavap");
    }

    @Test
    void whatWillStandInTheWayIsToldWhileItIsFetched() {
        situation.auto = Auto.REQUIRED_ONLY;
        situation.state = new UpgradeState.Staging(MOVE);
        situation.progress = Situation.progress(10, 20);
        Explanation explanation = situation.explain();
        assertThat(explanation.obstacles()).extracting(Obstacle::kind).containsExactly("approval");
        assertThat(explanation.progress()).isEqualTo(new Explanation.Progress("6.0.0", 10, 20L));
        situation.state = new UpgradeState.Idle();
        assertThat(situation.explain().progress()).isNull();
    }

    @Test
    void timesOfTheMonotonicClockBecomeTimesOfDay() {
        situation.state = new UpgradeState.Retrying(MOVE, READING.plusSeconds(102), "no room");
        assertThat(next()).isEqualTo(new Next(Next.RETRY, "6.0.0", NOW.plusSeconds(102)));
        situation.state =
                new UpgradeState.Watching(MOVE, new UpgradeState.Open(READING.plusSeconds(30)), 0);
        assertThat(next()).isEqualTo(new Next(Next.COMMIT, "6.0.0", NOW.plusSeconds(30)));
        situation.state =
                new UpgradeState.Watching(
                        MOVE, new UpgradeState.Opening(READING.plusSeconds(300)), 0);
        assertThat(next()).isEqualTo(new Next(Next.COMMIT, "6.0.0", null));
        assertThat(situation.explain().upgrade().until()).isEqualTo(NOW.plusSeconds(300));
    }

    @Test
    void whatFailedHereIsHeldAndWhyIsTold() {
        situation.held.add(NEW);
        situation.state = new UpgradeState.RolledBack(MOVE, OLD, "lavap exited with code 7");
        situation.past =
                new Retrospect(
                        null,
                        new Retrospect.Trouble(
                                12,
                                OLD,
                                NEW,
                                "lavap exited with code 7",
                                List.of("panic: no"),
                                NOW,
                                true));
        Explanation explanation = situation.explain();
        assertThat(explanation.decision()).isEqualTo("held");
        assertThat(explanation.next().action()).isEqualTo(Next.NOTHING);
        assertThat(Objects.requireNonNull(explanation.failure()).output())
                .containsExactly("panic: no");
    }

    static Stream<UpgradeState> states() {
        return Stream.of(
                new UpgradeState.Idle(),
                new UpgradeState.Staging(MOVE),
                new UpgradeState.Waiting(MOVE, List.of()),
                new UpgradeState.Stopping(MOVE),
                new UpgradeState.Switching(MOVE),
                new UpgradeState.Watching(MOVE, new UpgradeState.Opening(READING), 1),
                new UpgradeState.Watching(MOVE, new UpgradeState.Open(READING), 0),
                new UpgradeState.Watching(MOVE, new UpgradeState.Closing(true), 0),
                new UpgradeState.RollingBack(
                        MOVE, OLD, "why", new UpgradeState.BackStopping(Set.of())),
                new UpgradeState.RollingBack(MOVE, OLD, "why", new UpgradeState.BackSwitching()),
                new UpgradeState.RollingBack(
                        MOVE,
                        OLD,
                        "why",
                        new UpgradeState.BackWatching(new UpgradeState.Open(READING))),
                new UpgradeState.Retrying(MOVE, READING, "why"),
                new UpgradeState.Committed(MOVE, true),
                new UpgradeState.RolledBack(MOVE, OLD, "why"),
                new UpgradeState.Abandoned(MOVE, "why"));
    }

    @ParameterizedTest
    @MethodSource("states")
    void everyStateIsExplainedAndComesBackOverTheWire(UpgradeState state) {
        situation.state = state;
        situation.staged = true;
        situation.down = List.of(new Explanation.Down("alice", "failed", "why"));
        Explanation explanation = situation.explain();
        assertThat(explanation.upgrade().state()).isEqualTo(state.word());
        assertThat(Explanation.read(Json.parse(explanation.json().write()))).isEqualTo(explanation);
    }
}
