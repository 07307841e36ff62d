package io.visor.daemon.doctor;

import io.visor.config.ConfigException;
import io.visor.config.ProtocolConfig;
import io.visor.config.ProtocolConfigReader;
import io.visor.model.Role;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Finds consumers and providers that LavaVisor gave one name: of the first, only the copy of its
/// configuration is left, which no unit reads.
final class OverwrittenUnits {

    private OverwrittenUnits() {}

    static List<Finding> find(Host host) {
        TreeMap<String, UnitFile> units = new TreeMap<>();
        for (String unit : HomeUnits.names(host)) {
            HomeUnits.read(host.home().services().resolve(unit))
                    .ifPresent(read -> units.put(unit, read));
        }
        Set<Path> read =
                units.values().stream()
                        .flatMap(unit -> unit.config().stream())
                        .map(config -> Path.of(config).getFileName())
                        .collect(Collectors.toSet());
        List<Finding> findings = new ArrayList<>();
        for (Path copy : copies(host.home().protocolConfigs())) {
            if (!read.contains(copy.getFileName())) {
                lost(copy, units).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static List<Path> copies(Path directory) {
        List<Path> copies = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{yml,yaml}")) {
            files.forEach(copies::add);
        } catch (IOException e) {
            // A home without consumers and providers.
            return copies;
        }
        copies.sort(null);
        return copies;
    }

    private static Optional<Finding> lost(Path copy, TreeMap<String, UnitFile> units) {
        for (Role role : List.of(Role.PROVIDER, Role.CONSUMER)) {
            Optional<String> chain = chain(copy, role);
            if (chain.isEmpty()) {
                continue;
            }
            String word = role.name().toLowerCase(Locale.ROOT);
            return units.entrySet().stream()
                    .filter(entry ->
                            entry.getKey().endsWith("-" + chain.get() + ".service")
                                    && entry.getValue()
                                            .role()
                                            .filter(other -> other != role)
                                            .isPresent())
                    .findFirst()
                    .map(entry ->
                            new Finding.Wrong(
                                    entry.getKey(),
                                    "it has the name of a "
                                            + word
                                            + " too, which it has overwritten: no unit reads "
                                            + copy,
                                    "visor create-service " + word + " " + copy + " --from …"));
        }
        return Optional.empty();
    }

    private static Optional<String> chain(Path copy, Role role) {
        try {
            return Optional.of(ProtocolConfigReader.read(copy, role)).map(ProtocolConfig::chainId);
        } catch (ConfigException e) {
            // Not of this role.
            return Optional.empty();
        }
    }
}
