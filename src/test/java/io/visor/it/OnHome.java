package io.visor.it;

import io.visor.it.Visor.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What a test of visor and its services begins with: a directory, a home in it, and a place to
/// start commands in. No node answers, which services without a program do not need.
abstract class OnHome {

    static final String NOBODY = "tcp://127.0.0.1:1";

    @TempDir Path directory;
    Path home;
    Place place;

    @BeforeEach
    final void makeHome() throws IOException {
        place = Place.in(directory);
        home = directory.resolve("home");
        Files.createDirectories(home.resolve(".lavavisor"));
    }

    /// Writes the configuration, at once.
    final void config(String yaml) throws IOException {
        Path next = home.resolve(".lavavisor/config.yml.new");
        Files.writeString(next, yaml);
        Files.move(
                next,
                home.resolve(".lavavisor/config.yml"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    /// The command line of a command on the home.
    final String[] onHome(String... words) {
        return Visor.words(new String[] {"--directory", home.toString()}, words);
    }

    /// The command line of `visor start` on the home.
    final String[] startOnHome(String... more) {
        return Visor.words(more, onHome("start", "--node", NOBODY));
    }

    /// Starts visor on the home.
    final Visor startVisor(String... more) {
        return place.start(startOnHome(more));
    }

    static long pid(Visor visor, String service) {
        return Long.parseLong(visor.awaitErr(service + " runs as pid (\\d+)").group(1));
    }

    static Path script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Whether a process runs; one that has ended and that nobody has reaped does not.
    static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
