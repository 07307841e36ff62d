package io.visor.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.UnitName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class UnitLookTest {

    private static final UnitName A = new UnitName("a.service");
    private static final UnitName B = new UnitName("b.service");

    @Test
    void readsTheBlocksOfSeveralUnitsInTheirOrder() {
        Map<UnitName, UnitLook> looks =
                UnitLook.read(
                        List.of(A, B),
                        "MainPID=7\nLoadError=x \"a=b\"\nActiveState=active\n\nMainPID=0\n"
                                + "ActiveState=inactive\n");
        UnitLook a = Objects.requireNonNull(looks.get(A));
        UnitLook b = Objects.requireNonNull(looks.get(B));
        assertThat(a.pid()).isEqualTo(7);
        assertThat(a.text("LoadError")).isEqualTo("x \"a=b\"");
        assertThat(b.isActive()).isFalse();
        assertThat(b.invocation()).isEmpty();
    }

    /// systemctl prints a command with its line breaks.
    @Test
    void aCommandOfSeveralLinesIsOneProperty() {
        Map<UnitName, UnitLook> looks =
                UnitLook.read(
                        List.of(A, B),
                        "Type=exec\nExecStartPre={ path=/bin/sh ; argv[]=/bin/sh -c set -e\n\n"
                                + "MainPID=1\n\nrm /x ; }\nMainPID=7\nType=exec\n\n"
                                + "Type=exec\nMainPID=8\n");
        assertThat(Objects.requireNonNull(looks.get(A)).isStartedAtOnce()).isFalse();
        assertThat(Objects.requireNonNull(looks.get(B)).pid()).isEqualTo(8);
    }

    @Test
    void refusesAnAnswerOfOtherUnits() {
        assertThatThrownBy(() -> UnitLook.read(List.of(A, B), "MainPID=7\n"))
                .isInstanceOf(SystemdException.class)
                .hasMessage("systemctl show told of 1 units, not of 2");
    }

    @Test
    void whatIsNoNumberIsNone() {
        UnitLook look =
                new UnitLook(Map.of("MainPID", "[not set]", "NRestarts", "99999999999999999999"));
        assertThat(look.pid()).isZero();
        assertThat(look.restarts()).isZero();
    }

    @Test
    void readsSpansOfTime() {
        assertThat(TimeSpan.parse("1min 30s")).contains(Duration.ofSeconds(90));
        assertThat(TimeSpan.parse("100ms")).contains(Duration.ofMillis(100));
        assertThat(TimeSpan.parse("1w 2d 3h")).contains(Duration.ofHours(9 * 24 + 3));
        assertThat(TimeSpan.parse("0")).contains(Duration.ZERO);
        assertThat(TimeSpan.parse("infinity")).isEmpty();
        assertThat(TimeSpan.parse("")).isEmpty();
        assertThat(TimeSpan.parse("99999999999999999y")).isEmpty();
    }
}
