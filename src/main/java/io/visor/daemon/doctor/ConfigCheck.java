package io.visor.daemon.doctor;

import io.visor.config.ConfigException;
import io.visor.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Whether the configuration can be used.
record ConfigCheck() implements Check {

    private static final String SUBJECT = "config";

    @Override
    public List<Finding> run(Host host) {
        Path file = host.home().config();
        try {
            ConfigReader.read(file, host.home(), host.userHome(), host.environment());
            return List.of(
                    new Finding.Fine(
                            SUBJECT,
                            Files.exists(file)
                                    ? file + " is good"
                                    : file + " is not there; the defaults hold"));
        } catch (ConfigException e) {
            return List.of(new Finding.Wrong(SUBJECT, file + ": " + e.why(), "visor config check"));
        }
    }
}
