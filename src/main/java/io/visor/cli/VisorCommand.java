package io.visor.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

@Command(
        name = "visor",
        description = "Keeps protocol software running, at the version that its network asks for.",
        footer = {
            "",
            "Every option can be given as an environment variable: VISOR_NODE for --node,",
            "VISOR_CHAIN_ID for --chain-id, VISOR_AUTO_DOWNLOAD=true for --auto-download.",
            "",
            "Examples:",
            "  visor init --auto-download",
            "  visor wrap --cmd 'lavap rpcconsumer consumer.yml' --auto-download"
        })
public final class VisorCommand implements Runnable {

    @Mixin private LogOptions log = new LogOptions();

    @Option(
            names = "--home",
            hidden = true,
            scope = ScopeType.INHERIT,
            description = "Accepted as LavaVisor has it; visor's own home is set with --directory.")
    private String cosmosHome = "";

    @Option(
            names = {"-v", "--version"},
            description = "Print visor's version.")
    private boolean version;

    private final Console console;
    private final CommandTree tree;

    VisorCommand(Console console, CommandTree tree) {
        this.console = console;
        this.tree = tree;
    }

    /// Runs visor.
    ///
    /// @param arguments the command line
    public static void main(String[] arguments) {
        int code = run(arguments, Console.system());
        if (code != ExitCodes.DONE) {
            // Asking for an exit loads the JDK's logging; a command that has succeeded just ends.
            System.exit(code);
        }
    }

    /// Runs a command line.
    ///
    /// @return the exit code
    static int run(String[] arguments, Console console) {
        CommandTree tree = new CommandTree(console);
        VisorCommand root = new VisorCommand(console, tree);
        Failures failures = new Failures(console);
        CommandLine line = tree.lineFor(root, arguments);
        line.setExecutionExceptionHandler((failure, command, _) ->
                failures.show(failure, command, List.of(arguments), root.log.trace()));
        line.setParameterExceptionHandler(
                (failure, _) -> failures.showUsage(failure, List.of(arguments)));
        line.setExecutionStrategy(parsed -> {
            if (parsed.hasSubcommand() && tree.hasLog(parsed.subcommand().commandSpec().name())) {
                root.log.apply(console);
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        int code = line.execute(arguments);
        return code == ExitCodes.DONE ? failures.finish() : code;
    }

    @Override
    public void run() {
        if (version) {
            console.out().println(VisorVersion.TEXT);
        } else {
            tree.line(this).usage(console.out());
        }
    }
}
