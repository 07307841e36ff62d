package io.visor.model;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// How a service is asked to end: signals in turn, each with a time to obey; `SIGKILL` to the
/// process group after the last.
///
/// @param steps at least one
/// @param cleanCodes exit codes that count as a clean end, besides 0 and an end by a signal of
///   `steps`
public record StopPolicy(List<Step> steps, Set<Integer> cleanCodes) {

    /// `SIGTERM`, 30 s.
    public static final StopPolicy DEFAULT =
            new StopPolicy(List.of(new Step(Signal.TERM, Duration.ofSeconds(30))), Set.of());

    public StopPolicy {
        steps = List.copyOf(steps);
        cleanCodes = Set.copyOf(cleanCodes);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a stop has at least one step");
        }
    }

    /// One signal and the time to obey it.
    ///
    /// @param signal sent to the process group
    /// @param grace longer than 0
    public record Step(Signal signal, Duration grace) {
        @Override
        public String toString() {
            return signal + ", " + Durations.format(grace) + " grace";
        }
    }

    /// The same signals, whose graces together last `total`.
    public StopPolicy within(Duration total) {
        long sum = steps.stream().mapToLong(step -> step.grace().toMillis()).sum();
        if (sum <= total.toMillis()) {
            return this;
        }
        return new StopPolicy(
                steps.stream()
                        .map(step ->
                                new Step(
                                        step.signal(),
                                        Duration.ofMillis(
                                                step.grace().toMillis() * total.toMillis() / sum)))
                        .toList(),
                cleanCodes);
    }

    /// Whether a process that was asked to end did so properly.
    public boolean isClean(ExitStatus status) {
        return switch (status) {
            case ExitStatus.Exited(int code) ->
                    code == 0
                            || cleanCodes.contains(code)
                            || steps.stream().anyMatch(s -> code == 128 + s.signal().number());
            case ExitStatus.Signaled(int number) ->
                    steps.stream().anyMatch(s -> s.signal().number() == number);
        };
    }
}
