package io.visor.cli;

import io.visor.api.ControlClient;
import io.visor.api.ControlClient.Action;
import io.visor.api.ServiceStatus;
import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.ServiceName;
import io.visor.time.Clock;
import java.time.Duration;

/// Has services started, stopped or restarted, and sees it through: one that waits for others is
/// waited for as well, after it was said what it waits for.
final class ServiceOrder {

    /// How often a service that waits for others is looked at.
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final String WAITING = "waiting";

    private final Console console;
    private final ControlOptions control;
    private final Action action;
    private final Duration patience;
    private final Clock clock = ControlOptions.clock();

    /// Prepares it.
    ///
    /// @param patience how long each service is waited for
    ServiceOrder(Console console, ControlOptions control, Action action, Duration patience) {
        this.console = console;
        this.control = control;
        this.action = action;
        this.patience = patience;
    }

    /// Does it to one service.
    ///
    /// @return where the service stands then
    /// @throws CannotException if it has not come about
    ServiceStatus carryOut(ServiceName name) throws InterruptedException {
        String what = action.word() + " " + name;
        ServiceStatus status = control.ask(console, what, client -> seenThrough(client, name));
        if (!isDone(status)) {
            throw CannotException.now(what, why(status));
        }
        return status;
    }

    private ServiceStatus seenThrough(ControlClient client, ServiceName name)
            throws InterruptedException {
        Duration deadline = clock.monotonic().plus(patience);
        ServiceStatus status = client.act(action, name, patience);
        if (action == Action.STOP || !status.state().equals(WAITING)) {
            return status;
        }
        String told = "";
        while (isComing(status) && clock.monotonic().compareTo(deadline) < 0) {
            String reason = reason(status);
            if (status.state().equals(WAITING) && !reason.equals(told)) {
                console.err().println(name + " " + reason);
                told = reason;
            }
            clock.sleep(LOOK);
            status = client.service(name);
        }
        return status;
    }

    /// Whether there is something to wait for.
    private static boolean isComing(ServiceStatus status) {
        return switch (status.state()) {
            case WAITING -> !status.blocked();
            case "starting", "stopping", "killing" -> status.wanted() == ServiceStatus.Wanted.UP;
            default -> false;
        };
    }

    private boolean isDone(ServiceStatus status) {
        return switch (status.state()) {
            case "stopped" -> action == Action.STOP;
            case "completed" -> true;
            case "running" -> action != Action.STOP;
            default -> action == Action.STOP && status.pid() == null;
        };
    }

    private static String reason(ServiceStatus status) {
        return status.reason() == null ? "waits" : status.reason();
    }

    private String why(ServiceStatus status) {
        String reason = status.reason() == null ? "" : ": " + status.reason();
        if (action != Action.STOP && status.wanted() == ServiceStatus.Wanted.DOWN) {
            return "a later command has it stopped; see visor service status";
        }
        return switch (status.state()) {
            case "backoff" ->
                    "it" + reason.replaceFirst("^:", "") + "; visor tries again by itself";
            case "failed" -> "it failed" + reason + "; see its output";
            case WAITING ->
                    "it "
                            + reason(status)
                            + (status.blocked()
                                    ? "; see to that first"
                                    : ", still after "
                                            + Durations.exact(patience)
                                            + "; visor goes on with it");
            default ->
                    "it is still "
                            + status.state()
                            + (status.pid() == null ? "" : " as pid " + status.pid())
                            + " after "
                            + Durations.exact(patience)
                            + "; visor goes on with it";
        };
    }

    /// What has come about.
    String sentence(ServiceStatus status) {
        String name = status.name();
        if (status.state().equals("running")) {
            Duration down = status.down();
            return name
                    + " runs as pid "
                    + status.pid()
                    + (action != Action.RESTART || down == null
                            ? ""
                            : ", was down for " + Durations.format(down));
        }
        ServiceStatus.LastExit exit = status.lastExit();
        return name + " is " + status.state() + (exit == null ? "" : " (" + exit.status() + ")");
    }
}
