package io.visor.cli.explain;

import static io.visor.daemon.explain.Situation.MOVE;
import static io.visor.daemon.explain.Situation.NEW;
import static io.visor.daemon.explain.Situation.NOW;
import static io.visor.daemon.explain.Situation.OLD;
import static io.visor.daemon.explain.Situation.READING;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.api.upgrade.Explanation;
import io.visor.daemon.explain.Situation;
import io.visor.model.MaintenanceWindow;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy.Auto;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Retrospect;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExplainTextTest {

    private static final ExplainText TEXT = new ExplainText(new Times(NOW, ZoneId.of("UTC")));

    private static final String HEAD =
            """
            lavap runs 5.4.1, since 2026-11-13 02:48 UTC (12d ago), committed as good.
            The chain accepts 5.0.0 and above (provider_min) and wants 6.0.0
              (provider_target); seen at height 2814001, 34m ago, from tcp://a:26657
              (unproven).
            """;

    private final Situation situation = new Situation();

    private String text() {
        String text = TEXT.text(situation.explain());
        assertThat(text.lines().filter(line -> !line.contains("://")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        return text;
    }

    private void fails(boolean isOver) {
        situation.past =
                new Retrospect(
                        null,
                        new Retrospect.Trouble(
                                12,
                                OLD,
                                NEW,
                                "alice exited with code 1 after 3.2s: \"panic: unknown flag\"",
                                List.of("starting", "panic: unknown flag"),
                                NOW.minusSeconds(2280),
                                isOver));
    }

    @Test
    void waitingForAWindow() {
        situation.windows = List.of(MaintenanceWindow.parse("Mon-Fri 08:00-18:00 UTC"));
        situation.staged = true;
        situation.state = situation.waiting();
        assertThat(text())
                .isEqualTo(
                        HEAD
                                + """
                                6.0.0 is staged and verified: checksum, 84.2 MB from
                                  https://github.com/lavanet/lava/releases/download/v6.0.0/lavap (L1), 33m ago.
                                It will be installed at 08:00 UTC, in 5h12m:
                                  outside the maintenance window now (programs.lavap.upgrade.window = "Mon-Fri
                                    08:00-18:00 UTC")
                                To install it now: visor upgrade approve lavap
                                """);
    }

    @Test
    void servicesThatDoNotRun() {
        situation.down =
                List.of(
                        new Explanation.Down("alice", "backoff", "exited: code 1"),
                        new Explanation.Down("bob", "stopped", null));
        assertThat(text())
                .contains(
                        """
                        committed as good.
                        alice does not run (backoff): exited: code 1; more: visor service status alice
                        bob is stopped, because somebody wants it so; to start it: visor service start
                          bob
                        The chain accepts\
                        """);
    }

    @Test
    void heldAfterARollback() {
        situation.held.add(NEW);
        situation.state = new UpgradeState.RolledBack(MOVE, OLD, "alice exited");
        fails(true);
        assertThat(text())
                .isEqualTo(
                        HEAD
                                + """
                                lavap stays at 5.4.1: 6.0.0 was tried at 02:10 UTC, 38m ago, and rolled back.
                                  Why: alice exited with code 1 after 3.2s. Its last lines:
                                    starting
                                    panic: unknown flag
                                6.0.0 is on hold until the chain wants a newer one, or refuses what runs. To try
                                  it again: visor upgrade resume lavap
                                """);
    }

    @Test
    void onHoldByAnOperator() {
        situation.holds.add(new Hold(NEW, Hold.By.OPERATOR, "holidays", NOW.minusSeconds(3600)));
        situation.staged = true;
        situation.state = situation.waiting();
        assertThat(text())
                .contains("It waits:\n  6.0.0 is on hold since 01:48 UTC (holidays)\n")
                .endsWith("To lift that: visor upgrade resume lavap\n");
    }

    /// An approval lifts no hold.
    @Test
    void onHoldAndWaitingForAWindow() {
        situation.windows = List.of(MaintenanceWindow.parse("Mon-Fri 08:00-18:00 UTC"));
        situation.holds.add(new Hold(NEW, Hold.By.OPERATOR, "holidays", NOW.minusSeconds(3600)));
        situation.staged = true;
        situation.state = situation.waiting();
        assertThat(text())
                .contains("To lift that: visor upgrade resume lavap\n")
                .contains("To wait for nothing else then: visor upgrade approve lavap\n");
    }

    @Test
    void failedAndTheProgramOnHoldByAnOperator() {
        situation.held.add(NEW);
        situation.holds.add(new Hold(null, Hold.By.OPERATOR, "holidays", NOW.minusSeconds(3600)));
        situation.state = new UpgradeState.RolledBack(MOVE, OLD, "alice exited");
        fails(true);
        assertThat(text())
                .contains("6.0.0 is on hold until the chain wants a newer one")
                .contains(
                        "lavap is on hold since 01:48 UTC (holidays): no upgrade of it begins.\n");
    }

    @Test
    void notKnownYet() {
        situation.remembers = false;
        assertThat(text())
                .startsWith("lavap runs 5.4.1, since 2026-11-13 02:48 UTC (12d ago).\n")
                .endsWith(
                        """
                        What visor has kept of earlier upgrades and holds cannot be read, and no upgrade
                          begins before it can. It is read again every 10 seconds; the log of visor says
                          what is wrong with it.
                        """);
    }

    @Test
    void waitingForItsTurn() {
        situation.turn = "lily";
        situation.state = situation.waiting();
        assertThat(text())
                .endsWith(
                        """
                        It waits for its turn: lily is being upgraded, and one program at a time is
                          between its stop and the end of its health window.
                        """);
    }

    @Test
    void beingFetched() {
        situation.state = new UpgradeState.Staging(MOVE);
        situation.progress = Situation.progress(61_300_000, 84_200_000);
        assertThat(text())
                .endsWith(
                        """
                        6.0.0 is being fetched and verified, 61.3 MB of 84.2 MB; 5.4.1 serves meanwhile.
                        When it is staged, it is installed as soon as it is its turn.
                        """);
    }

    @Test
    void whatDoesNotRunDoesNotServe() {
        situation.down = List.of(new Explanation.Down("alice", "backoff", "exited: code 1"));
        situation.state = new UpgradeState.Staging(MOVE);
        assertThat(text()).contains("6.0.0 is being fetched and verified; 5.4.1 stays meanwhile.");
    }

    @Test
    void nothingIsFetchedWithoutBeingAsked() {
        situation.auto = Auto.FALSE;
        situation.state =
                new UpgradeState.Retrying(
                        new Move(OLD, NEW, Urgency.RECOMMENDED, 3),
                        READING.plusSeconds(102),
                        "6.0.0 is not in upgrades/");
        assertThat(text())
                .endsWith(
                        """
                        6.0.0 cannot be staged: 6.0.0 is not in upgrades/.
                        The next try is at 02:49 UTC, in 1m42s (attempt 3); 5.4.1 serves meanwhile.
                        Nothing is fetched by itself (programs.lavap.upgrade.auto = "false").
                        To have it fetched and installed: visor upgrade approve lavap
                        """);
    }

    @Test
    void watched() {
        situation.active = NEW;
        situation.state =
                new UpgradeState.Watching(MOVE, new UpgradeState.Open(READING.plusSeconds(48)), 0);
        assertThat(text())
                .startsWith(
                        "lavap runs 6.0.0, since 2026-11-13 02:48 UTC (12d ago); it has not been\n"
                                + "  committed yet.\n")
                .endsWith(
                        """
                        6.0.0 runs and is watched until 02:48 UTC, in 48s
                          (programs.lavap.upgrade.health-window = "1m"). Then it is committed; if one of
                          its services ends before, 5.4.1 comes back (programs.lavap.upgrade.rollback =
                          "auto").
                        """);
    }

    @Test
    void triedOnWhereThereIsNoWayBack() {
        situation.active = NEW;
        situation.rollback = RollbackPolicy.NEVER;
        situation.state =
                new UpgradeState.Watching(
                        MOVE, new UpgradeState.Opening(READING.plusSeconds(300)), 2);
        fails(false);
        assertThat(text())
                .contains(
                        """
                        6.0.0 failed 2 times while it was watched, and is tried on:
                          programs.lavap.upgrade.rollback is "never".
                          Why: alice exited with code 1 after 3.2s. Its last lines:
                            starting
                            panic: unknown flag
                        """)
                .contains("which they must be by\n  02:53 UTC");
    }

    @Test
    void goingBack() {
        situation.active = NEW;
        situation.state =
                new UpgradeState.RollingBack(
                        MOVE, OLD, "alice exited with code 1", new UpgradeState.BackSwitching());
        assertThat(text())
                .endsWith(
                        """
                        6.0.0 failed, and 5.4.1 comes back: the link is being put back.
                          Why: alice exited with code 1.
                        """);
    }

    @Test
    void aboveTheTarget() {
        situation.requirement = Situation.requirement("5.0.0", "5.2.0");
        assertThat(text()).endsWith("To go back: visor upgrade rollback lavap VERSION\n");
    }

    @Test
    void belowTheMinimum() {
        situation.requirement = Situation.requirement("6.0.0", "6.0.0");
        situation.state = new UpgradeState.Staging(MOVE);
        assertThat(text())
                .contains("The chain refuses 5.4.1: it accepts 6.0.0 and above (provider_min)");
    }

    @Test
    void chainUnreachable() {
        situation.requirement = Situation.requirement("5.0.0", "5.4.1");
        situation.chain = Situation.chain("refuses connections");
        assertThat(text())
                .endsWith(
                        """
                        The chain was heard last at 02:47 UTC, 1m ago, at height 2814407. No endpoint
                          answers since:
                          tcp://a:26657: refuses connections, since 02:47 UTC (1m ago)
                        lavap 5.4.1 runs on meanwhile, and visor asks on. The endpoints are those of
                          chain.endpoints, or --node.
                        """);
    }

    @Test
    void nothingIsHere() {
        situation.active = null;
        situation.state =
                new UpgradeState.Retrying(
                        new Move(null, NEW, Urgency.REQUIRED), READING.plusSeconds(1), "no room");
        assertThat(text())
                .startsWith("No version of lavap is here: nothing of it runs.\n")
                .contains("nothing runs meanwhile");
    }

    @Test
    void whatAStoppedVisorKnewLast() {
        situation.runs = false;
        situation.staged = true;
        assertThat(text())
                .startsWith("lavap is at 5.4.1, since 2026-11-13 02:48 UTC (12d ago)")
                .contains("As it was heard last, the chain accepts 5.0.0")
                .contains("6.0.0 is staged and verified");
    }

    @Test
    void nothingThatAProcessPrintsReachesTheTerminalAsAControl() {
        situation.held.add(NEW);
        situation.state = new UpgradeState.RolledBack(MOVE, OLD, "x");
        situation.past =
                new Retrospect(
                        null,
                        new Retrospect.Trouble(
                                1, OLD, NEW, "x", List.of("\u001b[2Jgone\u0007"), NOW, true));
        assertThat(text()).doesNotContain("\u001b").doesNotContain("\u0007").contains("[2Jgone");
    }
}
