package io.visor.daemon.control;

import io.visor.api.ChainStatus;
import io.visor.api.InstanceStatus;
import io.visor.api.ServiceStatus;
import io.visor.api.upgrade.Explanation;
import io.visor.chain.ChainEvent;
import io.visor.daemon.explain.Outlook;
import io.visor.model.ExitStatus;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.release.ReleaseEvent;
import io.visor.service.Service;
import io.visor.service.ServiceNotice;
import io.visor.service.ServiceState;
import io.visor.service.Supervisor;
import io.visor.service.Unmet;
import io.visor.service.health.HealthState;
import io.visor.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers what the machines do not, and puts both into wire records. For the instance's loop.
public final class StatusBoard {

    private final ControlledInstance instance;
    private final Clock clock;
    private final Instant startedAt;
    private final Map<ServiceName, History> histories = new HashMap<>();
    private final Map<ProgramName, ReleaseEvent.Progress> fetching = new ConcurrentHashMap<>();
    private final Outlook outlook;
    private final Map<String, Failure> failures = new HashMap<>();
    private @Nullable Observation latest;

    /// What has happened to a service.
    private static final class History {
        private int restarts;
        private boolean fell;
        private boolean unhealthy;
        private @Nullable Duration down;
        private @Nullable Exit lastExit;
        private final ServiceTransitions transitions = new ServiceTransitions();
    }

    /// How a process ended. It is put into words when somebody asks: between the end of one process
    /// and the start of the next nothing is.
    private record Exit(long pid, ExitStatus status, boolean asked, Duration ran, Instant at) {

        ServiceStatus.LastExit wire() {
            return new ServiceStatus.LastExit(
                    pid, status.toString(), status.shellCode(), asked, ran, at);
        }
    }

    /// @param since when the endpoint was given up first since it answered last
    private record Failure(String why, Instant at, Instant since) {}

    StatusBoard(ControlledInstance instance, Clock clock) {
        this.instance = instance;
        this.clock = clock;
        this.outlook = new Outlook(clock);
        this.startedAt = clock.now();
    }

    void on(ServiceSpec spec, ServiceNotice notice) {
        History history = history(spec.name());
        Instant now = clock.now();
        if (notice instanceof ServiceNotice.Started started) {
            history.restarts += history.fell ? 1 : 0;
            history.fell = false;
            history.down = started.down();
        } else if (notice instanceof ServiceNotice.Unhealthy) {
            history.unhealthy = true;
        } else if (notice instanceof ServiceNotice.AtRest
                || notice instanceof ServiceNotice.GaveUp) {
            // Whatever starts it now was asked to.
            history.fell = false;
        } else if (notice instanceof ServiceNotice.Ended ended) {
            history.fell = !ended.asked() || history.unhealthy;
            history.unhealthy = false;
            history.lastExit =
                    new Exit(ended.pid(), ended.status(), ended.asked(), ended.ran(), now);
        }
        history.transitions.on(notice, now);
    }

    private History history(ServiceName name) {
        return histories.computeIfAbsent(name, _ -> new History());
    }

    /// Something happened to a release. May be called by any thread.
    void on(ReleaseEvent event) {
        if (event instanceof ReleaseEvent.Progress progress) {
            fetching.put(event.program(), progress);
        } else {
            fetching.remove(event.program());
        }
    }

    /// How far the fetching of a program's release is; null if nothing has come of it yet.
    ReleaseEvent.@Nullable Progress progress(ProgramName program) {
        return fetching.get(program);
    }

    void on(ChainEvent event) {
        switch (event) {
            case ChainEvent.Observed(Observation observation) -> {
                latest = observation;
                failures.remove(observation.endpoint());
            }
            case ChainEvent.EndpointFailed failed -> {
                Instant now = clock.now();
                Failure before = failures.get(failed.endpoint());
                failures.put(
                        failed.endpoint(),
                        new Failure(
                                failed.failure().why(), now, before == null ? now : before.since));
            }
            case ChainEvent.Following _ -> {}
        }
    }

    InstanceStatus instanceStatus() {
        ControlledInstance.About about = instance.about();
        return new InstanceStatus(
                about.name().text(),
                about.command(),
                about.version(),
                ProcessHandle.current().pid(),
                startedAt,
                instance.phase(),
                chain(),
                about.programs().stream()
                        .sorted(Comparator.comparing(ProgramName::text))
                        .map(name -> outlook.program(instance.standing(name)))
                        .toList(),
                services());
    }

