package io.visor.cli;

import io.visor.daemon.logs.ServiceLog;
import io.visor.daemon.logs.UnitLog;
import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.Home;
import io.visor.model.Names;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.VisorConfig;
import io.visor.time.Scheduler;
import io.visor.time.SystemScheduler;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Show what a service of config.yml has printed.",
        footer = {
            "",
            "Examples:",
            "  visor logs alice-LAV1 -n 100",
            "  visor logs alice-LAV1 -f --since 10m",
            "  visor logs alice-LAV1 --since '2026-08-01 02:10' -o json"
        })
final class LogsCommand implements Callable<Integer> {

    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "SERVICE", description = "The service's name.")
    private String service = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Leave out what is older: 10m, 2h, 2026-08-01, '2026-08-01 02:10' (local) or"
                            + " 2026-08-01T02:10:00Z. Lines without a time are shown.")
    private @Nullable String since;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "LINES",
            description = "Show the last lines only, so many.")
    private @Nullable Long lines;

    private final Console console;

    LogsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (lines != null && lines < 0) {
            throw CannotException.untilChanged(
                    "understand --lines", "\"" + lines + "\" is below 0; write how many lines");
        }
        Scheduler scheduler = new SystemScheduler((_, failure) -> failure.printStackTrace());
        Instant from = since == null ? null : since(since, scheduler.clock().now());
        Home where = home.home(console);
        Optional<ServiceSpec> unit = unit(where);
        if (unit.isPresent() && unit.get().unit() != null) {
            new UnitLog(unit.get().unit(), console.out())
                    .print(request(unit.get().name(), from), follow);
            return ExitCodes.DONE;
        }
        ServiceName name = known(where);
        ServiceLog log = new ServiceLog(where, name, console.out(), console.err());
        ServiceLog.Request request = request(name, from);
        if (follow) {
            log.follow(request, scheduler);
        } else {
            log.print(request);
        }
        return ExitCodes.DONE;
    }

    private ServiceLog.Request request(ServiceName name, @Nullable Instant from) {
        return new ServiceLog.Request(
                name, from, lines == null ? ServiceLog.ALL : lines, output.isJson());
    }

    /// The service, if it is a unit, by its name or by that of the unit. The configuration is not
    /// read for a log that is a file.
    private Optional<ServiceSpec> unit(Home where) {
        if (ServiceLog.services(where).contains(service)) {
            return Optional.empty();
        }
        return home.config(console).services().stream()
                .filter(spec ->
                        spec.unit() != null && spec.name().text().equals(service)
                                || isOf(spec, service))
                .findFirst();
    }

    private static boolean isOf(ServiceSpec spec, String unit) {
        return spec.unit() != null && spec.unit().text().equals(unit);
    }

    /// The service, if it has a log or the configuration has it. The configuration is not read for
    /// a log that is there: it may be what is being mended.
    private ServiceName known(Home where) {
        SortedSet<String> names = ServiceLog.services(where);
        if (!names.contains(service)) {
            VisorConfig config = home.config(console);
            config.services().forEach(spec -> names.add(spec.name().text()));
        }
        if (!names.contains(service) || !Names.isName(service)) {
            throw CannotException.untilChanged(
                    "show the log of \"" + service + "\"",
                    "it is no service of "
                            + where.config()
                            + (names.isEmpty()
                                    ? ", which has none"
                                    : "; known: " + String.join(", ", names)));
        }
        return new ServiceName(service);
    }

    /// A time, or how long ago it was.
    private static Instant since(String text, Instant now) {
        return Stream.<Function<String, Optional<Instant>>>of(
                        t -> Durations.parse(t).map(now::minus),
                        t -> Optional.of(OffsetDateTime.parse(t).toInstant()),
                        t -> Optional.of(local(LocalDateTime.parse(t.replace(' ', 'T')))),
                        t -> Optional.of(local(LocalDate.parse(t).atStartOfDay())))
                .flatMap(form -> read(form, text).stream())
                .findFirst()
                .orElseThrow(() ->
                        CannotException.untilChanged(
                                "understand --since",
                                "\""
                                        + text
                                        + "\" is neither a duration nor a time; write 10m, 2h or"
                                        + " 2026-08-01T02:10:00Z"));
    }

    private static Instant local(LocalDateTime time) {
        return time.atZone(ZoneId.systemDefault()).toInstant();
    }

    private static Optional<Instant> read(Function<String, Optional<Instant>> form, String text) {
        try {
            return form.apply(text);
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
