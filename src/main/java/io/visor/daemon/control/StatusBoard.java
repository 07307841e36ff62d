package io.visor.daemon.control;

import io.visor.api.ChainStatus;
import io.visor.api.InstanceStatus;
import io.visor.api.ProgramStatus;
import io.visor.api.ServiceStatus;
import io.visor.chain.ChainEvent;
import io.visor.model.ExitStatus;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.service.Service;
import io.visor.service.ServiceNotice;
import io.visor.service.ServiceState;
import io.visor.service.Supervisor;
import io.visor.service.Unmet;
import io.visor.service.health.HealthState;
import io.visor.time.Clock;
import io.visor.upgrade.Decision;
import io.visor.upgrade.Move;
import io.visor.upgrade.Program;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.UpgradeState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers what the machines do not, and puts both into wire records. For the instance's loop.
public final class StatusBoard {

    /// What runs services: visor's own children, until there are units.
    private static final String BACKEND = "process";

    private final ControlledInstance instance;
    private final Clock clock;
    private final Instant startedAt;
    private final Map<ServiceName, History> histories = new HashMap<>();
    private final Map<ProgramName, Instant> activeSince = new HashMap<>();
    private final Map<String, Failure> failures = new HashMap<>();
    private @Nullable Observation latest;

    /// What has happened to a service.
    private static final class History {
        private int restarts;
        private boolean fell;
        private @Nullable Duration down;
        private @Nullable Exit lastExit;
    }

    /// How a process ended. It is put into words when somebody asks: between the end of one process
    /// and the start of the next nothing is.
    private record Exit(long pid, ExitStatus status, boolean asked, Duration ran, Instant at) {

        ServiceStatus.LastExit wire() {
            return new ServiceStatus.LastExit(
                    pid, status.toString(), status.shellCode(), asked, ran, at);
        }
    }

    private record Failure(String why, Instant at) {}

    StatusBoard(ControlledInstance instance, Clock clock) {
        this.instance = instance;
        this.clock = clock;
        this.startedAt = clock.now();
    }

    void on(ServiceSpec spec, ServiceNotice notice) {
        if (notice instanceof ServiceNotice.Started started) {
            History history = history(spec.name());
            history.restarts += history.fell ? 1 : 0;
            history.fell = false;
            history.down = started.down();
        } else if (notice instanceof ServiceNotice.Ended ended) {
            History history = history(spec.name());
            history.fell = !ended.asked();
            history.lastExit =
                    new Exit(ended.pid(), ended.status(), ended.asked(), ended.ran(), clock.now());
        }
    }

    private History history(ServiceName name) {
        return histories.computeIfAbsent(name, _ -> new History());
    }

    void on(ProgramName program, UpgradeNotice notice) {
        if (notice instanceof UpgradeNotice.Switched) {
            activeSince.put(program, clock.now());
        }
    }

    void on(ChainEvent event) {
        switch (event) {
            case ChainEvent.Observed(Observation observation) -> {
                latest = observation;
                failures.remove(observation.endpoint());
            }
            case ChainEvent.EndpointFailed failed ->
                    failures.put(
                            failed.endpoint(), new Failure(failed.failure().why(), clock.now()));
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
                chain(about),
                about.programs().stream()
                        .sorted(Comparator.comparing(ProgramName::text))
                        .map(name -> program(name, instance.program(name)))
                        .toList(),
                services());
    }

    private ChainStatus chain(ControlledInstance.About about) {
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
                ? new ChainStatus.Endpoint(address, null, null)
                : new ChainStatus.Endpoint(address, failure.why(), failure.at());
    }

    private ProgramStatus program(ProgramName name, Program program) {
        Version active = program.active();
        Requirement requirement = program.requirement();
        return new ProgramStatus(
                name.text(),
                active == null ? null : active.toString(),
                active == null ? null : activeSince.getOrDefault(name, startedAt),
                requirement == null
                        ? null
                        : new ProgramStatus.Required(
                                requirement.min().toString(),
                                requirement.target().toString(),
                                active == null || active.isBelow(requirement.min())),
                program.held().stream().sorted().map(Version::toString).toList(),
                switch (Decision.decide(active, requirement, program.held())) {
                    case Decision.Keep(Decision.Reason reason) ->
                            reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
                    case Decision.Install _ -> "install";
                },
                upgrade(program.state()));
    }

    private ProgramStatus.UpgradeStatus upgrade(UpgradeState state) {
        return switch (state) {
            case UpgradeState.Idle _ -> upgrade(state, null, null, null);
            case UpgradeState.Staging(Move move) -> upgrade(state, move, null, null);
            case UpgradeState.Waiting waiting -> upgrade(state, waiting.move(), null, null);
            case UpgradeState.Stopping(Move move) -> upgrade(state, move, null, null);
            case UpgradeState.Switching(Move move) -> upgrade(state, move, null, null);
            case UpgradeState.Watching watching -> upgrade(state, watching.move(), null, null);
            case UpgradeState.RollingBack back -> upgrade(state, back.move(), back.why(), null);
            case UpgradeState.Retrying(Move move, Duration until, String why) ->
                    upgrade(state, move, why, at(until));
            case UpgradeState.Committed committed -> upgrade(state, committed.move(), null, null);
            case UpgradeState.RolledBack back -> upgrade(state, back.move(), back.why(), null);
            case UpgradeState.Abandoned(Move move, String why) -> upgrade(state, move, why, null);
        };
    }

    private static ProgramStatus.UpgradeStatus upgrade(
            UpgradeState state, @Nullable Move move, @Nullable String why, @Nullable Instant at) {
        Version from = move == null ? null : move.from();
        return new ProgramStatus.UpgradeStatus(
                state.word(),
                from == null ? null : from.toString(),
                move == null ? null : move.to().toString(),
                why,
                at);
    }

    List<ServiceStatus> services() {
        return instance.supervisor().views().stream().map(this::service).toList();
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
                BACKEND,
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
                Unmet.isHopeless(view.unmet()));
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
