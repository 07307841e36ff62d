package io.visor.daemon.doctor;

import io.visor.model.FileFailures;
import io.visor.systemd.unit.PolkitRule;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a visor that is not root may act on its units.
record PolkitCheck() implements Check {

    private static final String SUBJECT = "polkit";

    @Override
    public List<Finding> run(Host host) {
        Optional<String> user =
                HomeUnits.read(host.home().services().resolve("visor.service"))
                        .flatMap(UnitFile::user)
                        .filter(name -> !name.equals("root"));
        if (user.isEmpty()) {
            return List.of();
        }
        try {
            List<String> without = new ArrayList<>(host.listedUnits());
            without.removeAll(allowed(host.polkitRules(), without));
            return List.of(
                    without.isEmpty()
                            ? new Finding.Fine(SUBJECT, "visor's rule names all of its units")
                            : new Finding.Wrong(
                                    SUBJECT,
                                    "visor runs as "
                                            + user.get()
                                            + ", and no rule in "
                                            + host.polkitRules()
                                            + " lets it act on "
                                            + String.join(", ", without),
                                    "visor create-service visor, then as root: "
                                            + PolkitRule.installing(
                                                    host.home()
                                                            .services()
                                                            .resolve(PolkitRule.TEMPLATE))));
        } catch (IOException e) {
            return List.of(
                    new Finding.Note(
                            SUBJECT,
                            "visor's rule cannot be looked at: "
                                    + FileFailures.why(host.polkitRules(), e),
                            "run visor doctor as root"));
        }
    }

    /// The units that some rule names.
    private static List<String> allowed(Path rules, List<String> units) throws IOException {
        List<String> named = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(rules, "*.rules")) {
            for (Path file : files) {
                String text = Files.readString(file);
                units.stream()
                        .filter(unit -> text.contains("\"" + unit + "\""))
                        .forEach(named::add);
            }
        } catch (NoSuchFileException e) {
            // No polkit: nothing is allowed.
            return List.of();
        }
        return named;
    }
}
