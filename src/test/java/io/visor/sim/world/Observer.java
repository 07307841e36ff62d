package io.visor.sim.world;

import io.visor.model.Home;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Version;
import io.visor.sim.SimScheduler.Killed;
import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.SimFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Looks at the disk as nobody's process: nothing goes wrong for it.
final class Observer {

    private final SimDisk disk;
    private SimFileSystem files;
    private boolean looking;

    /// The active link.
    ///
    /// @param target what it says
    /// @param content what it leads to; nothing if it leads to nothing
    record Link(String target, Optional<byte[]> content) {}

    private interface Look<T> {
        T at() throws IOException;
    }

    Observer(SimDisk disk) {
        this.disk = disk;
        this.files = disk.mount(Killed::new);
    }

    private <T> T look(Look<T> look) {
        boolean was = looking;
        looking = true;
        try {
            return look.at();
        } catch (IOException e) {
            throw new AssertionError("the observer cannot look", e);
        } finally {
            looking = was;
        }
    }

    /// Whether it is the observer that uses the disk just now.
    boolean isLooking() {
        return looking;
    }

    /// The power was cut.
    void lookAnew() {
        files = disk.mount(Killed::new);
    }

    void makeHome() {
        Path unused = look(() -> Files.createDirectories(files.getPath(World.HOME)));
        disk.flush();
    }

    /// The active link of a program, if there is one.
    ///
    /// @param wrap whether it is that of a wrap
    Optional<Link> link(ProgramSpec program, boolean wrap) {
        Path link =
                files.getPath(World.HOME, wrap ? "instances/wrap/bin" : "bin", program.binary());
        return look(() ->
                Files.exists(link, LinkOption.NOFOLLOW_LINKS)
                        ? Optional.of(
                                new Link(
                                        Files.readSymbolicLink(link).toString(),
                                        Files.exists(link)
                                                ? Optional.of(Files.readAllBytes(link))
                                                : Optional.empty()))
                        : Optional.empty());
    }

    boolean hasManifest(String binary) {
        Path path = files.getPath(binary);
        return look(() -> Files.exists(path.resolveSibling("manifest.json")));
    }

    /// Whether the release of a version tells that it failed.
    boolean hasVerdict(ProgramName program, Version version) {
        Path release = new Home(Path.of(World.HOME)).upgrades(program).resolve("v" + version);
        return read(release.resolve("manifest.json").toString()).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .anyMatch(text -> text.replaceAll("\\s", "").contains("\"good\":false"));
    }

    /// What a regular file holds.
    Optional<byte[]> read(String file) {
        Path path = files.getPath(file);
        return look(() ->
                Files.isRegularFile(path)
                        ? Optional.of(Files.readAllBytes(path))
                        : Optional.empty());
    }
}
