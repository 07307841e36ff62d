package io.visor.upgrade.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.json.Json;
import io.visor.upgrade.record.Milestone.State;
import io.visor.upgrade.record.Milestone.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MilestonesTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private static Milestone success(State state, int second, Json.@Nullable Obj extra) {
        return new Milestone(state, Status.SUCCESS, null, extra, T.plusSeconds(second));
    }

    private static Milestone failed(State state, int second, String why, Json.@Nullable Obj extra) {
        return new Milestone(state, Status.FAILED, why, extra, T.plusSeconds(second));
    }

    @Test
    void theLastMilestoneOfAStateCountsAndWhatIsKnownOfItIsGathered() {
        Map<State, Milestone> states =
                Milestones.byState(
                        List.of(
                                success(State.DETECTED, 0, null),
                                failed(State.STAGED, 1, "not published", Json.object("times", 3)),
                                success(State.STAGED, 2, Json.object("version", "1.1.0"))));
        assertThat(states).containsOnlyKeys(State.DETECTED, State.STAGED);
        assertThat(states.get(State.STAGED))
                .isEqualTo(success(State.STAGED, 2, Json.object("times", 3, "version", "1.1.0")));
    }

    @Test
    void aHookThatRanBeforeAStateDoesNotReachIt() {
        Json.Obj hook = Json.object("hook", "pre-fetch", "code", 0);
        assertThat(Milestones.byState(List.of(success(State.FETCHED, 0, hook)))).isEmpty();
        assertThat(
                        Milestones.byState(
                                List.of(
                                        success(State.FETCHED, 0, hook),
                                        success(State.FETCHED, 1, Json.object("size", 7)))))
                .containsOnly(
                        Map.entry(
                                State.FETCHED,
                                success(
                                        State.FETCHED,
                                        1,
                                        Json.object("hook", "pre-fetch", "code", 0, "size", 7))));
    }

    @Test
    void aHookThatKeepsTheUpgradeFromGoingOnFailsTheState() {
        Milestone refused =
                failed(
                        State.ADMITTED,
                        0,
                        "pre-upgrade says not now",
                        Json.object("hook", "pre-upgrade", "code", 21));
        assertThat(Milestones.byState(List.of(refused))).containsValue(refused);
    }

    @Test
    void aHookAfterTheFailureDoesNotMakeItASuccess() {
        Milestone fell =
                failed(State.HEALTHY, 0, "alice exited", Json.object("output", List.of("x")));
        assertThat(
                        Milestones.byState(
                                        List.of(
                                                fell,
                                                success(
                                                        State.HEALTHY,
                                                        1,
                                                        Json.object("hook", "on-failure"))))
                                .get(State.HEALTHY))
                .isEqualTo(
                        failed(
                                State.HEALTHY,
                                0,
                                "alice exited",
                                Json.object("hook", "on-failure", "output", List.of("x"))));
    }
}
