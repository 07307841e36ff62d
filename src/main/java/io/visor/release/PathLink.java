package io.visor.release;

import io.visor.model.Home;
import io.visor.release.ReleaseException.Kind;
import io.visor.store.KeptAside;
import io.visor.store.LinkSwap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The link on PATH that points to the home's own link, so that people and scripts find the active
/// binary. What is not visor's is not replaced; nothing is ever deleted.
public final class PathLink {

    private final Home home;
    private final String binary;
    private final Map<String, String> environment;

    /// What was done.
    ///
    /// @param link the link
    /// @param changed whether it was made or replaced
    /// @param movedTo where a regular file that stood there is now
    public record Result(Path link, boolean changed, Optional<Path> movedTo) {}

    public PathLink(Home home, String binary, Map<String, String> environment) {
        this.home = home;
        this.binary = binary;
        this.environment = environment;
    }

    /// Where the link belongs: where the binary stands on PATH today, else in Go's folder for
    /// binaries, else in `/usr/local/bin` or `~/.local/bin`, if that is on PATH and may be written.
    ///
    /// @return nothing if none of these will do
    public Optional<Path> place() {
        List<Path> directories = onPath();
        for (Path directory : directories) {
            Path candidate = directory.resolve(binary);
            if (Files.exists(candidate, LinkOption.NOFOLLOW_LINKS) && !isHomes(directory)) {
                return Optional.of(candidate);
            }
        }
        String userHome = environment.getOrDefault("HOME", "/");
        String goPath = environment.getOrDefault("GOPATH", userHome + "/go");
        return List.of(goPath + "/bin", "/usr/local/bin", userHome + "/.local/bin").stream()
                .map(Path::of)
                .filter(directory ->
                        directories.contains(directory)
                                && Files.isWritable(directory)
                                && !isHomes(directory))
                .findFirst()
                .map(directory -> directory.resolve(binary));
    }

    /// Whether a directory, however it is spelt, is the one of the home's own links.
    private boolean isHomes(Path directory) {
        try {
            return Files.isSameFile(directory, home.bin());
        } catch (IOException e) {
            // One of them is not there, so they are not the same.
            return false;
        }
    }

    /// What stands in the home besides its own links are releases and records: a link in the place
    /// of a release would lead to itself.
    private void refuseInsideHome(Path link) {
        try {
            Path directory = link.resolveSibling("").toRealPath();
            if (directory.startsWith(home.root().toRealPath())) {
                throw new ReleaseException(Kind.UNSAFE, directory + " is inside the home");
            }
        } catch (IOException e) {
            // What cannot be resolved is told of when the link is made.
            return;
        }
    }

    private List<Path> onPath() {
        List<Path> directories = new ArrayList<>();
        for (String entry : environment.getOrDefault("PATH", "").split(":")) {
            if (entry.startsWith("/")) {
                directories.add(Path.of(entry).normalize());
            }
        }
        return directories;
    }

    /// Makes the link. The home's own link is left as it is.
    ///
    /// @param link where
    /// @param force whether a link that points elsewhere is replaced
    /// @throws ReleaseException if something else stands there, or it may not be written
    public Result make(Path link, boolean force) {
        Path target = home.bin().resolve(binary);
        if (isHomes(link.resolveSibling(""))) {
            return new Result(link, false, Optional.empty());
        }
        refuseInsideHome(link);
        try {
            Optional<Path> movedTo = Optional.empty();
            if (Files.isSymbolicLink(link)) {
                Path now = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
                if (now.equals(target)) {
                    return new Result(link, false, movedTo);
                }
                if (!force && !isOurs(now)) {
                    throw new ReleaseException(
                            Kind.UNSAFE, "it points to " + now + ", which visor did not make");
                }
            } else if (Files.isDirectory(link)) {
                throw new ReleaseException(Kind.UNSAFE, "it is a directory");
            } else if (Files.exists(link)) {
                movedTo = Optional.of(KeptAside.keep(link));
            }
            LinkSwap swap = LinkSwap.prepare(link, target);
            swap.commit();
            swap.sync();
            return new Result(link, true, movedTo);
        } catch (IOException e) {
            throw VersionStore.disk(link, e);
        }
    }

    /// Whether a link's target is in this home, or in the `upgrades/` of a LavaVisor's.
    private boolean isOurs(Path target) {
        if (target.startsWith(home.root())) {
            return true;
        }
        for (int i = 0; i + 1 < target.getNameCount(); i++) {
            if (target.getName(i).toString().equals(Home.FOLDER)
                    && target.getName(i + 1).toString().equals("upgrades")) {
                return true;
            }
        }
        return false;
    }
}
