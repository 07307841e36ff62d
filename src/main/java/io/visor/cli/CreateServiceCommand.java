package io.visor.cli;

import io.visor.daemon.units.Caller;
import io.visor.daemon.units.UnitRequest;
import io.visor.daemon.units.UnitSetup;
import io.visor.json.Json;
import io.visor.model.CannotException;
import io.visor.model.Home;
import io.visor.model.Names;
import io.visor.model.ProgramName;
import io.visor.model.Role;
import io.visor.model.ServiceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create-service",
        description = "Make a systemd unit for a consumer, a provider, any program, or visor.",
        footer = {
            "",
            "Examples:",
            "  visor create-service consumer eth.yml --from alice --geolocation 1 \\",
            "      --chain-id lava-mainnet-1 --keyring-backend test --create-link",
            "  visor create-service program lily -- lily daemon --repo /srv/lily",
            "  visor create-service visor --create-link -- --auto-download"
        })
final class CreateServiceCommand {

    private final Console console;
    private final CommandTree tree;

    CreateServiceCommand(Console console, CommandTree tree) {
        this.console = console;
        this.tree = tree;
    }

    @Command(
            name = "consumer",
            description = {
                "Make the unit of a consumer (lavap rpcconsumer).",
                "--log_level is lavap's here; without it, debug."
            },
            footer = {
                "",
                "Examples:",
                "  visor create-service consumer eth.yml --from alice --geolocation 1 \\",
                "      --chain-id lava-mainnet-1 --keyring-backend test --create-link",
                "  visor create-service consumer eth.yml --from alice --geolocation 1 \\",
                "      --chain-id lava-mainnet-1 --keyring-backend test --print"
            })
    int consumer(@Mixin LavapServiceOptions lavap, @Mixin UnitOptions unit) {
        return lavap(Role.CONSUMER, lavap, unit);
    }

    @Command(
            name = "provider",
            description = {
                "Make the unit of a provider (lavap rpcprovider).",
                "--log_level is lavap's here; without it, debug."
            },
            footer = {
                "",
                "Example:",
                "  visor create-service provider lav.yml --from alice --geolocation 1 \\",
                "      --chain-id lava-mainnet-1 --keyring-backend test --create-link"
            })
    int provider(@Mixin LavapServiceOptions lavap, @Mixin UnitOptions unit) {
        return lavap(Role.PROVIDER, lavap, unit);
    }

    private int lavap(Role role, LavapServiceOptions lavap, UnitOptions unit) {
        return make(unit, lavap.workingDirectory(), lavap.request(role, console));
    }

    @Command(
            name = "program",
            description = "Make the unit of any command.",
            footer = {
                "",
                "Examples:",
                "  visor create-service program snapshotter --create-link -- ./start.sh --fast",
                "  visor create-service program lily --program lily -- lily daemon"
            })
    int program(
            @Parameters(index = "0", paramLabel = "NAME", description = "The service's name.")
                    String name,
            @Parameters(
                            index = "1..*",
                            arity = "1..*",
                            paramLabel = "COMMAND",
                            description = "What to start, behind --.")
                    List<String> command,
            @Option(
                            names = "--program",
                            paramLabel = "PROGRAM",
                            description =
                                    "The program in config.yml whose upgrades it follows; the"
                                            + " command begins with its binary.")
                    @Nullable String program,
            @Option(
                            names = "--working-directory",
                            paramLabel = "DIR",
                            description =
                                    "Where it runs (default: as before if the unit is there, else a"
                                            + " directory of its own in the home).")
                    @Nullable String workingDirectory,
            @Mixin UnitOptions unit) {
        return make(
                unit,
                workingDirectory,
                new UnitRequest.OfCommand(
                        serviceName("the command line", name),
                        Optional.ofNullable(program).map(CreateServiceCommand::programName),
                        command));
    }

    @Command(
            name = "visor",
            description = "Make the unit of visor itself, which runs \"visor start\".",
            footer = {
                "",
                "Examples:",
                "  visor create-service visor --create-link -- --auto-download",
                "  visor create-service visor --run-as visor --create-link -- --auto-download"
            })
    int visor(
            @Parameters(
                            index = "0..*",
                            arity = "0..*",
                            paramLabel = "FLAG",
                            description = "What \"visor start\" is given, behind --.")
                    @Nullable List<String> flags,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            defaultValue = "visor",
                            description = "The unit's name (default: ${DEFAULT-VALUE}).")
                    String name,
            @Mixin UnitOptions unit) {
        List<String> start = flags == null ? List.of() : List.copyOf(flags);
        List<String> all = new ArrayList<>(List.of("--directory", "/"));
        all.addAll(start);
        tree.check("start", all);
        return make(
                unit,
                null,
                new UnitRequest.OfVisor(
                        serviceName("--name", name), Launcher.path(console), start));
    }

    private static ServiceName serviceName(String where, String text) {
        try {
            return new ServiceName(text);
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "understand " + where, String.valueOf(e.getMessage()));
        }
    }

    private static ProgramName programName(String text) {
        if (!Names.isName(text)) {
            throw CannotException.untilChanged(
                    "understand --program", "\"" + text + "\" is no name: " + Names.RULE);
        }
        return new ProgramName(text);
    }

    private int make(UnitOptions options, @Nullable String workingDirectory, UnitRequest request) {
        Home home = options.home().home(console);
        UnitSetup setup =
                new UnitSetup(
                        home,
                        Caller.current(
                                console.userHome(),
                                console.workingDirectory(),
                                console.environment()),
                        options.placement(console, workingDirectory));
        UnitSetup.Result result = options.isPrint() ? setup.show(request) : setup.make(request);
        if (options.isJson()) {
            console.out().println(json(result, options.isPrint()).writePretty());
        } else if (options.isPrint()) {
            console.out().print(result.text());
            result.notes().forEach(console.err()::println);
        } else {
            CreatedText.of(result, options.isOfUser()).forEach(console.out()::println);
        }
        return ExitCodes.DONE;
    }

    private static Json json(UnitSetup.Result result, boolean print) {
        return Json.object(
                "unit",
                result.unit(),
                "kind",
                result.kind(),
                "file",
                result.file().toString(),
                "user",
                result.user().orElse(null),
                "working_directory",
                result.workingDirectory().toString(),
                "config",
                result.config().map(Path::toString).orElse(null),
                "listed_in",
                result.listedIn().map(Path::toString).orElse(null),
                "link",
                result.link().map(Path::toString).orElse(null),
                "polkit_rule",
                result.polkit().map(Path::toString).orElse(null),
                "written",
                !print,
                "changed",
                result.changed(),
                "notes",
                result.notes(),
                "text",
                result.text());
    }
}
