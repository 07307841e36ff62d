package io.visor.daemon.units;

import java.nio.file.Path;
import java.util.Map;

/// Who asks for a unit.
///
/// @param name of the user
/// @param isRoot whether that is root
/// @param userHome what `~` stands for
/// @param workingDirectory what relative paths start from
/// @param environment the variables
public record Caller(
        String name,
        boolean isRoot,
        Path userHome,
        Path workingDirectory,
        Map<String, String> environment) {

    private static final String ROOT = "root";

    /// The user of this process.
    public static Caller current(
            Path userHome, Path workingDirectory, Map<String, String> environment) {
        String name = System.getProperty("user.name", "?");
        return new Caller(name, name.equals(ROOT), userHome, workingDirectory, environment);
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
}
