package io.visor.daemon.units;

import io.visor.model.CannotException;
import io.visor.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How `lavap` is told of its configuration file. It takes no absolute path and looks for a
/// relative one in several directories, the user's home before the working directory; so the path
/// must lead to the right file from where it is found first.
public final class ConfigSearch {

    private ConfigSearch() {}

    /// The path from a working directory to a file.
    ///
    /// @param userHome the home of the user as whom `lavap` runs, if it is known
    /// @throws CannotException if another file would be found first
    static String relative(Path workingDirectory, Path file, Role role, Optional<Path> userHome)
            throws IOException {
        String relative = real(workingDirectory).relativize(real(file)).toString();
        for (Path directory : searched(workingDirectory, role, userHome)) {
            // Go joins paths without asking the disk.
            Path found = directory.resolve(relative).normalize();
            if (Files.exists(found)) {
                if (Files.exists(file) && Files.isSameFile(found, file)) {
                    break;
                }
                throw CannotException.untilChanged(
                        UnitNames.WHAT,
                        "lavap would read "
                                + found
                                + " in the place of "
                                + file
                                + "; move that file away, or choose another --working-directory");
            }
        }
        return relative;
    }

    /// The file that `lavap` finds first.
    public static Optional<Path> found(
            String config, Path workingDirectory, Role role, Optional<Path> userHome) {
        List<Path> directories = searched(workingDirectory, role, userHome);
        directories.add(workingDirectory);
        directories.add(workingDirectory.resolve("config"));
        if (role == Role.CONSUMER && userHome.isPresent()) {
            directories.add(userHome.get().resolve(".lava"));
        }
        return directories.stream()
                .map(directory -> directory.resolve(config).normalize())
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /// Where `lavap` looks before it looks into its working directory.
    private static List<Path> searched(Path workingDirectory, Role role, Optional<Path> userHome) {
        List<Path> directories = new ArrayList<>();
        userHome.filter(home -> !home.equals(workingDirectory))
                .ifPresent(home -> directories.addAll(List.of(home, home.resolve("config"))));
        return directories;
    }

    /// A path without links as far as it exists: `..` leads out of where a link leads to.
    private static Path real(Path path) throws IOException {
        Path existing = path;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing.toRealPath().resolve(existing.relativize(path)).normalize();
    }
}
