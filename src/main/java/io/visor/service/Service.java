package io.visor.service;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that is known of a service at one moment. Times are readings of the monotonic clock.
///
/// @param state where it stands
/// @param wanted what the operator wants of it
/// @param attempts how many restarts in a row there were
/// @param restarts when the restarts that count for the limit were
/// @param generation the number of the newest timer
/// @param startedAt when the newest process started
/// @param endedAt when the last process ended
public record Service(
        ServiceState state,
        Wanted wanted,
        int attempts,
        List<Duration> restarts,
        int generation,
        @Nullable Duration startedAt,
        @Nullable Duration endedAt) {

    /// What the operator wants of a service.
    public enum Wanted {
        UP,
        DOWN
    }

    public Service {
        restarts = List.copyOf(restarts);
    }

    /// A service that nothing has happened to yet.
    public static Service initial(Wanted wanted) {
        return new Service(new ServiceState.Stopped(), wanted, 0, List.of(), 0, null, null);
    }

    Service in(ServiceState newState) {
        return new Service(newState, wanted, attempts, restarts, generation, startedAt, endedAt);
    }

    Service wanting(Wanted newWanted) {
        return new Service(state, newWanted, attempts, restarts, generation, startedAt, endedAt);
    }

    /// Forgets the restarts: what comes is a new beginning.
    Service afresh() {
        return new Service(state, wanted, 0, List.of(), generation, startedAt, endedAt);
    }

    Service restarting(int newAttempts, List<Duration> newRestarts) {
        return new Service(state, wanted, newAttempts, newRestarts, generation, startedAt, endedAt);
    }

    Service nextTimer() {
        return new Service(state, wanted, attempts, restarts, generation + 1, startedAt, endedAt);
    }

    Service started(Duration at) {
        return new Service(state, wanted, attempts, restarts, generation, at, endedAt);
    }

    Service ended(Duration at) {
        return new Service(state, wanted, attempts, restarts, generation, startedAt, at);
    }
}
