package io.visor.cli;

import io.visor.json.Json;
import io.visor.model.Platform;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "version",
        description = "Print visor's version.",
        footer = {"", "Examples:", "  visor version", "  visor version -o json"})
final class VersionCommand implements Callable<Integer> {

    @Mixin private OutputOptions output = new OutputOptions();

    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (output.isJson()) {
            Json version =
                    Json.object(
                            "version",
                            VisorVersion.TEXT,
                            "platform",
                            Platform.current().toString(),
                            "java",
                            Runtime.version().toString());
            console.out().println(version.writePretty());
        } else {
            console.out().println(VisorVersion.TEXT);
        }
        return ExitCodes.DONE;
    }
}
