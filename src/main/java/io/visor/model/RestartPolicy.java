package io.visor.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When and how soon an ended service is started again.
///
/// @param mode when (the words are systemd's, systemd.service(5) `Restart=`)
/// @param backoff how long to wait before each restart in a row
/// @param resetAfter after a run of this length the row begins anew
/// @param limit how many restarts are borne; none: any number
/// @param successCodes exit codes that count as success, besides 0 (systemd's `SuccessExitStatus=`)
/// @param neverOn where one of these holds the service is given up, whatever else is said
/// @param retryOn where one of these holds it is restarted, whatever the mode says
public record RestartPolicy(
        Mode mode,
        Backoff backoff,
        Duration resetAfter,
        @Nullable Limit limit,
        Set<Integer> successCodes,
        List<ExitCondition> neverOn,
        List<ExitCondition> retryOn) {

    /// No limit: an outage of an hour must not leave a provider down.
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(
                    Mode.ALWAYS,
                    new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(60)),
                    Duration.ofMinutes(10),
                    null);

    /// For `wrap` and `pod`, whose orchestrator takes over when visor gives up.
    public static final RestartPolicy POD = DEFAULT.withLimit(new Limit(5, Duration.ofMinutes(10)));

    public RestartPolicy {
        successCodes = Set.copyOf(successCodes);
        neverOn = List.copyOf(neverOn);
        retryOn = List.copyOf(retryOn);
    }

    /// A policy that looks at nothing but whether the process failed.
    public RestartPolicy(Mode mode, Backoff backoff, Duration resetAfter, @Nullable Limit limit) {
        this(mode, backoff, resetAfter, limit, Set.of(), List.of(), List.of());
    }

    /// When to restart.
    public enum Mode {
        NO("no"),
        /// After an exit that is no success.
        ON_FAILURE("on-failure"),
        ALWAYS("always");

        private final String word;

        Mode(String word) {
            this.word = word;
        }

        /// The word of the configuration file.
        public String word() {
            return word;
        }
    }

    /// At most `count` restarts within `period` (an OTP supervisor's intensity and period).
    ///
    /// @param count at least 1
    /// @param period longer than 0
    public record Limit(int count, Duration period) {
        @Override
        public String toString() {
            return count + "/" + Durations.exact(period);
        }
    }

    public RestartPolicy withLimit(@Nullable Limit newLimit) {
        return new RestartPolicy(
                mode, backoff, resetAfter, newLimit, successCodes, neverOn, retryOn);
    }

    /// Whether an end that nobody asked for is a success.
    public boolean isSuccess(ExitStatus status) {
        return status instanceof ExitStatus.Exited(int code)
                && (code == 0 || successCodes.contains(code));
    }

    /// Why a service that ended so is not to be started again, whatever the mode.
    public Optional<ExitCondition> forbids(ExitStatus status, String output) {
        return neverOn.stream().filter(condition -> condition.holds(status, output)).findFirst();
    }

    /// Whether a service that ended so is started again.
    public boolean restarts(ExitStatus status, String output) {
        return switch (mode) {
                    case NO -> false;
                    case ON_FAILURE -> !isSuccess(status);
                    case ALWAYS -> true;
                }
                || retryOn.stream().anyMatch(condition -> condition.holds(status, output));
    }

    /// Whether the output of an ended process matters.
    public boolean readsOutput() {
        return neverOn.stream().anyMatch(ExitCondition.Output.class::isInstance)
                || retryOn.stream().anyMatch(ExitCondition.Output.class::isInstance);
    }
}
