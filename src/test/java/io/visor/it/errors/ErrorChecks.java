package io.visor.it.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.it.Visor;
import io.visor.it.errors.ErrorsPage.Row;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What brings each message of docs/errors.md about.
final class ErrorChecks {

    /// Stands in addresses where a password does; must never be seen.
    static final String SECRET = "hush-hush";

    /// A download must stand still for half a minute before that is said.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, Check> checks = new LinkedHashMap<>();
    private final Set<String> slow = new LinkedHashSet<>();

    /// Brings a message about and looks at what is said.
    @FunctionalInterface
    interface Check {
        void run(Row row) throws Exception;
    }

    /// Runs a command to its end.
    @FunctionalInterface
    interface Command {
        Visor.Result run() throws Exception;
    }

    /// Gives a visor that runs.
    @FunctionalInterface
    interface Running {
        Visor visor() throws Exception;
    }

    void add(String message, Check check) {
        if (checks.put(message, check) != null) {
            throw new IllegalArgumentException("two checks of " + message);
        }
    }

    /// A check that does little but wait.
    void addSlow(String message, Check check) {
        add(message, check);
        slow.add(message);
    }

    /// A command that ends with the message.
    void ends(String message, Command command) {
        add(message, row -> assertSaid(row, command.run()));
    }

    /// A command that ends with the message after some time.
    void endsLate(String message, Command command) {
        addSlow(message, row -> assertSaid(row, command.run()));
    }

    /// A visor that says the message in its log, goes on, and is ended by the check.
    void logs(String message, Running running) {
        add(message, row -> assertLogged(row, running));
    }

    /// A visor that says the message in its log after some time.
    void logsLate(String message, Running running) {
        addSlow(message, row -> assertLogged(row, running));
    }

    Optional<Check> of(String message) {
        return Optional.ofNullable(checks.get(message));
    }

    boolean isSlow(String message) {
        return slow.contains(message);
    }

    Set<String> messages() {
        return checks.keySet();
    }

    static void assertSaid(Row row, Visor.Result result) {
        assertThat(result.err()).containsPattern(row.pattern()).doesNotContain(SECRET);
        assertThat(String.valueOf(result.code())).as("exit code").isEqualTo(row.exit());
    }

    private static void assertLogged(Row row, Running running) throws Exception {
        try (Visor visor = running.visor()) {
            assertLogged(row, visor);
        }
    }

    static void assertLogged(Row row, Visor visor) {
        assertThat(row.exit()).isEqualTo(Row.GOES_ON);
        visor.awaitErr(row.pattern(), PATIENCE);
        assertThat(visor.isAlive()).as("visor goes on").isTrue();
        assertThat(visor.err()).doesNotContain(SECRET);
    }
}
