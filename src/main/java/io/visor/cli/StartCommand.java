package io.visor.cli;

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
    @Mixin private KeyringOptions keyring = new KeyringOptions();
    @Mixin private IgnoredOutputOptions ignored = new IgnoredOutputOptions();

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
        return instances.start(home.home(console), keyring.read(console), this::config);
    }

    private VisorConfig config() {
        VisorConfig read = home.config(console);
        return ProgramOptions.with(
                new VisorConfig(chain.over(read.chain()), read.programs(), read.services()),
                program.of(read, false));
    }
}
