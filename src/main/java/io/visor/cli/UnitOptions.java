package io.visor.cli;

import io.visor.daemon.units.UnitPlacement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where a unit goes, and as whom it runs.
final class UnitOptions {

    @Option(
            names = "--create-link",
            description = "Link the unit into systemd's directory, so that systemd knows it.")
    private boolean link;

    @Option(
            names = "--force",
            description =
                    "Put the link in the place of a regular file, which is kept beside it, or of"
                            + " a mask.")
    private boolean force;

    @Option(
            names = "--user",
            description =
                    "Make the unit for your own systemd (systemctl --user), not for the machine's.")
    private boolean ofUser;

    @Option(names = "--print", description = "Print the unit and write nothing.")
    private boolean print;

    @Option(
            names = "--run-as",
            paramLabel = "USER",
            description =
                    "As whom it runs (default: as before if the unit is there, else whoever calls"
                            + " visor, or called sudo).")
    private @Nullable String runAs;

    @Option(
            names = "--unit-dir",
            paramLabel = "DIR",
            description =
                    "Where --create-link makes the link (default: /etc/systemd/system, with --user"
                            + " ~/.config/systemd/user).")
    private @Nullable String unitDirectory;

    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    HomeOptions home() {
        return home;
    }

    boolean isPrint() {
        return print;
    }

    boolean isOfUser() {
        return ofUser;
    }

    boolean isJson() {
        return output.isJson();
    }

    /// What these options say.
    ///
    /// @param workingDirectory where the service runs, if that is given
    UnitPlacement placement(Console console, @Nullable String workingDirectory) {
        return new UnitPlacement(
                link,
                force,
                ofUser,
                Optional.ofNullable(runAs),
                Optional.ofNullable(unitDirectory).map(path -> console.path("--unit-dir", path)),
                Optional.ofNullable(workingDirectory)
                        .map(path -> console.path("--working-directory", path)));
    }
}
