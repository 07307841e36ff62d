package io.visor.cli;

import io.visor.daemon.units.UnitSetup;
import java.util.ArrayList;
import java.util.List;

/// Says what was made for a unit, and what to do next.
final class CreatedText {

    private CreatedText() {}

    static List<String> of(UnitSetup.Result result, boolean ofUser) {
        List<String> lines = new ArrayList<>();
        lines.add(
                result.unit()
                        + (result.changed() ? " is made" : " is as it was")
                        + result.user().map(user -> ", runs as " + user).orElse("")
                        + " in "
                        + result.workingDirectory());
        lines.add("unit    " + result.file());
        result.config().ifPresent(file -> lines.add("config  " + file));
        result.listedIn().ifPresent(file -> lines.add("listed  " + file));
        result.link().ifPresent(file -> lines.add("linked  " + file));
        result.polkit().ifPresent(file -> lines.add("polkit  " + file));
        lines.addAll(result.notes());
        String systemctl = ofUser ? "systemctl --user " : "systemctl ";
        if (result.link().isEmpty()) {
            lines.add(
                    "Next: "
                            + systemctl
                            + "link "
                            + io.visor.model.CommandLine.join(List.of(result.file().toString())));
        } else if (result.listedIn().isEmpty()) {
            lines.add(
                    "Next: "
                            + systemctl
                            + "daemon-reload && "
                            + systemctl
                            + "enable --now "
                            + result.unit());
        } else {
            lines.add("Next: visor start");
        }
        result.polkitInstallation().ifPresent(command -> lines.add("      " + command));
        return lines;
    }
}
