package io.visor.service.health;

import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Purpose;
import io.visor.service.health.HealthEvent.Missed;
import io.visor.service.health.HealthEvent.Passed;
import io.visor.service.health.HealthState.Failed;
import io.visor.service.health.HealthState.Readiness;
import io.visor.service.health.HealthState.Row;
import io.visor.service.health.HealthState.Started;
import io.visor.service.health.HealthState.Starting;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// What follows from the answers of the checks of one process: `(state, event) → (next state,
/// notices)`. The three purposes are those of Kubernetes ("Liveness, Readiness, and Startup
/// Probes"), the start period is docker's (Dockerfile reference, `HEALTHCHECK --start-period`).
final class HealthMachine {

    private final HealthSpec spec;

    HealthMachine(HealthSpec spec) {
        this.spec = spec;
    }

    /// What follows.
    ///
    /// @param next the next state
    /// @param notices what there is to tell, in order
    record Transition(HealthState next, List<HealthNotice> notices) {}

    /// The process has begun to run.
    Transition begin() {
        return spec.startup() == null ? started() : same(new Starting(Row.NONE));
    }

    /// The purposes that are asked for in a state.
    Set<Purpose> asks(HealthState state) {
        Set<Purpose> purposes =
                switch (state) {
                    case Starting _ -> EnumSet.of(Purpose.STARTUP);
                    case Started _ -> EnumSet.of(Purpose.READINESS, Purpose.LIVENESS);
                    case Failed _ -> EnumSet.noneOf(Purpose.class);
                };
        purposes.removeIf(purpose -> spec.check(purpose) == null);
        return purposes;
    }

    /// Takes an answer. One to a question that is not asked in this state changes nothing.
    Transition on(HealthState state, HealthEvent event) {
        if (!asks(state).contains(event.purpose())) {
            return same(state);
        }
        Check check = Objects.requireNonNull(spec.check(event.purpose()));
        return switch (state) {
            case Starting(Row startup) -> starting(check, row(check, startup, event));
            case Started(Readiness readiness, Row ready, Row live) ->
                    switch (event.purpose()) {
                        case READINESS ->
                                readiness(check, readiness, row(check, ready, event), live);
                        case LIVENESS -> liveness(check, readiness, ready, row(check, live, event));
                        case STARTUP -> same(state);
                    };
            case Failed _ -> same(state);
        };
    }

    private static Row row(Check check, Row row, HealthEvent event) {
        return switch (event) {
            case Passed _ -> row.pass();
            case Missed missed -> {
                boolean excused =
                        !row.everPassed() && missed.begun().compareTo(check.startPeriod()) < 0;
                yield missed.counts() && !excused
                        ? row.miss(missed.why())
                        : row.overlook(missed.why());
            }
        };
    }

    private Transition starting(Check check, Row row) {
        if (row.missed() >= check.failures()) {
            return failed(Purpose.STARTUP, row);
        }
        return row.passed() >= check.successes() ? started() : same(new Starting(row));
    }

    private Transition started() {
        return spec.readiness() == null
                ? new Transition(
                        new Started(Readiness.READY, Row.NONE, Row.NONE),
                        List.of(new HealthNotice.Started(), new HealthNotice.Ready()))
                : new Transition(
                        new Started(Readiness.UNKNOWN, Row.NONE, Row.NONE),
                        List.of(new HealthNotice.Started()));
    }

    private static Transition readiness(Check check, Readiness before, Row row, Row live) {
        if (row.passed() >= check.successes() && before != Readiness.READY) {
            return new Transition(
                    new Started(Readiness.READY, row, live), List.of(new HealthNotice.Ready()));
        }
        if (row.missed() >= check.failures() && before != Readiness.NOT_READY) {
            return new Transition(
                    new Started(Readiness.NOT_READY, row, live),
                    List.of(new HealthNotice.NotReady(row.last())));
        }
        return same(new Started(before, row, live));
    }

    private static Transition liveness(Check check, Readiness readiness, Row ready, Row row) {
        return row.missed() >= check.failures()
                ? failed(Purpose.LIVENESS, row)
                : same(new Started(readiness, ready, row));
    }

    private static Transition failed(Purpose purpose, Row row) {
        String why =
                "failed its "
                        + purpose.word()
                        + " check"
                        + (row.missed() == 1 ? "" : " " + row.missed() + " times in a row")
                        + ": "
                        + row.last();
        return new Transition(new Failed(why), List.of(new HealthNotice.Failed(purpose, why)));
    }

    private static Transition same(HealthState state) {
        return new Transition(state, List.of());
    }
}
