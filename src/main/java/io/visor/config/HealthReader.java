package io.visor.config;

import io.visor.model.CommandLine;
import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Exec;
import io.visor.model.HealthSpec.Grpc;
import io.visor.model.HealthSpec.Http;
import io.visor.model.HealthSpec.Log;
import io.visor.model.HealthSpec.Probe;
import io.visor.model.HealthSpec.Purpose;
import io.visor.model.HealthSpec.Tcp;
import io.visor.model.OutputPattern;
import io.visor.model.Secrets;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.ScalarNode;

/// Reads how it is found out whether a service works.
final class HealthReader {

    private static final Duration MIN_EVERY = Duration.ofMillis(100);
    private static final Duration MAX_EVERY = Duration.ofDays(1);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration MAX_START_PERIOD = Duration.ofDays(30);
    private static final int MAX_COUNT = 100_000;
    private static final int MAX_PORT = 65535;

    /// The keys of the ways to ask.
    private static final List<String> WAYS = List.of("http", "tcp", "grpc", "exec", "log");

    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):(\\d{1,5})");

    private final Paths paths;

    HealthReader(Paths paths) {
        this.paths = paths;
    }

    /// The key of a way to ask.
    static String key(Probe probe) {
        return switch (probe) {
            case Http _ -> "http";
            case Tcp _ -> "tcp";
            case Grpc _ -> "grpc";
            case Exec _ -> "exec";
            case Log _ -> "log";
        };
    }

    /// Whether `successes` means anything: a service is alive until it is not, and a line that was
    /// seen stays so.
    static boolean countsSuccesses(Purpose purpose, Probe probe) {
        return purpose != Purpose.LIVENESS && !(probe instanceof Log);
    }

    /// Reads `health:` of a service: one check, which is that of readiness, or one for each
    /// purpose.
    HealthSpec read(Section service) {
        if (service.node("health").isEmpty()) {
            return HealthSpec.NONE;
        }
        try (Section section = service.section("health")) {
            if (Arrays.stream(Purpose.values()).noneMatch(p -> section.has(p.word()))) {
                return new HealthSpec(null, check(section, Purpose.READINESS).orElse(null), null);
            }
            return new HealthSpec(
                    purpose(section, Purpose.STARTUP),
                    purpose(section, Purpose.READINESS),
                    purpose(section, Purpose.LIVENESS));
        }
    }

    private @Nullable Check purpose(Section health, Purpose purpose) {
        if (health.node(purpose.word()).isEmpty()) {
            return null;
        }
        try (Section section = health.section(purpose.word())) {
            return check(section, purpose).orElse(null);
        }
    }

    private Optional<Check> check(Section section, Purpose purpose) {
        List<String> ways = WAYS.stream().filter(section::has).toList();
        if (ways.isEmpty()) {
            section.problem("", "has none of " + String.join(", ", WAYS));
        }
        for (String way : ways.subList(Math.min(1, ways.size()), ways.size())) {
            section.problem(way, "is one too many: a check has one of " + String.join(", ", WAYS));
        }
        Optional<Probe> probe = ways.stream().findFirst().flatMap(way -> probe(section, way));
        Duration every = section.duration("every", MIN_EVERY, MAX_EVERY).orElse(Check.EVERY);
        Duration timeout =
                section.duration("timeout", MIN_TIMEOUT, MAX_TIMEOUT).orElse(Check.TIMEOUT);
        int failures = count(section, "failures").orElse(Check.FAILURES);
        int successes = count(section, "successes").orElse(Check.SUCCESSES);
        Duration startPeriod =
                section.duration("start-period", Duration.ZERO, MAX_START_PERIOD)
                        .orElse(Check.START_PERIOD);
        if (ways.contains("log")) {
            refuse(section, "timeout", "nobody is asked for a line of the log");
            refuse(section, "successes", "a line of the log is seen once");
        } else if (purpose == Purpose.LIVENESS) {
            refuse(section, "successes", "one success is enough for liveness");
        }
        return probe.map(p -> new Check(p, every, timeout, failures, successes, startPeriod));
    }

    private static void refuse(Section section, String key, String why) {
        if (section.node(key).isPresent()) {
            section.problem(key, why + "; leave it out");
        }
    }

    private static Optional<Integer> count(Section section, String key) {
        return section.parsed(key, text -> number(text, 1, MAX_COUNT));
    }

    private static int number(String text, int min, int max) {
        int number = text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
        if (number < min || number > max) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no number from " + min + " to " + max);
        }
        return number;
    }

    private Optional<Probe> probe(Section section, String way) {
        if (section.node(way).isEmpty()) {
            section.problem(way, "has no value");
            return Optional.empty();
        }
        return switch (way) {
            case "http" -> http(section);
            case "tcp" ->
                    section.parsed(way, HealthReader::address).map(a -> new Tcp(a.host, a.port));
            case "grpc" -> grpc(section);
            case "exec" -> section.parsed(way, this::command).map(Exec::new);
            default -> section.parsed(way, HealthReader::pattern).map(Log::new);
        };
    }

    private static Optional<Probe> http(Section check) {
        if (check.node("http").orElse(null) instanceof ScalarNode) {
            return check.parsed("http", HealthReader::url).map(url -> new Http(url, null, null));
        }
        try (Section section = check.section("http")) {
            Optional<URI> url = section.parsed("url", HealthReader::url);
            section.require("url");
            Optional<Integer> status = section.parsed("status", text -> number(text, 100, 599));
            Optional<OutputPattern> body = section.parsed("body", HealthReader::pattern);
            return url.map(u -> new Http(u, status.orElse(null), body.orElse(null)));
        }
    }

    private static Optional<Probe> grpc(Section check) {
        if (check.node("grpc").orElse(null) instanceof ScalarNode) {
            return check.parsed("grpc", HealthReader::address)
                    .map(a -> new Grpc(false, a.host, a.port, ""));
        }
        try (Section section = check.section("grpc")) {
            Optional<Address> address = section.parsed("address", HealthReader::address);
            section.require("address");
            String service = section.text("service").orElse("");
            boolean tls = section.bool("tls").orElse(false);
            return address.map(a -> new Grpc(tls, a.host, a.port, service));
        }
    }

    private static URI url(String text) {
        String shown = "\"" + Secrets.hideUserInfo(text) + "\"";
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    shown + " is no address: " + e.getReason() + "; write http://host:port/path");
        }
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    shown + " is no address; write http://host:port/path");
        }
        if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
            throw new IllegalArgumentException(shown + " has a port that is not 1 to 65535");
        }
        return uri;
    }

    private record Address(String host, int port) {}

    private static Address address(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\""
                            + Secrets.hideUserInfo(text)
                            + "\" is no address; write host:port, such as 127.0.0.1:9090");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" has a port that is not 1 to 65535");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new Address(host, port);
    }

    private List<String> command(String text) {
        List<String> words = CommandLine.split(text);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return paths.resolveProgram(words);
    }

    private static OutputPattern pattern(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return new OutputPattern(text);
    }
}
