package io.visor.daemon.doctor;

import io.visor.config.ConfigEditor;
import io.visor.config.ConfigException;
import io.visor.model.Home;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What the checks look at.
///
/// @param home visor's
/// @param userHome what `~` stands for
/// @param environment the variables
/// @param systemUnits where the machine's systemd has its links
/// @param userUnits where the user's systemd has its links
/// @param hasSystemd whether systemd runs the machine
/// @param polkitRules where polkit's rules are
public record Host(
        Home home,
        Path userHome,
        Map<String, String> environment,
        Path systemUnits,
        Path userUnits,
        boolean hasSystemd,
        Path polkitRules) {

    /// The units that config.yml names; none if it cannot be read, which another check tells.
    List<String> listedUnits() {
        try {
            return ConfigEditor.units(home.config());
        } catch (ConfigException e) {
            return List.of();
        }
    }
}
