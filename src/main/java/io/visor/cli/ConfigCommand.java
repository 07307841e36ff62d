package io.visor.cli;

import io.visor.config.ConfigWriter;
import io.visor.json.Json;
import io.visor.model.Home;
import io.visor.model.VisorConfig;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "config",
        description = "Check the configuration file, or show what holds.",
        footer = {"", "Examples:", "  visor config check", "  visor config show -o json"})
final class ConfigCommand {

    private final Console console;

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "check",
            description = "Report everything that is wrong in config.yml.",
            footer = {"", "Example:", "  visor config check --directory /srv/lava"})
    int check(@Mixin HomeOptions home, @Mixin OutputOptions output) {
        VisorConfig config = home.config(console);
        Home where = home.home(console);
        boolean there = Files.exists(where.config());
        int services = config.services().size();
        if (output.isJson()) {
            console.out()
                    .println(
                            Json.object(
                                            "file",
                                            where.config().toString(),
                                            "exists",
                                            there,
                                            "services",
                                            services,
                                            "ok",
                                            true)
                                    .writePretty());
        } else if (there) {
            console.out()
                    .println(
                            where.config()
                                    + " is good: "
                                    + services
                                    + (services == 1 ? " service" : " services"));
        } else {
            console.out().println(where.config() + " is not there; the defaults hold");
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "show",
            description =
                    "Show the configuration with its defaults filled in and its secrets masked.",
            footer = {"", "Examples:", "  visor config show", "  visor config show -o json"})
    int show(@Mixin HomeOptions home, @Mixin OutputOptions output) {
        VisorConfig config = home.config(console);
        console.out()
                .print(
                        output.isJson()
                                ? ConfigWriter.write(config).writePretty() + "\n"
                                : ConfigWriter.writeYaml(config));
        return ExitCodes.DONE;
    }
}
