package io.visor.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ExitStatus;
import io.visor.model.UnitName;
import io.visor.service.UnitReport;
import io.visor.service.UnitReport.Standing;
import io.visor.systemd.UnitMarks.Kind;
import io.visor.systemd.UnitMarks.Mark;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The properties are those that systemd 252 told of a unit with `Restart=always`, unless said
/// otherwise.
final class UnitReadingTest {

    private static final UnitName UNIT = new UnitName("a.service");
    private static final Duration NOW = Duration.ofSeconds(2000);
    private static final Mark UP = new Mark(Kind.UP, true);
    private static final Mark DOWN = new Mark(Kind.DOWN, true);
    private static final Mark UP_BEFORE = new Mark(Kind.UP, false);

    private static final UnitLook NEVER =
            look(Map.of("ActiveState", "inactive", "SubState", "dead"));
    private static final UnitLook RUNNING =
            look(
                    Map.of(
                            "ActiveState", "active",
                            "SubState", "running",
                            "MainPID", "103",
                            "ExecMainPID", "103",
                            "ExecMainStartTimestampMonotonic", "1131892427",
                            "InvocationID", "c3c3"));
    private static final UnitLook STOPPED =
            look(
                    Map.of(
                            "ActiveState", "inactive",
                            "SubState", "dead",
                            "ExecMainPID", "103",
                            "ExecMainCode", "2",
                            "ExecMainStatus", "15",
                            "ExecMainStartTimestampMonotonic", "1131892427",
                            "ExecMainExitTimestampMonotonic", "1131924959",
                            "ActiveExitTimestampMonotonic", "1131924531",
                            "InactiveEnterTimestampMonotonic", "1131925037",
                            "InvocationID", "c3c3"));
    private static final UnitLook AUTO_RESTART =
            look(
                    Map.of(
                            "ActiveState", "activating",
                            "SubState", "auto-restart",
                            "ExecMainPID", "103",
                            "ExecMainCode", "2",
                            "ExecMainStatus", "9",
                            "ExecMainStartTimestampMonotonic", "1131964390",
                            "ExecMainExitTimestampMonotonic", "1131980577",
                            "ActiveExitTimestampMonotonic", "1131984250",
                            "Result", "signal",
                            "InvocationID", "c3c3"));

    private static UnitLook look(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>();
        properties.put("LoadState", "loaded");
        properties.put("Result", "success");
        properties.put("Restart", "always");
        properties.put("RestartUSec", "5s");
        properties.put("NRestarts", "0");
        properties.put("UnitFileState", "enabled");
        properties.putAll(more);
        return new UnitLook(properties);
    }

    private static UnitLook with(UnitLook look, String... pairs) {
        Map<String, String> properties = new HashMap<>(look.properties());
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        return new UnitLook(properties);
    }

    private static Standing standing(UnitLook look, Mark mark, boolean isFirst) {
        return UnitReading.standing(UNIT, look, mark, isFirst, NOW);
    }

    private static void assertLeftAlone(UnitLook look, Mark mark, String why) {
        assertThat(standing(look, mark, true)).isInstanceOf(UnitReport.LeftAlone.class);
        assertThat(((UnitReport.LeftAlone) standing(look, mark, true)).why()).contains(why);
    }

    @Test
    void aUnitThatRuns() {
        assertThat(standing(RUNNING, UP, true))
                .isEqualTo(new UnitReport.Up(103, NOW.minusNanos(1_131_892_427_000L), false));
        assertThat(standing(RUNNING, Mark.NONE, true))
                .isEqualTo(new UnitReport.Up(103, NOW.minusNanos(1_131_892_427_000L), true));
        assertThat(standing(with(RUNNING, "ActiveState", "reloading"), UP, false))
                .isInstanceOf(UnitReport.Up.class);
    }

    @Test
    void whatHasNotRunInThisBootIsVisorsToStart() {
        assertThat(standing(NEVER, Mark.NONE, true)).isEqualTo(new UnitReport.Idle());
        assertThat(standing(NEVER, UP_BEFORE, true)).isEqualTo(new UnitReport.Idle());
        assertThat(standing(with(NEVER, "UnitFileState", "linked"), Mark.NONE, true))
                .isEqualTo(new UnitReport.Idle());
    }

    @Test
    void whatVisorHasStoppedIsItsToStart() {
        assertThat(standing(STOPPED, DOWN, true)).isEqualTo(new UnitReport.Idle());
        assertThat(standing(NEVER, DOWN, true)).isEqualTo(new UnitReport.Idle());
    }

    @Test
    void whatSomebodyElseHasStoppedIsLeftAlone() {
        assertLeftAlone(STOPPED, UP, "stopped by hand");
        assertLeftAlone(STOPPED, Mark.NONE, "stopped by hand");
    }

    @Test
    void whatSystemdHasForgottenSinceItWasStoppedIsLeftAlone() {
        // A unit that is not enabled is unloaded when it is stopped: it looks as if it never ran.
        assertLeftAlone(with(NEVER, "UnitFileState", "disabled"), UP, "stopped by hand");
    }

    @Test
    void whatWasDisabledByHandIsLeftAloneAfterABoot() {
        assertLeftAlone(with(NEVER, "UnitFileState", "disabled"), UP_BEFORE, "disabled by hand");
    }

    @Test
    void whatIsMaskedIsLeftAlone() {
        assertLeftAlone(with(NEVER, "LoadState", "masked"), DOWN, "masked");
    }

