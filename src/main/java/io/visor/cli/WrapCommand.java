package io.visor.cli;

import io.visor.model.CannotException;
import io.visor.model.Home;
import io.visor.model.ProgramSpec;
import io.visor.model.StopPolicy;
import io.visor.model.VisorConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "wrap",
        description = "Keep one command running, and at the right version.",
        footer = {
            "",
            "Examples:",
            "  visor wrap --cmd 'lavap rpcconsumer consumer.yml --from alice' --auto-download",
            "  visor wrap --cmd 'rpcprovider provider.yml' --node tcp://127.0.0.1:26657 --chain-id"
                    + " lava-mainnet-1"
        })
class WrapCommand implements Callable<Integer> {

    @Option(
            names = "--cmd",
            required = true,
            paramLabel = "COMMAND",
            description =
                    "The command, quoted as for a shell; nothing in it is expanded. Its first word"
                        + " may be the program, a command of the program, or anything else that can"
                        + " be run.")
    private String command = "";

    @Option(
            names = "--instance",
            paramLabel = "NAME",
            description = "The name of this instance (default: derived from the command).")
    private @Nullable String instance;

    @Option(
            names = "--probes",
            paramLabel = "[HOST]:PORT",
            description =
                    "Serve /livez, /readyz and /startupz here (default: nowhere; in pod: :8086).")
    private @Nullable String probes;

    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private ChainOptions chain = new ChainOptions();
    @Mixin private ProgramOptions program = new ProgramOptions();
    @Mixin private KeyringOptions keyring = new KeyringOptions();
    @Mixin private IgnoredOutputOptions ignored = new IgnoredOutputOptions();

    private final Console console;
    private final Instances instances;

    WrapCommand(Console console, Instances instances) {
        this.console = console;
        this.instances = instances;
    }

    @Override
    public Integer call() throws InterruptedException {
        return run("visor wrap", false, null, null);
    }

    /// Wraps the command.
    ///
    /// @param alwaysDownload whether releases are fetched even without being asked to
    /// @param stopWithin what the child's graces may add up to; null: as long as they are
    /// @param defaultProbes where probes are served unless told otherwise; null: nowhere
    int run(
            String title,
            boolean alwaysDownload,
            @Nullable Duration stopWithin,
            @Nullable InetSocketAddress defaultProbes)
            throws InterruptedException {
        Home where = home.home(console);
        VisorConfig read = home.config(console);
        ProgramSpec spec = program.of(read, alwaysDownload);
        VisorConfig config =
                ProgramOptions.with(
                        new VisorConfig(chain.over(read.chain()), read.programs(), read.services()),
                        spec);
        StopPolicy stop = stopWithin == null ? spec.stop() : spec.stop().within(stopWithin);
        InetSocketAddress address = probes == null ? defaultProbes : address(probes);
        return instances.wrap(
                where,
                config,
                spec,
                new Instances.Wrap(command, instance, stop, address, keyring.read(console), title));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw CannotException.untilChanged(
                    "understand --probes",
                    "\"" + text + "\" is no address; write host:port, or :port for all addresses");
        }
        String host = text.substring(0, colon);
        InetSocketAddress address =
                host.isEmpty()
                        ? new InetSocketAddress(Integer.parseInt(port))
                        : new InetSocketAddress(host, Integer.parseInt(port));
        if (address.isUnresolved()) {
            throw CannotException.untilChanged(
                    "understand --probes",
                    "the host of \"" + text + "\" is unknown; name an address of this machine");
        }
        return address;
    }
}
