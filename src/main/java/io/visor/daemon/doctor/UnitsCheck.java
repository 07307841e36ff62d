package io.visor.daemon.doctor;

import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the units of the home can work, also those that LavaVisor has made.
record UnitsCheck() implements Check {

    @Override
    public List<Finding> run(Host host) {
        List<Finding> findings = new ArrayList<>();
        for (String unit : HomeUnits.names(host)) {
            List<Finding> own = new ArrayList<>(of(host, unit));
            findings.addAll(
                    own.isEmpty()
                            ? List.of(new Finding.Fine(unit, "the unit is as it should be"))
                            : own);
        }
        findings.addAll(OverwrittenUnits.find(host));
        return findings;
    }

    private static List<Finding> of(Host host, String unit) {
        Path file = host.home().services().resolve(unit);
        Path linked = host.systemUnits().resolve(unit);
        Optional<UnitFile> read = HomeUnits.read(file).or(() -> HomeUnits.read(linked));
        if (read.isEmpty()) {
            return List.of(
                    new Finding.Wrong(
                            unit,
                            "config.yml names it, but it is neither in "
                                    + host.home().services()
                                    + " nor in "
                                    + host.systemUnits(),
                            "make it with visor create-service, or take it out of config.yml"));
        }
        List<Finding> findings = new ArrayList<>(new UnitDiagnosis(host, unit, read.get()).all());
        if (!host.listedUnits().contains(unit)) {
            findings.add(
                    new Finding.Wrong(
                            unit,
                            "config.yml does not name it, so visor start leaves it alone",
                            "add it under services: \"- " + unit + "\""));
        }
        if (host.hasSystemd()) {
            link(host, unit, file).ifPresent(findings::add);
        }
        return findings;
    }

    /// Whether systemd knows the unit, and knows this one.
    private static Optional<Finding> link(Host host, String unit, Path file) {
        for (Path directory : List.of(host.systemUnits(), host.userUnits())) {
            Path link = directory.resolve(unit);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try {
                if (!Files.exists(file) || Files.isSameFile(link, file)) {
                    return Optional.empty();
                }
                return Optional.of(
                        new Finding.Wrong(
                                unit,
                                link + " is " + link.toRealPath() + ", not this home's " + file,
                                "make it again with visor create-service … --create-link"));
            } catch (IOException e) {
                return Optional.of(
                        new Finding.Wrong(
                                unit,
                                link + " leads to a file that is not there",
                                "make it again with visor create-service … --create-link"));
            }
        }
        return Optional.of(
                new Finding.Wrong(
                        unit,
                        "systemd does not know it: nothing in "
                                + host.systemUnits()
                                + " links to"
                                + " it",
                        "systemctl link " + file));
    }
}
