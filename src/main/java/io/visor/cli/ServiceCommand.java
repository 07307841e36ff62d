package io.visor.cli;

import io.visor.api.ControlClient;
import io.visor.api.ControlClient.Action;
import io.visor.api.Listing;
import io.visor.api.ServiceStatus;
import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "service",
        description = "Look at the services of a running visor; start, stop, restart them.",
        footer = {
            "",
            "Examples:",
            "  visor service list",
            "  visor service restart alice-ETH1",
            "  visor service stop evm-server --directory /srv/lava",
            "",
            "Exit code 3: no visor runs there."
        })
final class ServiceCommand {

    /// How long a visor answers for at most.
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

    private final Console console;

    ServiceCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "list",
            description = "List the services and where each one stands.",
            footer = {"", "Examples:", "  visor service list", "  visor service list -o json"})
    int list(@Mixin ControlOptions control, @Mixin OutputOptions output)
            throws InterruptedException {
        List<ServiceStatus> services =
                control.ask(console, "list services", ControlClient::services);
        if (output.isJson()) {
            printJson(services);
        } else if (services.isEmpty()) {
            console.out().println("no services; write them under \"services\" in config.yml");
        } else {
            console.out().print(console.statusText().services(services));
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "status",
            description = "Show all that is known of services.",
            footer = {
                "",
                "Examples:",
                "  visor service status",
                "  visor service status alice-ETH1 -o json"
            })
    int status(
            @Parameters(paramLabel = "NAME", arity = "0..*", description = "Which (default: all).")
                    List<String> names,
            @Mixin ControlOptions control,
            @Mixin OutputOptions output)
            throws InterruptedException {
        List<ServiceName> which = names(names);
        List<ServiceStatus> services =
                control.ask(
                        console,
                        "show services",
                        client -> which.isEmpty() ? client.services() : each(client, which));
        if (output.isJson()) {
            print(services, which.size() == 1);
        } else {
            StatusText text = console.statusText();
            console.out().print(String.join("\n", services.stream().map(text::service).toList()));
        }
        return ExitCodes.DONE;
    }

    private static List<ServiceStatus> each(ControlClient client, List<ServiceName> names)
            throws InterruptedException {
        List<ServiceStatus> services = new ArrayList<>();
        for (ServiceName name : names) {
            services.add(client.service(name));
        }
        return services;
    }

    @Command(
            name = "start",
            description = "Start services, and keep them up; also after a restart of visor.",
            footer = {"", "Example:", "  visor service start evm-server refiner"})
    int start(@Mixin Orders orders) throws InterruptedException {
        return act(Action.START, orders);
    }

    @Command(
            name = "stop",
            description = "Stop services, and keep them down; also after a restart of visor.",
            footer = {"", "Example:", "  visor service stop evm-server --timeout 1m"})
    int stop(@Mixin Orders orders) throws InterruptedException {
        return act(Action.STOP, orders);
    }

    @Command(
            name = "restart",
            description = "Run services in new processes; returns when they run.",
            footer = {"", "Example:", "  visor service restart alice-ETH1"})
    int restart(@Mixin Orders orders) throws InterruptedException {
        return act(Action.RESTART, orders);
    }

    /// What is to be done, where, for how long.
    static final class Orders {

        @Parameters(paramLabel = "NAME", arity = "1..*", description = "Which services.")
        private List<String> names = List.of();

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                defaultValue = "5m",
                description =
                        "How long each one is waited for, up to 10m (default: ${DEFAULT-VALUE}).")
        private String timeout = "5m";

        @Mixin private ControlOptions control = new ControlOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        Duration patience() {
            return Durations.parse(timeout)
                    .filter(duration -> duration.compareTo(MAX_TIMEOUT) <= 0)
                    .orElseThrow(() ->
                            CannotException.untilChanged(
                                    "understand --timeout",
                                    "\""
                                            + timeout
                                            + "\" is no duration up to 10m; write 30s or"
                                            + " 2m"));
        }
    }

    private int act(Action action, Orders orders) throws InterruptedException {
        List<ServiceName> names = names(orders.names);
        Duration patience = orders.patience();
        if (names.size() > 1) {
            // A slip in one name leaves all services alone.
            List<ServiceStatus> unused =
                    orders.control.ask(
                            console, action.word() + " services", client -> each(client, names));
        }
        ServiceOrder order = new ServiceOrder(console, orders.control, action, patience);
        List<ServiceStatus> done = new ArrayList<>();
        Optional<CannotException> failure = Optional.empty();
        for (ServiceName name : names) {
            try {
                ServiceStatus status = order.carryOut(name);
                done.add(status);
                if (!orders.output.isJson()) {
                    console.out().println(order.sentence(status));
                }
            } catch (CannotException e) {
                if (names.size() == 1) {
                    throw e;
                }
                console.err().println("cannot " + e.what() + ": " + e.why());
                failure = Optional.of(e);
            }
        }
        if (orders.output.isJson()) {
            print(done, names.size() == 1);
        }
        return failure.map(e -> e.retryHelps() ? ExitCodes.FAILED : ExitCodes.USAGE)
                .orElse(ExitCodes.DONE);
    }

    private static List<ServiceName> names(List<String> texts) {
        try {
            return texts.stream().map(ServiceName::new).distinct().toList();
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "understand the command line", String.valueOf(e.getMessage()));
        }
    }

    /// One object for the one service that was named, a listing otherwise.
    private void print(List<ServiceStatus> services, boolean one) {
        if (!one) {
            printJson(services);
        } else if (!services.isEmpty()) {
            console.out().println(services.getFirst().json().writePretty());
        }
    }

    private void printJson(List<ServiceStatus> services) {
        Listing<ServiceStatus> listing =
                new Listing<>(services, services.size(), 1, Math.max(1, services.size()));
        console.out().println(listing.json(ServiceStatus::json).writePretty());
    }
}
