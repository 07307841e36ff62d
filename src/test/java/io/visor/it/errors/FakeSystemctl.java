package io.visor.it.errors;

import io.visor.it.Visor.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Stands in the place of `systemctl` for answers that a real systemd gives only when something is
/// broken. It shows files, and starts nothing.
final class FakeSystemctl {

    private static final String SCRIPT =
            """
            #!/bin/sh
            d=${0%/*}
            verb=$4
            if [ "$1" = --user ] && [ -e "$d/user.fails" ]; then verb=user; fi
            shift 4
            if [ -e "$d/$verb.fails" ]; then cat "$d/$verb.fails" >&2; exit 1; fi
            case $verb in
            show)
                if [ $# -lt 2 ]; then echo UserspaceTimestampMonotonic=7; exit; fi
                shift 2
                for unit; do
                    cat "$d/$unit" 2>/dev/null || printf 'LoadState=not-found\\nActiveState=inactive\\n'
                    echo
                done ;;
            start)
                shift
                for unit; do
                    if [ -e "$d/$unit.started" ]; then mv "$d/$unit.started" "$d/$unit"; fi
                done ;;
            esac
            """;

    private final Path folder;
    private final Path node;

    FakeSystemctl(Path home) throws IOException {
        node = home;
        folder = Files.createDirectories(home.resolve("fake"));
        Path script = Files.writeString(folder.resolve("systemctl"), SCRIPT);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path home() {
        return node;
    }

    /// What is told of a unit; at once, also while somebody asks.
    FakeSystemctl shows(String unit, String... properties) throws IOException {
        return write(unit, String.join("\n", properties));
    }

    /// What is told of a unit when it was started.
    FakeSystemctl showsStarted(String unit, String... properties) throws IOException {
        return write(unit + ".started", String.join("\n", properties));
    }

    /// A verb fails with a text; as `user`, whatever is asked of the user's systemd.
    FakeSystemctl fails(String verb, String text) throws IOException {
        return write(verb + ".fails", text);
    }

    private FakeSystemctl write(String name, String text) throws IOException {
        Path next = Files.writeString(folder.resolve(name + ".next"), text + "\n");
        Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        return this;
    }

    Place place(Place place) {
        return place.with("PATH", folder + ":/usr/bin:/bin");
    }
}
