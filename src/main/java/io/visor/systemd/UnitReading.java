package io.visor.systemd;

import io.visor.model.ExitStatus;
import io.visor.model.UnitName;
import io.visor.service.UnitReport;
import io.visor.service.UnitReport.Standing;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads where a unit stands off what systemd tells, and off what visor remembers. Pure.
///
/// **Who stopped it?** A unit that is inactive may be visor's to start, or be left alone. Visor
/// writes down of each unit whether it has it up or has stopped it, and in which boot
/// ([UnitMarks]); systemd tells whether the unit has run in this boot, and whether its process
/// ended before or after the unit began to stop. Looked at from top to bottom:
///
/// 1. It is masked: left alone.
/// 2. Visor stopped it in this boot, for an upgrade or because it was asked to: visor's to start.
/// 3. Its process ended by itself, and `Restart=` has systemd not start it again: it is done; when
///    visor begins, that is visor's to start.
/// 4. Visor had it up in this boot, or it has run in this boot before visor had looked at it:
///    somebody has stopped it by hand. Left alone.
/// 5. It has not run in this boot, and is disabled although visor had it up in an earlier one (and
///    had enabled it then): somebody has disabled it by hand. Left alone.
/// 6. It has not run in this boot: visor's to start.
///
/// What is left alone is started by `visor service start`, or by `systemctl start`; from then on it
/// is as any other unit.
final class UnitReading {

    private UnitReading() {}

    /// How a process ended, or that it must be asked of the journal.
    ///
    /// @param pid which
    /// @param invocation of which run of the unit it was the main process
    /// @param asked whether systemd had asked it to
    /// @param look where its exit stands; null if systemd does not tell any more
    record Gone(long pid, String invocation, boolean asked, @Nullable UnitLook look) {}

    /// Where it stands.
    ///
    /// @param unit its name
    /// @param look what systemd tells
    /// @param mark what visor remembers
    /// @param isFirst whether visor has not looked at it since the boot was done with it
    /// @param now a reading of the clock that systemd's times are of (CLOCK_MONOTONIC)
    static Standing standing(
            UnitName unit, UnitLook look, UnitMarks.Mark mark, boolean isFirst, Duration now) {
        boolean isBoots = isFirst && !mark.isUp() && !mark.isDown();
        if (look.isActive()) {
            return look.pid() == 0 && look.text("SubState").equals("exited")
                    ? new UnitReport.Done(0)
                    : new UnitReport.Up(look.pid(), age(look, now), isBoots);
        }
        return switch (look.activeState()) {
            case "activating" ->
                    look.isAutoRestart()
                            ? new UnitReport.Restarting(
                                    (int) look.restarts() + 1,
                                    look.span("RestartUSec").orElse(Duration.ZERO),
                                    how(look),
                                    isBoots)
                            : new UnitReport.Coming(isBoots);
            case "deactivating" -> new UnitReport.Going();
            case "failed" ->
                    new UnitReport.Broken(
                            "systemd has given up " + unit + ": it " + how(look),
                            look.exit().orElse(null));
            default -> inactive(unit, look, mark, isFirst);
        };
    }

    private static Standing inactive(
            UnitName unit, UnitLook look, UnitMarks.Mark mark, boolean isFirst) {
        if (look.isMasked()) {
            return new UnitReport.LeftAlone(
                    unit + " is masked; run systemctl unmask " + unit + " and start it");
        }
        if (!look.isLoaded()) {
            return new UnitReport.Absent(absence(unit, look));
        }
        if (mark.isDown()) {
            return new UnitReport.Idle();
        }
        if (look.hasRun() && look.hasEndedByItself()) {
            return isFirst
                    ? new UnitReport.Idle()
                    : new UnitReport.Done(look.exit().map(ExitStatus::shellCode).orElse(0));
        }
        if (mark.isUp() || look.hasRun()) {
            return new UnitReport.LeftAlone(
                    unit
                            + " was stopped by hand; visor service start, or systemctl start,"
                            + " starts it");
        }
        if (mark.wasUp() && look.isDisabled()) {
            return new UnitReport.LeftAlone(
                    unit
                            + " was disabled by hand; visor service start, or systemctl start,"
                            + " starts it");
        }
        return new UnitReport.Idle();
    }

