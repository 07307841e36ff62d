package io.visor.daemon.doctor;

import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/// The units of a home.
final class HomeUnits {

    private HomeUnits() {}

    /// The names of those that config.yml names and of those that lie in the home, without visor's
    /// own.
    static TreeSet<String> names(Host host) {
        TreeSet<String> names = new TreeSet<>(host.listedUnits());
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(host.home().services(), "*.service")) {
            for (Path file : files) {
                boolean isVisor = read(file).map(HomeUnits::isVisor).orElse(false);
                if (!isVisor) {
                    names.add(String.valueOf(file.getFileName()));
                }
            }
        } catch (IOException e) {
            // A home without services; those that config.yml names are looked for elsewhere.
            return names;
        }
        return names;
    }

    private static boolean isVisor(UnitFile unit) {
        return unit.command().size() > 1
                && unit.command().get(0).endsWith("/visor")
                && unit.command().get(1).equals("start");
    }

    /// A unit's file; nothing if there is none that can be read.
    static Optional<UnitFile> read(Path file) {
        try {
            return Optional.of(UnitFile.parse(Files.readString(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
