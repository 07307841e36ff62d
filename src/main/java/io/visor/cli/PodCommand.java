package io.visor.cli;

import java.net.InetSocketAddress;
import java.time.Duration;
import picocli.CommandLine.Command;

@Command(
        name = "pod",
        description = "As wrap, for a container: fetches, serves probes on :8086.",
        footer = {
            "",
            "Example:",
            "  visor pod --cmd 'lavap rpcconsumer consumer.yml --from alice --geolocation 1"
                    + " --chain-id lava'"
        })
final class PodCommand extends WrapCommand {

    /// An orchestrator kills after 30 s (Kubernetes, `terminationGracePeriodSeconds`).
    private static final Duration STOP_WITHIN = Duration.ofSeconds(25);

    private static final int PROBES_PORT = 8086;

    PodCommand(Console console, Instances instances) {
        super(console, instances);
    }

    @Override
    public Integer call() throws InterruptedException {
        return run("visor pod", true, STOP_WITHIN, new InetSocketAddress(PROBES_PORT));
    }
}