    /// Whether a unit that is inactive is visor's to start when it begins, or when an upgrade is
    /// over.
    static boolean isVisorsToStart(UnitName unit, UnitLook look, UnitMarks.Mark mark) {
        return inactive(unit, look, mark, true) instanceof UnitReport.Idle;
    }

    /// Why there is no such unit.
    static String absence(UnitName unit, UnitLook look) {
        if (look.isNotFound() && look.isWithoutUsers()) {
            return "the machine's systemd has no unit "
                    + unit
                    + ", and this user's systemd does not run; start that with loginctl"
                    + " enable-linger, or link the unit as root";
        }
        String error = look.text("LoadError");
        int at = error.indexOf('"');
        String why = at < 0 ? "" : error.substring(at + 1).replaceFirst("\"$", "");
        return look.isNotFound()
                ? "systemd has no unit " + unit + "; link it with systemctl link, or create it anew"
                : "systemd cannot load "
                        + unit
                        + ": "
                        + (why.isEmpty() ? look.text("LoadState") : why)
                        + "; systemd-analyze verify tells more";
    }

    /// How its last process ended, behind "it".
    static String how(UnitLook look) {
        return switch (look.text("Result")) {
            case "success", "exit-code", "signal", "core-dump" ->
                    look.exit().map(exit -> "exited: " + exit).orElse("could not be started");
            case "timeout" -> "did not start or stop in time";
            case "watchdog" -> "missed its watchdog";
            case "start-limit-hit" -> "was started too often (StartLimitBurst=)";
            case "oom-kill" -> "was killed for lack of memory";
            case "protocol" -> "did not start as its Type= says";
            case "resources" -> "could not be started for lack of resources";
            default -> "ended with " + look.text("Result");
        };
    }

    private static Duration age(UnitLook look, Duration now) {
        Duration started = Duration.ofNanos(look.number("ExecMainStartTimestampMonotonic") * 1000);
        return started.isZero() || started.compareTo(now) > 0 ? Duration.ZERO : now.minus(started);
    }

    /// The process that is gone since the look before.
    ///
    /// @param before the look before; null if there was none
    /// @param started whether visor has had the unit started since then, which sets systemd's count
    ///   of restarts back
    static Optional<Gone> gone(@Nullable UnitLook before, UnitLook look, boolean started) {
        if (before == null) {
            return Optional.empty();
        }
        boolean ran = before.isActive() && before.pid() != 0 && !started;
        return ran ? goneSince(before, look) : cameAndWent(before, look, started);
    }

    private static Optional<Gone> goneSince(UnitLook before, UnitLook look) {
        long pid = before.pid();
        boolean stays = look.isActive() && look.pid() == pid;
        if (stays || look.activeState().equals("deactivating")) {
            return Optional.empty();
        }
        boolean isRestarted = look.restarts() > before.restarts();
        boolean asked =
                switch (look.activeState()) {
                    case "inactive" -> !look.hasEndedByItself();
                    case "failed" -> false;
                    default -> !look.isAutoRestart() && !isRestarted;
                };
        boolean isTold = look.number("ExecMainPID") == pid && look.exit().isPresent();
        return Optional.of(new Gone(pid, before.invocation(), asked, isTold ? look : null));
    }

    private static Optional<Gone> cameAndWent(UnitLook before, UnitLook look, boolean started) {
        long expected = started ? 0 : before.restarts() + (before.isAutoRestart() ? 1 : 0);
        if (look.isActive()) {
            return look.restarts() > expected
                    ? Optional.of(new Gone(0, "", false, null))
                    : Optional.empty();
        }
        boolean isFallen = look.isAutoRestart() || look.activeState().equals("failed");
        boolean isNew =
                started
                        || !before.activeState().equals(look.activeState())
                        || !before.text("SubState").equals(look.text("SubState"))
                        || look.restarts() > before.restarts();
        return isFallen && isNew && look.exit().isPresent()
                ? Optional.of(new Gone(look.number("ExecMainPID"), look.invocation(), false, look))
                : Optional.empty();
    }
}
