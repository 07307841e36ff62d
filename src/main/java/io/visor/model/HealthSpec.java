package io.visor.model;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How it is found out whether a running service works; the three purposes are those of Kubernetes
/// (`startupProbe`, `readinessProbe`, `livenessProbe`).
///
/// @param startup until it succeeds the others wait; its failure is one of the process
/// @param readiness whether the service can be used; null: as soon as it has started
/// @param liveness its failure restarts the service
public record HealthSpec(
        @Nullable Check startup, @Nullable Check readiness, @Nullable Check liveness) {

    /// Nothing is checked: a service that runs is ready.
    public static final HealthSpec NONE = new HealthSpec(null, null, null);

    /// What a check is for.
    public enum Purpose {
        STARTUP,
        READINESS,
        LIVENESS;

        /// The word for people and for the configuration.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The check for a purpose.
    ///
    /// @return null if there is none
    public @Nullable Check check(Purpose purpose) {
        return switch (purpose) {
            case STARTUP -> startup;
            case READINESS -> readiness;
            case LIVENESS -> liveness;
        };
    }

    /// One check, done again and again.
    ///
    /// @param probe what is done
    /// @param every the time from one probe that counts to the next, longer than 0
    /// @param timeout how long a probe may take, longer than 0
    /// @param failures how many failures in a row count, at least 1
    /// @param successes how many successes in a row count, at least 1
    /// @param startPeriod how long after the start of the process failures do not count, unless it
    ///   succeeded before; at least 0 (as docker has it, HEALTHCHECK --start-period)
    public record Check(
            Probe probe,
            Duration every,
            Duration timeout,
            int failures,
            int successes,
            Duration startPeriod) {

        public static final Duration EVERY = Duration.ofSeconds(10);
        public static final Duration TIMEOUT = Duration.ofSeconds(1);
        public static final int FAILURES = 3;
        public static final int SUCCESSES = 1;
        public static final Duration START_PERIOD = Duration.ZERO;

        /// A check with the defaults, which are those of Kubernetes.
        public Check(Probe probe) {
            this(probe, EVERY, TIMEOUT, FAILURES, SUCCESSES, START_PERIOD);
        }
    }

    /// One way to ask.
    public sealed interface Probe {}

    /// A `GET` that is answered.
    ///
    /// @param url `http://` or `https://`
    /// @param status the status that is wanted; null: 200 to 399, as a kubelet has it
    /// @param body what the answer's first megabyte must contain; null: anything
    public record Http(URI url, @Nullable Integer status, @Nullable OutputPattern body)
            implements Probe {}

    /// A connection that is accepted.
    ///
    /// @param host a name or an address; an IPv6 address without brackets
    /// @param port 1 to 65535
    public record Tcp(String host, int port) implements Probe {

        /// `host:port`.
        public String address() {
            return join(host, port);
        }
    }

    /// `grpc.health.v1.Health/Check` that answers `SERVING`.
    ///
    /// @param tls whether the connection is encrypted
    /// @param host a name or an address; an IPv6 address without brackets
    /// @param port 1 to 65535
    /// @param service the service that is asked for; empty: the server as a whole
    public record Grpc(boolean tls, String host, int port, String service) implements Probe {

        /// `host:port`.
        public String address() {
            return join(host, port);
        }
    }

    /// A command that ends with 0, run in the service's working directory and environment.
    ///
    /// @param command its words, at least one
    public record Exec(List<String> command) implements Probe {
        public Exec {
            command = List.copyOf(command);
        }
    }

    /// A line of the service's own output, seen once since the process started.
    ///
    /// @param pattern what the line contains
    public record Log(OutputPattern pattern) implements Probe {}

    private static String join(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
