package io.visor.cli;

import io.visor.api.ControlClient;
import io.visor.api.InstanceStatus;
import io.visor.api.ProgramStatus;
import io.visor.api.ServiceStatus;
import io.visor.api.upgrade.Order;
import io.visor.api.upgrade.Order.Verb;
import io.visor.api.upgrade.Ordered;
import io.visor.api.upgrade.UpgradeClient;
import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.Version;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// An order about the upgrades of a program of a running visor.
final class UpgradeOrder {

    /// How long a visor answers for at most.
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

    @Parameters(
            paramLabel = "PROGRAM",
            arity = "0..2",
            description =
                    "The program (default: the one that runs), a version behind it or instead of"
                            + " it.")
    private List<String> words = List.of();

    @Mixin private ControlOptions control = new ControlOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    /// What was named.
    ///
    /// @param program which program; null: the only one
    /// @param version which version; null: the one that the order means without one
    private record Named(@Nullable String program, @Nullable String version) {

        private String what(Verb verb) {
            String named =
                    (program == null ? "" : " " + program) + (version == null ? "" : " " + version);
            if (!named.isEmpty()) {
                return verb.word() + named;
            }
            return switch (verb) {
                case APPROVE -> "approve the upgrade";
                case HOLD -> "hold upgrades";
                case RESUME -> "resume upgrades";
                case ROLLBACK -> "roll back";
                case PREPARE -> "prepare the release";
            };
        }

        private Named of(String known) {
            return new Named(known, version);
        }
    }

    /// Has something done, and says what came of it.
    ///
    /// @param make makes the order, of the version that was named
    /// @return the exit code
    int carryOut(Console console, Function<@Nullable String, Order> make)
            throws InterruptedException {
        Named named = named();
        print(console, order(console, named, make.apply(named.version), Duration.ZERO));
        return ExitCodes.DONE;
    }

    /// Has a release fetched, and waits for it.
    ///
    /// @param timeout how long
    /// @return the exit code
    int prepare(Console console, String timeout) throws InterruptedException {
        Named named = named();
        Duration patience =
                Durations.parse(timeout)
                        .filter(duration -> duration.compareTo(MAX_TIMEOUT) <= 0)
                        .orElseThrow(() ->
                                CannotException.untilChanged(
                                        "understand --timeout",
                                        "\""
                                                + timeout
                                                + "\" is no duration up to 10m; write 30s or"
                                                + " 2m"));
        Ordered ordered = order(console, named, Order.of(Verb.PREPARE, named.version), patience);
        if (!ordered.done()) {
            throw CannotException.now(
                    named.of(ordered.program()).what(Verb.PREPARE),
                    "it is still being fetched after "
                            + Durations.exact(patience)
                            + "; visor goes on with it");
        }
        print(console, ordered);
        return ExitCodes.DONE;
    }

    private void print(Console console, Ordered ordered) {
        console.out().println(output.isJson() ? ordered.json().writePretty() : ordered.message());
    }

    private Ordered order(Console console, Named named, Order order, Duration wait)
            throws InterruptedException {
        String what = named.what(order.verb());
        String program =
                named.program == null
                        ? control.ask(console, what, client -> only(client, what))
                        : named.program;
        return control.ask(
                console,
                named.of(program).what(order.verb()),
                client -> new UpgradeClient(client).order(program, order, wait));
    }

    /// A word that is a version is one.
    private Named named() {
        List<String> programs =
                words.stream().filter(word -> Version.parse(word).isEmpty()).toList();
        List<String> versions =
                words.stream().filter(word -> Version.parse(word).isPresent()).toList();
        if (programs.size() > 1) {
            throw CannotException.untilChanged(
                    "understand the command line",
                    "\"" + programs.getLast() + "\" is no version; write X.Y.Z");
        }
        if (versions.size() > 1) {
            throw CannotException.untilChanged(
                    "understand the command line",
                    "\"" + versions.getFirst() + "\" is no program; name one version");
        }
        return new Named(
                programs.isEmpty() ? null : programs.getFirst(),
                versions.isEmpty() ? null : versions.getFirst());
    }

    /// The only program, or the only one that a service runs.
    private static String only(ControlClient client, String what) throws InterruptedException {
        InstanceStatus status = client.status();
        List<String> used =
                status.services().stream()
                        .map(ServiceStatus::program)
                        .filter(Objects::nonNull)
                        .distinct()
                        .sorted()
                        .toList();
        List<String> known =
                used.isEmpty()
                        ? status.programs().stream().map(ProgramStatus::name).toList()
                        : used;
        if (known.size() != 1) {
            throw CannotException.untilChanged(
                    what, "there are several programs; name one: " + String.join(", ", known));
        }
        return known.getFirst();
    }
}
