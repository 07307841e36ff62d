package io.visor.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Print a completion script for a shell.",
        footer = {"", "Example:", "  source <(visor completion bash)"})
final class CompletionCommand implements Callable<Integer> {

    /// The shells.
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell = Shell.bash;

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        // The script serves both: for zsh it loads zsh's own support for bash's completion first.
        String prefix = shell == Shell.zsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
        console.out().print(prefix + AutoComplete.bash("visor", root));
        return ExitCodes.DONE;
    }
}
