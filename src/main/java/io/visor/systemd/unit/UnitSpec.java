package io.visor.systemd.unit;

import io.visor.model.Home;
import io.visor.model.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A unit to be written. The file follows from this and its template, and from nothing else.
///
/// @param kind what it is for
/// @param description one line for people
/// @param command the words of the command line; the first is an absolute path
/// @param workingDirectory an absolute path; it may be written
/// @param writable what may be written besides `/var`, `/run`, `/home` and other places that
///   systemd leaves open
/// @param stopLimit after which systemd kills what has been asked to stop
/// @param scope which systemd keeps it
public record UnitSpec(
        UnitKind kind,
        String description,
        List<String> command,
        Path workingDirectory,
        List<Path> writable,
        Duration stopLimit,
        UnitScope scope) {

    /// For what lavap and most programs need to end.
    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);

    private static final List<Path> TEMPORARY = List.of(Path.of("/tmp"), Path.of("/var/tmp"));

    /// What may stand in a template.
    static final Set<String> PLACEHOLDERS =
            Set.of(
                    "command",
                    "description",
                    "private-tmp",
                    "stop-seconds",
                    "system",
                    "target",
                    "user",
                    "working-directory",
                    "writable");

    public UnitSpec {
        command = List.copyOf(command);
        writable = List.copyOf(writable);
        if (command.isEmpty() || !command.getFirst().startsWith("/")) {
            throw new IllegalArgumentException("a unit's program has an absolute path");
        }
    }

    /// That of a consumer or a provider.
    ///
    /// @param name without `.service`
    public static UnitSpec ofLavap(
            String name, LavapCommand command, Path workingDirectory, UnitScope scope) {
        boolean isProvider = command.role() == Role.PROVIDER;
        return new UnitSpec(
                isProvider ? UnitKind.PROVIDER : UnitKind.CONSUMER,
                "Lava " + (isProvider ? "provider " : "consumer ") + name,
                command.words(),
                workingDirectory,
                List.of(workingDirectory),
                STOP_LIMIT,
                scope);
    }

    /// That of any command.
    ///
    /// @param name without `.service`
    public static UnitSpec ofCommand(
            String name, List<String> command, Path workingDirectory, UnitScope scope) {
        return new UnitSpec(
                UnitKind.PROGRAM,
                name,
                command,
                workingDirectory,
                List.of(workingDirectory),
                STOP_LIMIT,
                scope);
    }

    /// That of visor itself.
    ///
    /// @param launcher what starts visor
    /// @param arguments of `visor start`, besides its home
    /// @param stopLimit how long it may take until all that it keeps has ended
    public static UnitSpec ofVisor(
            Home home,
            Path launcher,
            List<String> arguments,
            Path workingDirectory,
            Duration stopLimit,
            UnitScope scope) {
        Path directory = Optional.ofNullable(home.root().getParent()).orElse(home.root());
        List<String> words = new ArrayList<>(List.of(launcher.toString(), "start"));
        words.addAll(List.of("--directory", directory.toString()));
        words.addAll(arguments);
        return new UnitSpec(
                UnitKind.VISOR,
                "Visor on " + home,
                words,
                workingDirectory,
                List.of(home.root()),
                stopLimit,
                scope);
    }

    /// The unit file.
    ///
    /// @throws UnitException if the template has a placeholder that is not known, or something that
    ///   is given cannot be written in a unit
    public String render(UnitTemplate template) {
        Map<String, String> values = new HashMap<>();
        values.put("description", UnitSyntax.text(description));
        values.put("command", UnitSyntax.command(command));
        values.put("working-directory", UnitSyntax.path(workingDirectory));
        values.put("stop-seconds", String.valueOf(stopLimit.toSeconds()));
        values.put("target", scope.target());
        values.put("private-tmp", String.valueOf(!usesTemporaryFolders()));
        // The dash: a folder that is not there is no reason not to start.
        values.put(
                "writable",
                String.join(
                        " ", writable.stream().map(path -> UnitSyntax.word("-" + path)).toList()));
        if (scope instanceof UnitScope.OfSystem system) {
            values.put("user", UnitSyntax.text(system.user()));
            values.put("system", "");
        }
        return template.render(PLACEHOLDERS, values);
    }

    /// Whether it lives where a private `/tmp` would hide it from itself.
    private boolean usesTemporaryFolders() {
        return Stream.concat(
                        Stream.of(Path.of(command.getFirst()), workingDirectory), writable.stream())
                .anyMatch(path -> TEMPORARY.stream().anyMatch(path::startsWith));
    }
}
