package io.visor.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When and how soon an ended service is started again.
///
/// @param mode when (the words are systemd's, systemd.service(5) `Restart=`)
/// @param backoff how long to wait before each restart in a row
/// @param resetAfter after a run of this length the row begins anew
/// @param limit how many restarts are borne; none: any number
public record RestartPolicy(
        Mode mode, Backoff backoff, Duration resetAfter, @Nullable Limit limit) {

    /// No limit: an outage of an hour must not leave a provider down.
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(
                    Mode.ALWAYS,
                    new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(60)),
                    Duration.ofMinutes(10),
                    null);

    /// For `wrap` and `pod`, whose orchestrator takes over when visor gives up.
    public static final RestartPolicy POD = DEFAULT.withLimit(new Limit(5, Duration.ofMinutes(10)));

    /// When to restart.
    public enum Mode {
        NO("no"),
        /// After an exit that is not clean.
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
        return new RestartPolicy(mode, backoff, resetAfter, newLimit);
    }
}
