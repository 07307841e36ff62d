package io.visor.daemon.control;

import io.visor.api.ControlClient.Action;
import io.visor.api.InstanceStatus.Phase;
import io.visor.api.Refusal;
import io.visor.api.ServiceStatus;
import io.visor.daemon.http.Answer;
import io.visor.daemon.http.Call;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Typos;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceState;
import io.visor.service.Supervisor;
import io.visor.service.WantedServices;
import io.visor.time.Loop;
import io.visor.time.Timer;
import io.visor.upgrade.Program;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Starts, stops and restarts services for those who ask, and answers when it has happened. For the
/// instance's loop.
final class ServiceDesk {

    /// How many may wait at a time, so that others still get through.
    private static final int MAX_WAITERS = 128;

    /// How many known names a refusal lists.
    private static final int MAX_NAMES = 10;

    private final ControlledInstance instance;
    private final StatusBoard board;
    private final WantedServices wanted;
    private final Loop loop;
    private final List<Waiter> waiters = new ArrayList<>();

    ServiceDesk(ControlledInstance instance, StatusBoard board, WantedServices wanted, Loop loop) {
        this.instance = instance;
        this.board = board;
        this.wanted = wanted;
        this.loop = loop;
    }

    /// The service of a call's `{name}`.
    ///
    /// @return nothing if there is none; then the call has been answered
    Optional<Supervisor.View> find(Call call) {
        String name = call.parameter("name");
        Optional<Supervisor.View> found =
                instance.supervisor().views().stream()
                        .filter(view -> view.spec().name().text().equals(name))
                        .findFirst();
        if (found.isEmpty()) {
            call.answer(Answer.refused(404, unknown(name)));
        }
        return found;
    }

    private Refusal unknown(String name) {
        List<String> known =
                instance.supervisor().views().stream()
                        .map(view -> view.spec().name().text())
                        .toList();
        String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
        String list =
                known.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                        + (known.size() > MAX_NAMES ? ", …" : "");
        return new Refusal(
                "unknown-service",
                "\"" + shown + "\" is no service here",
                Typos.nearest(shown, known)
                                .map(nearest -> "did you mean \"" + nearest + "\"? ")
                                .orElse("")
                        + (known.isEmpty() ? "there are none" : "known: " + list));
    }

    /// Does what a call asks for.
    void act(Call call, Action action) {
        Duration wait = Query.of(call).waitMs();
        Optional<Supervisor.View> found = find(call);
        if (found.isEmpty()) {
            return;
        }
        ServiceSpec spec = found.get().spec();
        Optional<Answer> refusal = refusal(action, spec);
        if (refusal.isPresent()) {
            call.answer(refusal.get());
            return;
        }
        supersede(spec.name(), action);
        Waiter waiter = new Waiter(call, action, spec.name());
        // What is wanted is written while the process ends or comes; both are answered together.
        wanted.set(
                spec.name(),
                action == Action.STOP ? Wanted.DOWN : Wanted.UP,
                problem -> {
                    waiter.kept = true;
                    waiter.problem = problem.orElse(null);
                    look(waiter);
                });
        switch (action) {
            case START -> instance.supervisor().start(spec.name());
            case STOP -> instance.supervisor().stop(spec.name());
            case RESTART -> instance.supervisor().restart(spec.name());
        }
        waiter.acted = true;
        waiters.add(waiter);
        waiter.timer =
                loop.schedule(
                        wait,
                        () -> {
                            waiter.expired = true;
                            look(waiter);
                        });
        call.park(wait, () -> leave(waiter));
        look(waiter);
    }

    /// Whoever waits for the opposite waits for what will not come any more.
    private void supersede(ServiceName name, Action action) {
        for (Waiter waiter : List.copyOf(waiters)) {
            boolean opposite = (waiter.action == Action.STOP) != (action == Action.STOP);
            if (waiter.name.equals(name) && opposite) {
                leave(waiter);
                waiter.call.answer(
                        Answer.refused(
                                409,
                                new Refusal(
                                        "superseded",
                                        "a later command has it " + participle(action),
                                        "see visor service status")));
            }
        }
    }

    private static String participle(Action action) {
        return switch (action) {
            case START -> "started";
            case STOP -> "stopped";
            case RESTART -> "restarted";
        };
    }

