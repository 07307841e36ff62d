package io.visor.systemd.unit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
                        " ",
                        writable.stream().map(path -> UnitSyntax.word("-" + path)).toList()));
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
