package io.visor.cli;

import io.visor.model.Home;
import io.visor.model.VisorConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        description = "Keep the services of config.yml running, and at the right version.",
        footer = {
            "",
            "Examples:",
            "  visor start --auto-download",
            "  visor start --directory /srv/lava"
        })
final class StartCommand implements Callable<Integer> {

    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private ChainOptions chain = new ChainOptions();
    @Mixin private ProgramOptions program = new ProgramOptions();

    @Option(
            names = "--auto-start",
            hidden = true,
            description = "Accepted as LavaVisor's README writes it; it does nothing.")
    private boolean autoStart;

    private final Console console;
    private final Instances instances;

    StartCommand(Console console, Instances instances) {
        this.console = console;
        this.instances = instances;
    }

    @Override
    public Integer call() throws InterruptedException {
        Home where = home.home(console);
        VisorConfig read = home.config(console);
        VisorConfig config =
                ProgramOptions.with(
                        new VisorConfig(
                                chain.over(read.chain()),
                                read.programs(),
                                read.services(),
                                read.units()),
                        program.of(read, false));
        return instances.start(where, config);
    }
}
