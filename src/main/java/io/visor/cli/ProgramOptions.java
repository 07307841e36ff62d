package io.visor.cli;

import io.visor.model.CannotException;
import io.visor.model.Names;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.UpgradePolicy;
import io.visor.model.VisorConfig;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The program that a command is about, and how it gets its releases.
final class ProgramOptions {

    @Option(
            names = "--auto-download",
            description =
                    "Fetch releases by itself; without it only versions in upgrades/ are used.")
    private boolean autoDownload;

    @Option(
            names = "--program",
            paramLabel = "NAME",
            defaultValue = "lavap",
            description =
                    "The program in config.yml that this is about (default: ${DEFAULT-VALUE}).")
    private String name = "lavap";

    @Mixin private ReleaseOptions release = new ReleaseOptions();

    /// The program with these options applied.
    ///
    /// @param alwaysDownload whether releases are fetched even without the option
    ProgramSpec of(VisorConfig config, boolean alwaysDownload) {
        ProgramSpec program =
                Names.isName(name) ? config.programs().get(new ProgramName(name)) : null;
        if (program == null) {
            throw CannotException.untilChanged(
                    "understand --program",
                    "\""
                            + name
                            + "\" is no program; known: "
                            + String.join(
                                    ", ",
                                    config.programs().keySet().stream()
                                            .sorted()
                                            .map(ProgramName::text)
                                            .toList()));
        }
        UpgradePolicy.Auto given = program.upgrade().auto();
        boolean isAsked = autoDownload || alwaysDownload;
        UpgradePolicy.Auto auto = isAsked && !given.fetches() ? UpgradePolicy.Auto.TRUE : given;
        return release.over(program.withUpgrade(program.upgrade().withAuto(auto)));
    }

    /// The configuration with the program replaced.
    static VisorConfig with(VisorConfig config, ProgramSpec program) {
        Map<ProgramName, ProgramSpec> programs = new HashMap<>(config.programs());
        programs.put(program.name(), program);
        return new VisorConfig(config.chain(), programs, config.services());
    }
}
