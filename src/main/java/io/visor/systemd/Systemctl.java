package io.visor.systemd;

import io.visor.model.UnitName;
import io.visor.process.CommandRunner;
import io.visor.process.ProcessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Speaks to systemd by `systemctl` (systemctl(1)), and to its journal by `journalctl`. For tasks.
final class Systemctl {

    /// How long systemd is waited for when it is asked something, or is to write down something.
    private static final Duration ANSWER = Duration.ofSeconds(20);

    /// How much longer than systemd itself a start or a stop is waited for.
    private static final Duration MARGIN = Duration.ofSeconds(15);

    /// What a start or a stop may take where the unit sets no limit.
    private static final Duration ENDLESS = Duration.ofHours(1);

    private static final int MAX_OUTPUT = 1 << 20;

    private final CommandRunner runner;
    private final Map<String, String> environment;
    private final boolean isRoot;
    private final Map<UnitName, Scope> scopes = new ConcurrentHashMap<>();
    private final Map<Scope, String> boots = new ConcurrentHashMap<>();

    /// Whose units are meant.
    enum Scope {
        /// The machine's.
        SYSTEM("--system"),
        /// Those of the user that visor runs as.
        USER("--user");

        private final String flag;

        Scope(String flag) {
            this.flag = flag;
        }

        String flag() {
            return flag;
        }
    }

    /// Makes it.
    ///
    /// @param environment visor's own
    Systemctl(CommandRunner runner, Map<String, String> environment) {
        this(runner, environment, isRoot());
    }

