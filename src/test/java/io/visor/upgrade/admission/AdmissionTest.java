package io.visor.upgrade.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.AdmissionPolicy;
import io.visor.model.Lavap;
import io.visor.model.MaintenanceWindow;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import io.visor.model.Version;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.admission.Obstacle.Kind;
import io.visor.upgrade.record.Hold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AdmissionTest {

    private static final Version V1 = Version.of("5.4.1");
    private static final Version V2 = Version.of("6.0.0");

    /// A Wednesday.
    private static final Instant NIGHT = Instant.parse("2026-11-25T02:48:00Z");

    private static final Instant DAY = Instant.parse("2026-11-25T12:00:00Z");
    private static final List<MaintenanceWindow> OFFICE =
            List.of(MaintenanceWindow.parse("Mon-Fri 08:00-18:00 UTC"));

    private Auto auto = Auto.TRUE;
    private boolean bindsAll;
    private List<MaintenanceWindow> windows = List.of();
    private Duration delay = Duration.ZERO;
    private Duration spread = Duration.ZERO;
    private long height;
    private @Nullable Duration deadline;
    private Urgency urgency = Urgency.RECOMMENDED;
    private Instant now = NIGHT;
    private Instant openedAt = NIGHT;
    private boolean approved;
    private List<Hold> holds = List.of();
    private long free = 1_000_000_000;

    private List<Obstacle> judge() {
        return admission().judge(known());
    }

    private Admission.Case known() {
        return new Admission.Case(
                new Move(V1, V2, urgency), openedAt, now, 2_814_001, approved, holds, free, 0.5);
    }

    private Admission admission() {
        AdmissionPolicy admission =
                new AdmissionPolicy(windows, bindsAll, delay, spread, height, deadline, 64_000_000);
        UpgradePolicy policy =
                new UpgradePolicy(
                        auto,
                        Duration.ZERO,
                        Duration.ZERO,
                        RollbackPolicy.AUTO,
                        admission,
                        Map.of(),
                        null,
                        null);
        return new Admission(Lavap.NAME, policy);
    }

    private List<Kind> kinds() {
        return judge().stream().map(Obstacle::kind).toList();
    }

    private static Hold hold(@Nullable Version version, Hold.By by) {
        return new Hold(version, by, "holidays", NIGHT);
    }

    @Test
    void nothingStandsInTheWayByDefault() {
        assertThat(judge()).isEmpty();
    }

    @Test
    void aClosedWindowKeepsRecommendedUpgradesUntilItOpens() {
        windows = OFFICE;
        assertThat(judge())
                .singleElement()
                .isEqualTo(
                        new Obstacle(
                                Kind.WINDOW,
                                "outside the maintenance window now (programs.lavap.upgrade.window"
                                        + " = \"Mon-Fri 08:00-18:00 UTC\")",
                                Instant.parse("2026-11-25T08:00:00Z"),
                                "visor upgrade approve lavap"));
        now = DAY;
        assertThat(judge()).isEmpty();
    }

    @Test
    void requiredUpgradesPassUnlessTheWindowBindsAll() {
        windows = OFFICE;
        delay = Duration.ofHours(1);
        height = 3_000_000;
        urgency = Urgency.REQUIRED;
        assertThat(judge()).isEmpty();
        bindsAll = true;
        assertThat(kinds()).containsExactly(Kind.DELAY, Kind.WINDOW, Kind.HEIGHT);
    }

    @Test
    void anApprovalPassesWindowDelayHeightAndAuto() {
        windows = OFFICE;
        delay = Duration.ofHours(1);
        height = 3_000_000;
        auto = Auto.REQUIRED_ONLY;
        assertThat(kinds()).containsExactly(Kind.APPROVAL, Kind.DELAY, Kind.WINDOW, Kind.HEIGHT);
        approved = true;
        assertThat(judge()).isEmpty();
    }

    @Test
    void aDelayCountsFromTheDetectionAndHasItsShareOfTheSpread() {
        delay = Duration.ofHours(1);
        spread = Duration.ofHours(2);
        now = openedAt.plus(Duration.ofMinutes(119));
        assertThat(judge())
                .singleElement()
                .extracting(Obstacle::until)
                .isEqualTo(openedAt.plus(Duration.ofHours(2)));
        now = openedAt.plus(Duration.ofHours(2));
        assertThat(judge()).isEmpty();
    }

    @Test
    void afterTheDeadlineNothingOfItBinds() {
        windows = OFFICE;
        height = 3_000_000;
        deadline = Duration.ofHours(2);
        openedAt = NIGHT.minus(Duration.ofHours(1));
        assertThat(kinds()).containsExactly(Kind.WINDOW, Kind.HEIGHT);
        openedAt = NIGHT.minus(Duration.ofHours(2));
        assertThat(judge()).isEmpty();
    }

    @Test
    void anOperatorsHoldBindsWhateverTheUrgencyAndTheApproval() {
        urgency = Urgency.REQUIRED;
        approved = true;
        holds = List.of(hold(V2, Hold.By.OPERATOR));
        assertThat(kinds()).containsExactly(Kind.HOLD);
        holds = List.of(hold(null, Hold.By.OPERATOR));
        assertThat(kinds()).containsExactly(Kind.HOLD);
        holds = List.of(hold(V1, Hold.By.OPERATOR));
        assertThat(judge()).as("a hold on another version").isEmpty();
        holds = List.of(hold(V2, Hold.By.FAILURE));
        assertThat(judge()).as("that of a failure is decided on before").isEmpty();
    }

    @Test
    void whatSomebodyAskedForWaitsForRoomOnly() {
        urgency = Urgency.ASKED;
        windows = OFFICE;
        holds = List.of(hold(null, Hold.By.OPERATOR));
        auto = Auto.REQUIRED_ONLY;
        assertThat(judge()).isEmpty();
        free = 63_999_999;
        assertThat(kinds()).containsExactly(Kind.DISK);
    }

    @Test
    void itIsForeseenWhenNothingStandsInTheWayAnyMore() {
        assertThat(admission().earliest(known())).contains(NIGHT);
        windows = OFFICE;
        assertThat(admission().earliest(known())).contains(Instant.parse("2026-11-25T08:00:00Z"));
        delay = Duration.ofHours(16);
        assertThat(admission().earliest(known()))
                .as("the delay ends after the window, and the next one opens on the next day")
                .contains(Instant.parse("2026-11-26T08:00:00Z"));
        deadline = Duration.ofHours(17);
        assertThat(admission().earliest(known()))
                .as("the deadline comes before that")
                .contains(NIGHT.plus(Duration.ofHours(17)));
    }

    @Test
    void whatDoesNotPassByItselfIsNotForeseen() {
        holds = List.of(hold(V2, Hold.By.OPERATOR));
        windows = OFFICE;
        assertThat(admission().earliest(known())).isEmpty();
        holds = List.of();
        height = 3_000_000;
        assertThat(admission().earliest(known())).isEmpty();
        deadline = Duration.ofHours(1);
        assertThat(admission().earliest(known()))
                .as("but a deadline passes a height")
                .contains(NIGHT.plus(Duration.ofHours(1)));
        free = 0;
        assertThat(admission().earliest(known())).isEmpty();
    }
}
