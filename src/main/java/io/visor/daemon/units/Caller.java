package io.visor.daemon.units;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The user and the machine that a unit is asked for on.
///
/// @param name of the user
/// @param isRoot whether that is root
/// @param userHome what `~` stands for
/// @param workingDirectory what relative paths start from
/// @param environment the variables
/// @param hasSystemd whether systemd runs the machine
public record Caller(
        String name,
        boolean isRoot,
        Path userHome,
        Path workingDirectory,
        Map<String, String> environment,
        boolean hasSystemd) {

    private static final String ROOT = "root";

    /// What is there while systemd runs the machine (sd_booted(3)).
    private static final Path SYSTEMD_RUNS = Path.of("/run/systemd/system");

    /// The user of this process.
    public static Caller current(
            Path userHome, Path workingDirectory, Map<String, String> environment) {
        String name = System.getProperty("user.name", "?");
        return new Caller(
                name,
                name.equals(ROOT),
                userHome,
                workingDirectory,
                environment,
                Files.isDirectory(SYSTEMD_RUNS));
    }

    /// As whom a new service runs: the caller, or the one who called sudo.
    String onBehalfOf() {
        String sudoer = environment.getOrDefault("SUDO_USER", "");
        return isRoot && !sudoer.isEmpty() ? sudoer : name;
    }

    /// Where links to the units of the machine's systemd, or of the user's, belong
    /// (systemd.unit(5), "Unit File Load Path").
    public Path unitDirectory(boolean ofUser) {
        if (!ofUser) {
            return Path.of("/etc/systemd/system");
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        return (config.startsWith("/") ? Path.of(config) : userHome.resolve(".config"))
                .resolve("systemd/user");
    }

    /// Where else the machine's systemd, or the user's, finds units, what goes first at the front.
    List<Path> installedUnits(boolean ofUser) {
        String path = environment.getOrDefault("SYSTEMD_UNIT_PATH", "");
        String kind = ofUser ? "user" : "system";
        return path.isEmpty()
                ? Stream.of("/etc", "/usr/local/lib", "/usr/lib", "/lib")
                        .map(root -> Path.of(root, "systemd", kind))
                        .toList()
                : Stream.of(path.split(":"))
                        .filter(place -> place.startsWith("/"))
                        .map(Path::of)
                        .toList();
    }
}
