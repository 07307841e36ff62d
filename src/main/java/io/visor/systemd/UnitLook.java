package io.visor.systemd;

import io.visor.model.ExitStatus;
import io.visor.model.UnitName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `systemctl show` tells of a unit at one moment. The properties are those of
/// org.freedesktop.systemd1(5).
///
/// @param properties by name; what is not known is missing or empty
record UnitLook(Map<String, String> properties) {

    /// What is asked for.
    static final List<String> PROPERTIES =
            List.of(
                    "Id",
                    "LoadState",
                    "LoadError",
                    "ActiveState",
                    "SubState",
                    "MainPID",
                    "ControlPID",
                    "ExecMainPID",
                    "ExecMainCode",
                    "ExecMainStatus",
                    "ExecMainStartTimestampMonotonic",
                    "ExecMainExitTimestampMonotonic",
                    "ActiveEnterTimestampMonotonic",
                    "ActiveExitTimestampMonotonic",
                    "InactiveEnterTimestampMonotonic",
                    "ConditionResult",
                    "Job",
                    "Type",
                    "ExecCondition",
                    "ExecStartPre",
                    "InvocationID",
                    "NRestarts",
                    "UnitFileState",
                    "Result",
                    "Restart",
                    "RestartUSec",
                    "TimeoutStartUSec",
                    "TimeoutStopUSec",
                    "NeedDaemonReload");

    /// No property of systemd's.
    private static final String NO_USERS = "";

    // sigaction(2), `si_code` of SIGCHLD
    private static final long CLD_EXITED = 1;
    private static final long CLD_KILLED = 2;
    private static final long CLD_DUMPED = 3;

    UnitLook {
        properties = Map.copyOf(properties);
    }

    /// Reads what was printed for several units: their blocks in the order in which they were asked
    /// for, with an empty line in between. Each begins with the same property; commands are printed
    /// with the line breaks that are in them, also empty lines.
    ///
    /// @throws SystemdException if it is not that
    static Map<UnitName, UnitLook> read(List<UnitName> units, String text) {
        List<Map<String, String>> blocks = new ArrayList<>();
        String first = null;
        String before = "";
        for (String line : text.split("\n", -1)) {
            String name = line.substring(0, Math.max(0, line.indexOf('=')));
            if (PROPERTIES.contains(name)) {
                if (first == null || name.equals(first) && before.isEmpty()) {
                    first = name;
                    blocks.add(new HashMap<>());
                }
                blocks.getLast().putIfAbsent(name, line.substring(name.length() + 1));
            }
            before = line;
        }
        if (blocks.size() != units.size()) {
            throw new SystemdException(
                    "systemctl show told of " + blocks.size() + " units, not of " + units.size());
        }
        Map<UnitName, UnitLook> looks = new HashMap<>();
        for (int i = 0; i < blocks.size(); i++) {
            looks.put(units.get(i), new UnitLook(blocks.get(i)));
        }
        return looks;
    }

    String text(String property) {
        return properties.getOrDefault(property, "");
    }

    /// A number; 0 if it is none.
    long number(String property) {
        String text = text(property);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /// A span of time.
    ///
    /// @return nothing if it has no end, or is not known
    Optional<Duration> span(String property) {
        return TimeSpan.parse(text(property));
    }

    String activeState() {
        return text("ActiveState");
    }

    boolean isActive() {
        return switch (activeState()) {
            case "active", "reloading", "refreshing" -> true;
            default -> false;
        };
    }

    /// Whether it is loaded, whatever it does.
    boolean isLoaded() {
        return text("LoadState").equals("loaded");
    }

    boolean isMasked() {
        return text("LoadState").equals("masked") || text("UnitFileState").startsWith("masked");
    }

    /// Whether systemd has no unit of this name.
    boolean isNotFound() {
        return text("LoadState").equals("not-found");
    }

    /// The same, where the systemd of visor's user could not be asked too, as it does not run.
    UnitLook withoutUsers() {
        Map<String, String> more = new HashMap<>(properties);
        more.put(NO_USERS, "yes");
        return new UnitLook(more);
    }

    boolean isWithoutUsers() {
        return properties.containsKey(NO_USERS);
    }

    /// Whether it is not started with the machine, and could be.
    boolean isDisabled() {
        return switch (text("UnitFileState")) {
            case "disabled", "linked", "linked-runtime" -> true;
            default -> false;
        };
    }

    /// Whether a start of it takes no longer than it takes to execute its program
    /// (systemd.service(5)).
    boolean isStartedAtOnce() {
        return switch (text("Type")) {
            case "simple", "exec", "idle" ->
                    text("ExecCondition").isEmpty() && text("ExecStartPre").isEmpty();
            default -> false;
        };
    }

    /// Whether systemd is to do something with it, at once or when its turn comes.
    boolean hasJob() {
        return number("Job") != 0;
    }

    boolean isAutoRestart() {
        return text("SubState").startsWith("auto-restart");
    }

    /// Its process: the main one, or the one that prepares it.
    long pid() {
        long main = number("MainPID");
        return main != 0 ? main : number("ControlPID");
    }

    String invocation() {
        return text("InvocationID");
    }

    long restarts() {
        return number("NRestarts");
    }

    /// How the last main process ended.
    ///
    /// @return nothing if there was none, or it runs
    Optional<ExitStatus> exit() {
        int status = (int) number("ExecMainStatus");
        long code = number("ExecMainCode");
        if (code == CLD_EXITED) {
            return Optional.of(new ExitStatus.Exited(status));
        }
        return code == CLD_KILLED || code == CLD_DUMPED
                ? Optional.of(new ExitStatus.Signaled(status))
                : Optional.empty();
    }

    /// How long the last main process ran; nothing if it runs, or there was none.
    Optional<Duration> ran() {
        long started = number("ExecMainStartTimestampMonotonic");
        long exited = number("ExecMainExitTimestampMonotonic");
        return started != 0 && exited >= started
                ? Optional.of(Duration.ofNanos((exited - started) * 1000))
                : Optional.empty();
    }

    /// How long ago the last main process ended; nothing if it runs, or there was none.
    ///
    /// @param now a reading of the clock that systemd's times are of
    Optional<Duration> exited(Duration now) {
        Duration exited = Duration.ofNanos(number("ExecMainExitTimestampMonotonic") * 1000);
        return exited.isZero() || exited.compareTo(now) > 0
                ? Optional.empty()
                : Optional.of(now.minus(exited));
    }

    /// Whether it has run since the machine was started, as far as systemd remembers.
    boolean hasRun() {
        return number("InactiveEnterTimestampMonotonic") != 0
                || number("ExecMainStartTimestampMonotonic") != 0;
    }

    /// Whether a unit that is inactive is so because its main process ended by itself: that process
    /// was gone before the unit began to stop, and systemd was not about to start another one.
    boolean hasEndedByItself() {
        long exit = number("ExecMainExitTimestampMonotonic");
        return exit != 0
                && exit <= number("ActiveExitTimestampMonotonic")
                && text("Result").equals("success")
                && !text("Restart").equals("always");
    }
}