    /// When this was made, which is when visor was started.
    Instant startedAt() {
        return startedAt;
    }

    Outlook outlook() {
        return outlook;
    }

    ChainStatus chain() {
        ControlledInstance.About about = instance.about();
        Observation observation = latest;
        return new ChainStatus(
                about.chain().chainId(),
                observation == null
                        ? null
                        : new ChainStatus.Latest(
                                observation.height(),
                                observation.blockTime(),
                                observation.at(),
                                observation.endpoint()),
                about.chain().endpoints().stream()
                        .map(Object::toString)
                        .map(this::endpoint)
                        .toList());
    }

    private ChainStatus.Endpoint endpoint(String address) {
        Failure failure = failures.get(address);
        return failure == null
                ? new ChainStatus.Endpoint(address, null, null, null)
                : new ChainStatus.Endpoint(address, failure.why, failure.at, failure.since);
    }

    List<ServiceStatus> services() {
        return instance.supervisor().views().stream().map(this::service).toList();
    }

    /// The services of a program that do not run, but for what an upgrade does just now.
    List<Explanation.Down> down(ProgramName program) {
        return services().stream()
                .filter(service -> program.text().equals(service.program()))
                .filter(StatusBoard::isDown)
                .map(service ->
                        new Explanation.Down(service.name(), service.state(), service.reason()))
                .toList();
    }

    private static boolean isDown(ServiceStatus service) {
        return switch (service.state()) {
            case "backoff", "failed" -> true;
            case "stopped" -> service.wanted() == ServiceStatus.Wanted.DOWN;
            default -> service.blocked();
        };
    }

    ServiceStatus service(Supervisor.View view) {
        ServiceSpec spec = view.spec();
        Service service = view.service();
        ServiceState state = service.state();
        History history = histories.getOrDefault(spec.name(), new History());
        ProgramName program = spec.program();
        Duration started = service.startedAt();
        return new ServiceStatus(
                spec.name().text(),
                program == null ? null : program.text(),
                spec.unit() == null ? "process" : "systemd",
                state.word(),
                reason(view),
                service.wanted() == Service.Wanted.UP
                        ? ServiceStatus.Wanted.UP
                        : ServiceStatus.Wanted.DOWN,
                state.processId(),
                started == null ? null : at(started),
                history.down,
                history.restarts,
                retry(spec, state),
                history.lastExit == null ? null : history.lastExit.wire(),
                health(view.health()),
                Unmet.isHopeless(view.unmet()),
                history.transitions.status());
    }

    private static @Nullable String health(@Nullable HealthState state) {
        if (state == null) {
            return null;
        }
        return state.why().isEmpty() ? state.word() : state.word() + ": " + state.why();
    }

    private ServiceStatus.@Nullable Retry retry(ServiceSpec spec, ServiceState state) {
        if (!(state instanceof ServiceState.Backoff backoff)) {
            return null;
        }
        RestartPolicy.Limit limit = spec.restart().limit();
        return new ServiceStatus.Retry(
                backoff.attempt(), limit == null ? null : limit.count(), at(backoff.until()));
    }

    private @Nullable String reason(Supervisor.View view) {
        ServiceState state = view.service().state();
        if (state instanceof ServiceState.Backoff backoff) {
            return backoff.why();
        }
        if (state instanceof ServiceState.Failed failed) {
            return failed.why();
        }
        if (state instanceof ServiceState.Waiting(ServiceState.Waiting.Reason reason)) {
            return switch (reason) {
                case UPGRADE -> "waits for the upgrade of " + view.spec().program();
                case DEPENDENCY -> Unmet.sentence(view.unmet());
            };
        }
        if (state instanceof ServiceState.Stopped(String why) && why != null) {
            return why;
        }
        boolean notYet =
                state instanceof ServiceState.Stopped
                        && view.service().wanted() == Service.Wanted.UP;
        return notYet ? whyNotYet(view.spec()) : null;
    }

    /// Why a service that is wanted up was not started yet.
    private String whyNotYet(ServiceSpec spec) {
        ProgramName program = spec.program();
        if (instance.phase() == InstanceStatus.Phase.STOPPING) {
            return "visor stops";
        }
        if (program != null && instance.program(program).active() == null) {
            return "waits for a version of " + program;
        }
        return "waits for the chain";
    }

    /// The time of day of a reading of the monotonic clock.
    private Instant at(Duration reading) {
        return clock.now().minus(clock.since(reading));
    }
}