    Systemctl(CommandRunner runner, Map<String, String> environment, boolean isRoot) {
        this.runner = runner;
        this.environment = new HashMap<>(environment);
        this.environment.put("LC_ALL", "C.UTF-8");
        this.environment.put("SYSTEMD_COLORS", "0");
        this.environment.put("SYSTEMD_PAGER", "");
        this.environment.put("SYSTEMD_LOG_LEVEL", "warning");
        this.isRoot = isRoot;
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            return false;
        }
    }

    /// Where a unit was found.
    Scope scope(UnitName unit) {
        return scopes.getOrDefault(unit, Scope.SYSTEM);
    }

    /// Asks where units stand. A unit that the machine does not have is looked for among the
    /// user's, unless that user is root.
    ///
    /// @throws SystemdException if systemd does not answer
    Map<UnitName, UnitLook> show(List<UnitName> units) throws InterruptedException {
        Map<UnitName, UnitLook> looks = new HashMap<>();
        List<UnitName> users = new ArrayList<>();
        List<UnitName> machines = new ArrayList<>();
        units.forEach(unit -> (scope(unit) == Scope.USER ? users : machines).add(unit));
        @Nullable SystemdException failure = null;
        if (!machines.isEmpty()) {
            try {
                looks.putAll(show(Scope.SYSTEM, machines));
            } catch (SystemdException e) {
                if (isRoot) {
                    throw e;
                }
                failure = e;
            }
        }
        if (!isRoot) {
            machines.stream()
                    .filter(unit -> !looks.containsKey(unit) || looks.get(unit).isNotFound())
                    .forEach(users::add);
        }
        if (!users.isEmpty()) {
            showUsers(users, looks, failure);
        }
        return looks;
    }

    private void showUsers(
            List<UnitName> units, Map<UnitName, UnitLook> looks, @Nullable SystemdException failure)
            throws InterruptedException {
        Map<UnitName, UnitLook> found;
        try {
            found = show(Scope.USER, units);
        } catch (SystemdException e) {
            if (failure != null || units.stream().anyMatch(unit -> !looks.containsKey(unit))) {
                throw failure == null ? e : failure;
            }
            // There is no manager of the user's: the machine's answer stands.
            units.forEach(unit -> looks.computeIfPresent(unit, (_, look) -> look.withoutUsers()));
            return;
        }
        found.forEach((unit, look) -> {
            if (!look.isNotFound() || !looks.containsKey(unit)) {
                looks.put(unit, look);
                scopes.put(unit, Scope.USER);
            }
        });
    }

    private Map<UnitName, UnitLook> show(Scope scope, List<UnitName> units)
            throws InterruptedException {
        List<String> words = new ArrayList<>();
        words.add("show");
        words.add("--property=" + String.join(",", UnitLook.PROPERTIES));
        words.add("--");
        units.forEach(unit -> words.add(unit.text()));
        return UnitLook.read(units, systemctl(scope, words, ANSWER));
    }

    /// Which boot it is: when systemd began, on a clock that is never set. The kernel's `boot_id`
    /// is not asked: in a container, a service with a `/proc` of its own sees that of the host.
    String boot(Scope scope) throws InterruptedException {
        String known = boots.get(scope);
        if (known == null) {
            List<String> words = List.of("show", "--property=UserspaceTimestampMonotonic");
            known = systemctl(scope, words, ANSWER).replaceAll("[^0-9]", "");
            boots.put(scope, known);
        }
        return known;
    }

    /// Has systemd read its unit files again.
    void reload(Scope scope) throws InterruptedException {
        String unused = systemctl(scope, List.of("daemon-reload"), ANSWER);
    }

    /// Has units started with the machine.
    void enable(Scope scope, List<UnitName> units) throws InterruptedException {
        String unused = systemctl(scope, words("enable", units), ANSWER);
    }

    /// Forgets that units have failed.
    void resetFailed(Scope scope, List<UnitName> units) throws InterruptedException {
        String unused = systemctl(scope, words("reset-failed", units), ANSWER);
    }

    /// Starts units, and waits until they have been.
    ///
    /// @return why not, for those that systemd has not started; for all of them where it does not
    ///   say which
    Map<UnitName, String> start(Scope scope, List<UnitName> units, Map<UnitName, UnitLook> looks)
            throws InterruptedException {
        Duration limit = limit(units, looks, "TimeoutStartUSec");
        CommandRunner.Result result = ask(scope, words("start", units), limit);
        Map<UnitName, String> failures = new HashMap<>();
        if (result.status().shellCode() != 0) {
            for (UnitName unit : units) {
                lines(result)
                        .filter(line -> names(line, unit))
                        .findFirst()
                        .ifPresent(line -> failures.put(unit, why("start", line)));
            }
            if (failures.isEmpty()) {
                units.forEach(unit -> failures.put(unit, why("start", result)));
            }
        }
        return failures;
    }

    private static boolean names(String line, UnitName unit) {
        return Stream.of(line.split("[^A-Za-z0-9:_.@\\\\-]+"))
                .map(word -> word.replaceFirst("[.:]+$", ""))
                .anyMatch(unit.text()::equals);
    }

    /// Stops units, and waits until they have been.
    void stop(Scope scope, List<UnitName> units, Map<UnitName, UnitLook> looks)
            throws InterruptedException {
        Duration limit = limit(units, looks, "TimeoutStopUSec");
        String unused = systemctl(scope, words("stop", units), limit);
    }

    private static Duration limit(
            List<UnitName> units, Map<UnitName, UnitLook> looks, String property) {
        return units.stream()
                .map(looks::get)
                .map(look ->
                        look == null ? ANSWER : look.span(property).orElse(ENDLESS).plus(MARGIN))
                .max(Duration::compareTo)
                .orElse(ANSWER);
    }

    private static List<String> words(String verb, List<UnitName> units) {
        List<String> words = new ArrayList<>(List.of(verb, "--"));
        units.forEach(unit -> words.add(unit.text()));
        return words;
    }

    /// The newest entries of the journal that match, one JSON object a line, the oldest first.
    ///
    /// @param matches as journalctl(1) takes them
    String journal(Scope scope, int lines, List<String> matches) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add("journalctl");
        if (scope == Scope.USER) {
            command.add(scope.flag());
        }
        command.addAll(
                List.of(
                        "--quiet",
                        "--no-pager",
                        "--output=json",
                        "--output-fields=MESSAGE,EXIT_CODE,EXIT_STATUS,_SYSTEMD_INVOCATION_ID",
                        "--lines=" + lines));
        command.addAll(matches);
        return run(command, ANSWER).output();
    }

    private CommandRunner.Result ask(Scope scope, List<String> words, Duration limit)
            throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("systemctl", scope.flag(), "--no-ask-password", "--no-pager"));
        command.addAll(words);
        return run(command, limit);
    }

    private String systemctl(Scope scope, List<String> words, Duration limit)
            throws InterruptedException {
        CommandRunner.Result result = ask(scope, words, limit);
        if (result.status().shellCode() != 0) {
            throw new SystemdException(why(words.getFirst(), result));
        }
        return result.output();
    }

    private CommandRunner.Result run(List<String> command, Duration limit)
            throws InterruptedException {
        try {
            return runner.run(command, environment, Path.of("/"), limit, MAX_OUTPUT);
        } catch (ProcessException e) {
            String why = e.why();
            if (command.getFirst().equals("systemctl")) {
                why =
                        why.contains(" did not end ")
                                ? why + "; systemctl list-jobs tells what it waits for"
                                : "systemd does not run here (" + why + "); " + ELSEWHERE;
            }
            throw new SystemdException(why, e);
        }
    }

    private static final String ELSEWHERE =
            "run visor where it does, or give these services a command instead of a unit";

    private static Stream<String> lines(CommandRunner.Result result) {
        return result.errors().lines().map(String::strip).filter(text -> !text.isEmpty());
    }

    private static String why(String verb, CommandRunner.Result result) {
        return why(
                verb,
                lines(result)
                        .findFirst()
                        .orElse("systemctl " + verb + " ended with " + result.status()));
    }

    private static String why(String verb, String line) {
        if (line.contains("not been booted with systemd")
                || line.contains("Failed to connect to")
                || line.contains("No medium found")) {
            return "systemd does not run here (" + line + "); " + ELSEWHERE;
        }
        if (line.contains("authentication required")
                || line.contains("Access denied")
                || line.contains("Permission denied")) {
            return "systemctl "
                    + verb
                    + " is not allowed ("
                    + line
                    + "); run visor as root, allow it by polkit, or use units of the user's own";
        }
        return line;
    }
}
