package io.visor.cli;

import io.visor.api.ChainStatus;
import io.visor.api.InstanceStatus;
import io.visor.api.ProgramStatus;
import io.visor.api.ServiceStatus;
import io.visor.cli.Table.Cell;
import io.visor.cli.Table.Colour;
import io.visor.cli.explain.NextWords;
import io.visor.cli.explain.Times;
import io.visor.model.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts wire records into words.
///
/// @param now the time of day
/// @param zone the zone that times are told in
/// @param colour whether states are coloured
record StatusText(Instant now, ZoneId zone, boolean colour) {

    private static final String NONE = "-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z");

    /// All of an instance.
    String instance(InstanceStatus status) {
        StringBuilder text = new StringBuilder();
        if (status.phase() != InstanceStatus.Phase.RUNNING) {
            text.append(status.command()).append(" is ").append(status.phase().word());
            text.append(" (pid ").append(status.pid()).append(")\n\n");
        }
        text.append(chain(status.chain())).append('\n').append(programs(status.programs()));
        if (!status.services().isEmpty()) {
            text.append('\n').append(services(status.services()));
        }
        return text.toString();
    }

    private String chain(ChainStatus chain) {
        ChainStatus.Latest latest = chain.latest();
        int count = chain.endpoints().size();
        String text =
                chain.chainId()
                        + "   "
                        + (latest == null
                                ? "not heard of yet"
                                : "height " + latest.height() + ago(latest.observedAt()))
                        + (latest == null ? "" : "   from " + latest.endpoint())
                        + (count > 1 ? ", 1 of " + count + " endpoints" : "")
                        + "\n";
        StringBuilder lines = new StringBuilder(text);
        for (ChainStatus.Endpoint endpoint : chain.endpoints()) {
            if (endpoint.failure() != null) {
                lines.append(
                                Table.cut(
                                        "  "
                                                + endpoint.address()
                                                + " failed"
                                                + ago(endpoint.failedAt())
                                                + ": "
                                                + endpoint.failure(),
                                        Table.WIDTH))
                        .append('\n');
            }
        }
        return lines.toString();
    }

    private String ago(@Nullable Instant at) {
        return at == null ? "" : ", " + Durations.format(since(at)) + " ago";
    }

    private Duration since(Instant at) {
        Duration age = Duration.between(at, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private String programs(List<ProgramStatus> programs) {
        Table table = new Table("PROGRAM", "RUNNING", "REQUIRED", "SINCE", "NEXT");
        NextWords next = new NextWords(new Times(now, zone));
        for (ProgramStatus program : programs) {
            Instant since = program.since();
            table.row(
                    List.of(
                            Cell.of(program.name()),
                            Cell.of(Objects.requireNonNullElse(program.running(), NONE)),
                            required(program.required()),
                            Cell.of(since == null ? NONE : Durations.format(since(since))),
                            Cell.of(next.of(program))));
        }
        return table.text(colour);
    }

    private static Cell required(ProgramStatus.@Nullable Required required) {
        if (required == null) {
            return Cell.of(NONE);
        }
        return required.belowMin()
                ? new Cell(required.min() + " min", Colour.RED)
                : Cell.of(required.target() + " target");
    }

    private String in(@Nullable Instant at) {
        if (at == null) {
            return "";
        }
        Duration left = Duration.between(now, at);
        return left.isPositive() ? " in " + Durations.format(left) : " now";
    }

    /// A table of services.
    String services(List<ServiceStatus> services) {
        Table table = new Table("SERVICE", "BACKEND", "STATE", "PID", "UP", "RESTARTS", "HEALTH");
        for (ServiceStatus service : services) {
            table.row(
                    List.of(
                            Cell.of(service.name()),
                            Cell.of(service.backend()),
                            new Cell(state(service), colourOf(service)),
                            Cell.of(service.pid() == null ? NONE : service.pid().toString()),
                            Cell.of(up(service)),
                            Cell.of(String.valueOf(service.restarts())),
                            Cell.of(health(service))));
        }
        return table.text(colour);
    }

    private static String state(ServiceStatus service) {
        ServiceStatus.Retry retry = service.retry();
        if (retry == null) {
            return service.state();
        }
        String limit = retry.limit() == null ? "" : " of " + retry.limit();
        return service.state() + " (" + retry.attempt() + limit + ")";
    }

    private static Colour colourOf(ServiceStatus service) {
        return switch (service.state()) {
            case "running", "completed" -> Colour.GREEN;
            case "failed" -> Colour.RED;
            case "stopped" ->
                    service.wanted() == ServiceStatus.Wanted.DOWN ? Colour.NONE : Colour.YELLOW;
            default -> Colour.YELLOW;
        };
    }

    private String up(ServiceStatus service) {
        Instant started = service.startedAt();
        return service.pid() == null || started == null ? NONE : Durations.format(since(started));
    }

    private String health(ServiceStatus service) {
        if (service.health() != null) {
            return service.health();
        }
        ServiceStatus.Retry retry = service.retry();
        String reason = service.reason();
        if (retry != null) {
            return "next try" + in(retry.at()) + (reason == null ? "" : ": " + reason);
        }
        return reason == null ? NONE : reason;
    }

    /// One service, a fact a line.
    String service(ServiceStatus service) {
        StringBuilder text = new StringBuilder(service.name() + "\n");
        String state = colour ? colourOf(service).paint(state(service)) : state(service);
        fact(text, "state", state + (service.reason() == null ? "" : ": " + service.reason()));
        ServiceStatus.Retry retry = service.retry();
        fact(text, "next try", retry == null ? null : time(retry.at()) + "," + in(retry.at()));
        fact(text, "wanted", service.wanted().word());
        fact(text, "health", service.health());
        fact(text, "program", service.program());
        fact(text, "backend", service.backend());
        fact(text, "pid", service.pid() == null ? null : service.pid().toString());
        Instant started = service.startedAt();
        fact(text, "started", started == null ? null : time(started) + ago(started));
        Duration down = service.down();
        fact(text, "down before", down == null ? null : Durations.format(down));
        fact(text, "restarts", String.valueOf(service.restarts()));
        ServiceStatus.LastExit exit = service.lastExit();
        fact(
                text,
                "last exit",
                exit == null
                        ? null
                        : exit.status()
                                + " after "
                                + Durations.format(exit.ran())
                                + (exit.asked() ? ", asked for" : "")
                                + ago(exit.at()));
        return text.toString();
    }

    private static void fact(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(String.format("  %-12s %s%n", name, value));
        }
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }
}
