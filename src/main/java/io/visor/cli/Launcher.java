package io.visor.cli;

import io.visor.model.CannotException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What starts visor: `bin/visor` beside the Java runtime that this process runs on.
final class Launcher {

    private Launcher() {}

    static Path path(Console console) {
        Path runtime = Path.of(System.getProperty("java.home", "/")).toAbsolutePath().normalize();
        return Optional.ofNullable(runtime.getParent())
                .map(visor -> visor.resolve("bin/visor"))
                .filter(Files::isExecutable)
                .or(() -> onPath(console))
                .orElseThrow(() ->
                        CannotException.untilChanged(
                                "create the unit",
                                "no visor stands beside "
                                        + runtime
                                        + " or on PATH; run the one of the release"));
    }

    private static Optional<Path> onPath(Console console) {
        for (String entry : console.environment().getOrDefault("PATH", "").split(":")) {
            Path candidate = Path.of(entry).resolve("visor");
            if (entry.startsWith("/") && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