    @Test
    void whatWasStoppedWhileSystemdWaitedToStartItAgainIsLeftAlone() {
        assertLeftAlone(
                with(
                        AUTO_RESTART,
                        "ActiveState",
                        "inactive",
                        "SubState",
                        "dead",
                        "InactiveEnterTimestampMonotonic",
                        "1133832786"),
                UP,
                "stopped by hand");
    }

    @Test
    void whatHasEndedByItselfIsDoneAndVisorsToStartWhenItBegins() {
        UnitLook done =
                with(
                        STOPPED,
                        "Restart",
                        "on-failure",
                        "ExecMainCode",
                        "1",
                        "ExecMainStatus",
                        "0",
                        "ActiveExitTimestampMonotonic",
                        "1131924999");
        assertThat(standing(done, UP, false)).isEqualTo(new UnitReport.Done(0));
        assertThat(standing(done, UP, true)).isEqualTo(new UnitReport.Idle());
    }

    @Test
    void whatIsAboutToComeOrGo() {
        assertThat(standing(AUTO_RESTART, UP, false))
                .isEqualTo(
                        new UnitReport.Restarting(
                                1, Duration.ofSeconds(5), "exited: SIGKILL", false));
        assertThat(standing(with(NEVER, "ActiveState", "activating"), UP, false))
                .isEqualTo(new UnitReport.Coming(false));
        assertThat(standing(with(RUNNING, "ActiveState", "deactivating"), UP, false))
                .isEqualTo(new UnitReport.Going());
    }

    @Test
    void whatHasFailed() {
        assertThat(
                        standing(
                                with(
                                        AUTO_RESTART,
                                        "ActiveState",
                                        "failed",
                                        "Result",
                                        "start-limit-hit"),
                                UP,
                                false))
                .isEqualTo(
                        new UnitReport.Broken(
                                "systemd has given up a.service: it was started too often"
                                        + " (StartLimitBurst=)",
                                new ExitStatus.Signaled(9)));
    }

    @Test
    void whatDoesNotLoad() {
        UnitLook gone =
                with(
                        NEVER,
                        "LoadState",
                        "not-found",
                        "LoadError",
                        "org.freedesktop.systemd1.NoSuchUnit \"Unit a.service not found.\"");
        assertThat(standing(gone, UP_BEFORE, true))
                .isEqualTo(
                        new UnitReport.Absent(
                                "systemd has no unit a.service; link it with systemctl link, or"
                                        + " create it anew"));
        UnitLook bad =
                with(
                        NEVER,
                        "LoadState",
                        "bad-setting",
                        "LoadError",
                        "org.freedesktop.systemd1.BadUnitSetting \"Unit a.service has a bad unit"
                                + " file setting.\"");
        assertThat(standing(bad, UP, true))
                .isEqualTo(
                        new UnitReport.Absent(
                                "systemd cannot load a.service: Unit a.service has a bad unit file"
                                        + " setting.; systemd-analyze verify tells more"));
    }

    @Test
    void aUnitWhoseFileIsGoneWhileItRunsRuns() {
        assertThat(standing(with(RUNNING, "LoadState", "not-found"), UP, false))
                .isInstanceOf(UnitReport.Up.class);
    }

    @Test
    void nothingIsGoneWhileTheProcessStays() {
        assertThat(UnitReading.gone(null, RUNNING, false)).isEmpty();
        assertThat(UnitReading.gone(RUNNING, RUNNING, false)).isEmpty();
        assertThat(UnitReading.gone(NEVER, RUNNING, true)).isEmpty();
        assertThat(UnitReading.gone(RUNNING, with(RUNNING, "ActiveState", "deactivating"), false))
                .isEmpty();
        assertThat(UnitReading.gone(AUTO_RESTART, with(RUNNING, "NRestarts", "1"), false))
                .as("the restart that was known to come")
                .isEmpty();
    }

    @Test
    void aProcessThatFell() {
        assertThat(UnitReading.gone(RUNNING, AUTO_RESTART, false))
                .contains(new UnitReading.Gone(103, "c3c3", false, AUTO_RESTART));
        UnitLook next = with(RUNNING, "MainPID", "104", "NRestarts", "1", "InvocationID", "d4d4");
        assertThat(UnitReading.gone(RUNNING, next, false))
                .as("how it ended stands in the journal only")
                .contains(new UnitReading.Gone(103, "c3c3", false, null));
    }

    @Test
    void aProcessThatSomebodyHasStopped() {
        assertThat(UnitReading.gone(RUNNING, STOPPED, false))
                .contains(new UnitReading.Gone(103, "c3c3", true, STOPPED));
        UnitLook next = with(RUNNING, "MainPID", "104", "InvocationID", "d4d4");
        assertThat(UnitReading.gone(RUNNING, next, false))
                .contains(new UnitReading.Gone(103, "c3c3", true, null));
    }

    @Test
    void aProcessThatCameAndWentBetweenTwoLooks() {
        assertThat(UnitReading.gone(NEVER, AUTO_RESTART, true))
                .contains(new UnitReading.Gone(103, "c3c3", false, AUTO_RESTART));
        UnitLook again = with(AUTO_RESTART, "NRestarts", "1", "ExecMainPID", "104");
        assertThat(UnitReading.gone(AUTO_RESTART, again, false))
                .contains(new UnitReading.Gone(104, "c3c3", false, again));
        assertThat(UnitReading.gone(AUTO_RESTART, AUTO_RESTART, false)).isEmpty();
        assertThat(UnitReading.gone(NEVER, with(RUNNING, "NRestarts", "2"), true))
                .contains(new UnitReading.Gone(0, "", false, null));
    }
}
