package io.visor.service.health;

import io.visor.model.HealthSpec.Purpose;
import java.time.Duration;

/// How a question was answered.
public sealed interface HealthEvent {

    /// What the question was for.
    Purpose purpose();

    /// As it should be.
    record Passed(Purpose purpose) implements HealthEvent {}

    /// Not at all, or not as it should be.
    ///
    /// @param why in words
    /// @param begun when it was asked, from the start of the process
    /// @param counts whether it was a question that counts, or one in between
    record Missed(Purpose purpose, String why, Duration begun, boolean counts)
            implements HealthEvent {}
}
