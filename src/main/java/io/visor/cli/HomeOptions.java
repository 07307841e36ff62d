package io.visor.cli;

import io.visor.config.ConfigReader;
import io.visor.model.Home;
import io.visor.model.VisorConfig;
import picocli.CommandLine.Option;

/// Where the home is.
final class HomeOptions {

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = "~/",
            description =
                    "The directory that holds the home, .lavavisor (default: ${DEFAULT-VALUE}).")
    private String directory = "~/";

    Home home(Console console) {
        return Home.in(console.path("--directory", directory));
    }

    /// The configuration in the home; what holds by default if there is none.
    ///
    /// @throws io.visor.config.ConfigException if it cannot be used
    VisorConfig config(Console console) {
        Home home = home(console);
        return ConfigReader.read(home.config(), home, console.userHome(), console.environment());
    }
}
