package io.visor.cli;

import io.visor.api.ControlClient;
import io.visor.api.InstanceStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Show the chain, the programs and the services of a running visor.",
        footer = {
            "",
            "Examples:",
            "  visor status",
            "  visor status --directory /srv/lava -o json",
            "",
            "Exit code 3: no visor runs there."
        })
final class StatusCommand implements Callable<Integer> {

    @Mixin private ControlOptions control = new ControlOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    private final Console console;

    StatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        InstanceStatus status = control.ask(console, "show the status", ControlClient::status);
        if (output.isJson()) {
            console.out().println(status.json().writePretty());
        } else {
            console.out().print(console.statusText().instance(status));
        }
        return ExitCodes.DONE;
    }
}
