package io.visor.cli;

import io.visor.daemon.HomeSetup;
import io.visor.json.Json;
import io.visor.model.Home;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.VisorConfig;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description = "Set a home up: install the version that the chain asks for, and link it.",
        footer = {
            "",
            "Examples:",
            "  visor init --auto-download",
            "  visor init --auto-download --node tcp://127.0.0.1:26657 --chain-id lava-mainnet-1",
            "  visor init --auto-download --auto-start"
        })
final class InitCommand implements Callable<Integer> {

    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private ChainOptions chain = new ChainOptions();
    @Mixin private ProgramOptions program = new ProgramOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Option(names = "--auto-start", description = "Go on as \"visor start\" does.")
    private boolean autoStart;

    @Option(
            names = "--link-dir",
            paramLabel = "DIR",
            description =
                    "Where the link on PATH is made (default: where the binary stands on PATH"
                            + " today, else in $GOPATH/bin, /usr/local/bin or ~/.local/bin, the"
                            + " first that is on PATH and may be written).")
    private @Nullable String linkDirectory;

    @Option(names = "--force", description = "Replace a link on PATH that visor did not make.")
    private boolean force;

    private final Console console;
    private final Instances instances;

    InitCommand(Console console, Instances instances) {
        this.console = console;
        this.instances = instances;
    }

    @Override
    public Integer call() throws InterruptedException {
        Home where = home.home(console);
        VisorConfig read = home.config(console);
        ProgramSpec spec = program.of(read, false);
        VisorConfig config = with(read);
        Progress progress = new Progress(console);
        HomeSetup setup = new HomeSetup(where, config, spec, console.environment(), progress);
        HomeSetup.Result result =
                setup.run(
                        VisorVersion.USER_AGENT,
                        Optional.ofNullable(linkDirectory)
                                .map(path -> console.path("--link-dir", path)),
                        force);
        progress.finish();
        show(where, spec, result);
        return autoStart
                ? instances.start(where, null, () -> with(home.config(console)))
                : ExitCodes.DONE;
    }

    private VisorConfig with(VisorConfig read) {
        return ProgramOptions.with(
                new VisorConfig(chain.over(read.chain()), read.programs(), read.services()),
                program.of(read, false));
    }

    private void show(Home where, ProgramSpec spec, HomeSetup.Result result) {
        Requirement requirement = result.requirement();
        PrintStream out = console.out();
        if (output.isJson()) {
            out.println(
                    Json.object(
                                    "home",
                                    where.toString(),
                                    "program",
                                    spec.name().text(),
                                    "version",
                                    result.version().toString(),
                                    "binary",
                                    result.binary().toString(),
                                    "link",
                                    result.link().toString(),
                                    "path_link",
                                    result.pathLink().map(Path::toString).orElse(null),
                                    "min",
                                    requirement.min().toString(),
                                    "target",
                                    requirement.target().toString(),
                                    "height",
                                    requirement.basis().height(),
                                    "changed",
                                    result.changed())
                            .writePretty());
            return;
        }
        out.println(
                requirement.basis().chainId()
                        + "  height "
                        + requirement.basis().height()
                        + "  min "
                        + requirement.min()
                        + "  target "
                        + requirement.target());
        out.println(
                spec.name()
                        + " "
                        + result.version()
                        + (result.changed() ? " is installed" : " is installed already")
                        + ": "
                        + result.binary());
        out.println("linked as " + result.link());
        if (result.pathLink().isPresent()) {
            out.println("linked as " + result.pathLink().get());
        } else {
            out.println(
                    "to have "
                            + spec.binary()
                            + " on PATH: export PATH="
                            + result.link().getParent()
                            + ":$PATH");
        }
    }

    /// Shows what goes on: one redrawn line on a terminal, plain lines otherwise.
    private static final class Progress implements HomeSetup.Listener {

        private static final String CLEAR = "\r\u001b[K";

        private final PrintStream err;
        private final boolean terminal;
        private boolean drawn;

        Progress(Console console) {
            this.err = console.err();
            this.terminal = console.errIsTerminal();
        }

        @Override
        public void onLine(String text) {
            finish();
            err.println(text);
        }

        @Override
        public void onProgress(String text) {
            err.print(CLEAR + text);
            err.flush();
            drawn = true;
        }

        @Override
        public boolean wantsEveryStep() {
            return terminal;
        }

        void finish() {
            if (drawn) {
                err.print(CLEAR);
                drawn = false;
            }
        }
    }
}