    private Optional<Answer> refusal(Action action, ServiceSpec spec) {
        if (waiters.size() >= MAX_WAITERS) {
            return refused(
                    503, "busy", MAX_WAITERS + " others wait for services already", "try again");
        }
        if (instance.phase() == Phase.STOPPING) {
            return Optional.of(stopping());
        }
        if (action == Action.STOP) {
            return Optional.empty();
        }
        if (!instance.mayStart(spec)) {
            return refused(
                    409,
                    "starting",
                    "visor has not started its services yet: it waits for the chain",
                    "try again in a few seconds");
        }
        ProgramName name = spec.program();
        if (name == null) {
            return Optional.empty();
        }
        Program program = instance.program(name);
        if (program.state().isCritical()) {
            return refused(
                    409,
                    "upgrading",
                    name + " is being upgraded (" + program.state().word() + ")",
                    "try again when visor status says that it is over");
        }
        if (program.active() == null) {
            return refused(
                    409,
                    "no-version",
                    "no version of " + name + " is here yet",
                    "visor status says what it waits for");
        }
        return Optional.empty();
    }

    private static Answer stopping() {
        return Answer.refused(
                409, new Refusal("stopping", "visor is being stopped", "start it again"));
    }

    private static Optional<Answer> refused(int status, String code, String why, String next) {
        return Optional.of(Answer.refused(status, new Refusal(code, why, next)));
    }

    /// Something has happened to a service.
    void on(ServiceSpec spec) {
        if (!waiters.isEmpty()) {
            List.copyOf(waiters).stream()
                    .filter(waiter -> waiter.name.equals(spec.name()))
                    .forEach(this::look);
        }
    }

    /// Answers a waiter, if there is an answer.
    private void look(Waiter waiter) {
        if (!waiter.acted || !waiter.kept || !waiters.contains(waiter)) {
            return;
        }
        Optional<Supervisor.View> found =
                instance.supervisor().views().stream()
                        .filter(view -> view.spec().name().equals(waiter.name))
                        .findFirst();
        if (found.isEmpty()) {
            leave(waiter);
            waiter.call.answer(Answer.refused(404, unknown(waiter.name.text())));
            return;
        }
        ServiceState state = found.get().service().state();
        boolean settled = isSettled(waiter.action, state);
        if (!settled && !waiter.expired) {
            return;
        }
        leave(waiter);
        if (instance.phase() == Phase.STOPPING
                && waiter.action != Action.STOP
                && state.processId() == null) {
            waiter.call.answer(stopping());
            return;
        }
        if (waiter.problem != null) {
            waiter.call.answer(
                    Answer.refused(
                            500,
                            new Refusal(
                                    "not-kept",
                                    "it is done, but visor will not know it after a restart: "
                                            + waiter.problem,
                                    "do it again when that is mended")));
            return;
        }
        ServiceStatus status = board.service(found.get());
        boolean waits =
                waiter.action != Action.STOP
                        && state instanceof ServiceState.Waiting
                        && !status.blocked();
        waiter.call.answer(
                settled && !waits ? Answer.ok(status::json) : Answer.accepted(status::json));
    }

    private void leave(Waiter waiter) {
        waiters.remove(waiter);
        if (waiter.timer != null) {
            waiter.timer.cancel();
        }
    }

    /// Whether what was asked for has come about, or will not; or waits for others, and nobody
    /// knows for how long.
    private static boolean isSettled(Action action, ServiceState state) {
        if (action == Action.STOP) {
            return state.processId() == null
                    && !(state instanceof ServiceState.Starting)
                    && !(state instanceof ServiceState.Backoff);
        }
        return !(state instanceof ServiceState.Starting)
                && !(state instanceof ServiceState.Stopping)
                && !(state instanceof ServiceState.Killing);
    }

    /// Somebody who waits for something to have happened to a service.
    private static final class Waiter {
        private final Call call;
        private final Action action;
        private final ServiceName name;
        private @Nullable Timer timer;
        private @Nullable String problem;
        private boolean acted;
        private boolean kept;
        private boolean expired;

        Waiter(Call call, Action action, ServiceName name) {
            this.call = call;
            this.action = action;
            this.name = name;
        }
    }
}
