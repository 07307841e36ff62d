package io.visor.service;

import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.ExitCondition;
import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceEffect.CheckDependencies;
import io.visor.service.ServiceEffect.Send;
import io.visor.service.ServiceEffect.Spawn;
import io.visor.service.ServiceEffect.StartTimer;
import io.visor.service.ServiceEffect.Tell;
import io.visor.service.ServiceState.Backoff;
import io.visor.service.ServiceState.Completed;
import io.visor.service.ServiceState.Failed;
import io.visor.service.ServiceState.Killing;
import io.visor.service.ServiceState.Orders;
import io.visor.service.ServiceState.Readiness;
import io.visor.service.ServiceState.Running;
import io.visor.service.ServiceState.Starting;
import io.visor.service.ServiceState.Stopped;
import io.visor.service.ServiceState.Stopping;
import io.visor.service.ServiceState.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a service that visor runs itself goes from state to state.
///
/// An exit is matched by its pid, a timer by its generation; what does not match is of the past and
/// changes nothing.
public final class ServiceMachine implements Machine {

    /// How often a process that `SIGKILL` does not end at once is killed again.
    private static final Duration KILL_AGAIN = Duration.ofSeconds(10);

    /// A start that failed is not tried again sooner, whatever the policy: nothing would stand
    /// between one failure and the next.
    private static final Duration FAILED_START_PAUSE = Duration.ofSeconds(1);

    private final RestartPolicy restart;
    private final StopPolicy stop;
    private final boolean checked;
    private final boolean gated;
    private final Chance chance;

    /// Makes a machine.
    ///
    /// @param spec the service's policies
    /// @param chance varies the restart delays
    public ServiceMachine(ServiceSpec spec, Chance chance) {
        this.restart = spec.restart();
        this.stop = spec.stop();
        this.checked = !spec.health().equals(HealthSpec.NONE);
        this.gated = !spec.after().isEmpty();
        this.chance = chance;
    }

    @Override
    public Transition on(Service service, ServiceEvent event, Duration now) {
        return switch (event) {
            case ServiceEvent.Start() -> start(service.wanting(Wanted.UP));
            case ServiceEvent.Stop() -> end(service.wanting(Wanted.DOWN), Orders.REST, now);
            case ServiceEvent.Restart() -> restart(service.wanting(Wanted.UP), now);
            case ServiceEvent.Shutdown() -> end(service, Orders.REST, now);
            case ServiceEvent.Suspend() -> suspend(service, now);
            case ServiceEvent.Resume() -> resume(service);
            case ServiceEvent.Spawned(long pid) -> spawned(service, pid, now);
            case ServiceEvent.SpawnFailed(String why) -> spawnFailed(service, why, now);
            case ServiceEvent.Exited exit -> exited(service, exit, now);
            case ServiceEvent.DependenciesMet() -> dependenciesMet(service);
            case ServiceEvent.Ready(long pid) -> ready(service, pid, now);
            case ServiceEvent.NotReady(long pid, String why) -> notReady(service, pid, why, now);
            case ServiceEvent.Unhealthy(long pid, String why) -> unhealthy(service, pid, why, now);
            case ServiceEvent.Hurry() -> hurry(service, now);
            case ServiceEvent.TimerFired(int generation) ->
                    generation == service.generation() ? timerFired(service, now) : same(service);
            // Its process is visor's own, whatever systemd may have.
            case ServiceEvent.Unit(UnitReport _) -> same(service);
        };
    }

    private Transition start(Service service) {
        return switch (service.state()) {
            case Stopped _, Completed _, Failed _, Backoff _ -> spawn(service.afresh());
            case Starting(Orders orders) -> to(service, new Starting(unlessUpgrade(orders)));
            case Running _, Waiting _ -> same(service);
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    to(service, new Stopping(pid, since, step, unlessUpgrade(orders)));
            case Killing(long pid, Duration since, Orders orders) ->
                    to(service, new Killing(pid, since, unlessUpgrade(orders)));
        };
    }

    private static Orders unlessUpgrade(Orders orders) {
        return orders.equals(Orders.WAIT_FOR_UPGRADE) ? orders : Orders.RUN;
    }

    private Transition restart(Service service, Duration now) {
        return service.state() instanceof Running
                ? end(service.afresh(), Orders.RUN, now)
                : start(service);
    }

    private Transition suspend(Service service, Duration now) {
        if (service.wanted() == Wanted.DOWN) {
            return end(service, Orders.REST, now);
        }
        return switch (service.state()) {
            case Completed _ -> same(service);
            case Stopped _, Failed _, Backoff _, Waiting _ ->
                    to(
                            service.afresh(),
                            new Waiting(Waiting.Reason.UPGRADE),
                            new Tell(new ServiceNotice.AtRest()));
            case Starting _, Running _, Stopping _, Killing _ ->
                    end(service, Orders.WAIT_FOR_UPGRADE, now);
        };
    }

    private Transition resume(Service service) {
        if (service.wanted() == Wanted.DOWN) {
            return same(service);
        }
        return switch (service.state()) {
            case Stopped _, Waiting _ -> spawn(service.afresh());
            case Starting(Orders orders) -> to(service, new Starting(afterUpgrade(orders)));
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    to(service, new Stopping(pid, since, step, afterUpgrade(orders)));
            case Killing(long pid, Duration since, Orders orders) ->
                    to(service, new Killing(pid, since, afterUpgrade(orders)));
            case Running _, Backoff _, Completed _, Failed _ -> same(service);
        };
    }

    private static Orders afterUpgrade(Orders orders) {
        return orders.equals(Orders.WAIT_FOR_UPGRADE) ? Orders.RUN : orders;
    }

    /// Brings the process to its end.
    private Transition end(Service service, Orders orders, Duration now) {
        return switch (service.state()) {
            case Stopped _, Completed _, Failed _ -> same(service);
            case Waiting _, Backoff _ ->
                    to(service, new Stopped(), new Tell(new ServiceNotice.AtRest()));
            case Starting _ -> to(service, new Starting(orders));
            case Running running -> ask(service, running.pid(), now, 0, orders);
            case Stopping(long pid, Duration since, int step, Orders _) ->
                    to(service, new Stopping(pid, since, step, orders));
            case Killing(long pid, Duration since, Orders _) ->
                    to(service, new Killing(pid, since, orders));
        };
    }

    private Transition ask(Service service, long pid, Duration since, int step, Orders orders) {
        StopPolicy.Step how = stop.steps().get(step);
        Service next = service.nextTimer().in(new Stopping(pid, since, step, orders));
        return new Transition(
                next,
                List.of(
                        new StartTimer(next.generation(), how.grace()),
                        new Tell(new ServiceNotice.Asked(pid, how)),
                        // Last: from then on there may be no process.
                        new Send(pid, how.signal())));
    }

    private Transition timerFired(Service service, Duration now) {
        return switch (service.state()) {
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    step + 1 < stop.steps().size()
                            ? ask(service, pid, since, step + 1, orders)
                            : kill(service, pid, since, orders, now);
            case Killing(long pid, Duration since, Orders orders) ->
                    kill(service, pid, since, orders, now);
            case Backoff _ -> spawn(service);
            case Stopped _, Waiting _, Starting _, Running _, Completed _, Failed _ ->
                    same(service);
        };
    }

    private Transition kill(
            Service service, long pid, Duration since, Orders orders, Duration now) {
        Service next = service.nextTimer().in(new Killing(pid, since, orders));
        return new Transition(
                next,
                List.of(
                        new Send(pid, Signal.KILL),
                        new StartTimer(next.generation(), KILL_AGAIN),
                        new Tell(new ServiceNotice.Killed(pid, now.minus(since)))));
    }

    private Transition spawned(Service service, long pid, Duration now) {
        if (!(service.state() instanceof Starting(Orders orders))) {
            return same(service);
        }
        Duration down = service.endedAt() == null ? null : now.minus(service.endedAt());
        Readiness readiness = checked ? Readiness.STARTING : Readiness.READY;
        Service running = service.started(now).in(new Running(pid, now, readiness, now));
        Tell started = new Tell(new ServiceNotice.Started(pid, down));
        if (orders.equals(Orders.RUN)) {
            return new Transition(running, List.of(started));
        }
        Transition end = end(running, orders, now);
        List<ServiceEffect> effects = new ArrayList<>(List.of(started));
        effects.addAll(end.effects());
        return new Transition(end.next(), effects);
    }

    private Transition spawnFailed(Service service, String why, Duration now) {
        if (!(service.state() instanceof Starting(Orders orders))) {
            return same(service);
        }
        Tell told = new Tell(new ServiceNotice.NotStarted(why));
        String failed = "could not be started: " + why;
        if (!orders.equals(Orders.RUN)) {
            return rest(service, orders, List.of(told));
        }
        if (restart.mode() == RestartPolicy.Mode.NO) {
            return giveUp(service, "it " + failed, (ExitStatus) null, List.of(told));
        }
        return retry(service, new Fall(failed, null, LastOutput.NONE), now, List.of(told));
    }

    private Transition dependenciesMet(Service service) {
        return service.state().equals(new Waiting(Waiting.Reason.DEPENDENCY))
                ? to(service, new Starting(Orders.RUN), new Spawn())
                : same(service);
    }

    static Transition ready(Service service, long pid, Duration now) {
        if (!(service.state() instanceof Running running)
                || running.pid() != pid
                || running.readiness() == Readiness.READY) {
            return same(service);
        }
        return to(
                service,
                new Running(pid, running.since(), Readiness.READY, now),
                new Tell(new ServiceNotice.Ready(pid, now.minus(running.changed()))));
    }

    static Transition notReady(Service service, long pid, String why, Duration now) {
        if (!(service.state() instanceof Running running)
                || running.pid() != pid
                || running.readiness() != Readiness.READY) {
            return same(service);
        }
        return to(
                service,
                new Running(pid, running.since(), Readiness.NOT_READY, now),
                new Tell(new ServiceNotice.NotReady(pid, why)));
    }

    private Transition unhealthy(Service service, long pid, String why, Duration now) {
        if (!(service.state() instanceof Running running) || running.pid() != pid) {
            return same(service);
        }
        Transition asked = ask(service, pid, now, 0, new Orders.Retry(why));
        List<ServiceEffect> effects = new ArrayList<>();
        effects.add(new Tell(new ServiceNotice.Unhealthy(pid, why)));
        effects.addAll(asked.effects());
        return new Transition(asked.next(), effects);
    }

    private Transition hurry(Service service, Duration now) {
        return service.state() instanceof Stopping ? timerFired(service, now) : same(service);
    }

    private Transition exited(Service service, ServiceEvent.Exited exit, Duration now) {
        if (!Objects.equals(service.state().processId(), exit.pid())) {
            return same(service);
        }
        Duration ran = service.startedAt() == null ? Duration.ZERO : now.minus(service.startedAt());
        Service ended = service.ended(now);
        return switch (service.state()) {
            case Stopping(long _, Duration _, int _, Orders orders) ->
                    obeyed(ended, exit, ran, orders, now);
            case Killing(long _, Duration _, Orders orders) ->
                    obeyed(ended, exit, ran, orders, now);
            case Running _ -> fell(ended, exit, ran, now);
            case Stopped _, Waiting _, Starting _, Backoff _, Completed _, Failed _ ->
                    throw new IllegalStateException(
                            "a state without a process has a pid: " + service.state());
        };
    }

    private static Tell ended(ServiceEvent.Exited exit, Duration ran, boolean asked) {
        return new Tell(
                new ServiceNotice.Ended(exit.pid(), exit.status(), ran, asked, exit.output()));
    }

    private Transition obeyed(
            Service service, ServiceEvent.Exited exit, Duration ran, Orders orders, Duration now) {
        List<ServiceEffect> told = List.of(ended(exit, ran, true));
        if (!(orders instanceof Orders.Retry(String why))) {
            return rest(service, orders, told);
        }
        if (restart.mode() == RestartPolicy.Mode.NO) {
            return giveUp(service, "it " + why, exit, told);
        }
        Fall fall = new Fall(why, exit.status(), exit.output());
        return retry(counted(service, ran), fall, now, told);
    }

    private Transition rest(Service service, Orders orders, List<ServiceEffect> before) {
        return switch (orders) {
            case Orders.Run(), Orders.Retry(String _) -> spawn(service, before);
            case Orders.Rest(), Orders.ByHand() ->
                    new Transition(
                            service.in(new Stopped()),
                            with(before, new Tell(new ServiceNotice.AtRest())));
            case Orders.WaitForUpgrade() ->
                    new Transition(
                            service.afresh().in(new Waiting(Waiting.Reason.UPGRADE)),
                            with(before, new Tell(new ServiceNotice.AtRest())));
        };
    }

    /// How a process ended that nobody had asked to, or why there was none.
    ///
    /// @param why in words
    /// @param status how it ended; null if there was none
    /// @param output what it wrote last
    private record Fall(String why, @Nullable ExitStatus status, LastOutput output) {}

    /// A process ended that nobody had asked to.
    private Transition fell(Service service, ServiceEvent.Exited exit, Duration ran, Duration now) {
        List<ServiceEffect> told = List.of(ended(exit, ran, false));
        ExitStatus status = exit.status();
        String output = restart.readsOutput() ? exit.output().text() : "";
        String why = "exited: " + status;
        Optional<ExitCondition> forbidden = restart.forbids(status, output);
        if (forbidden.isPresent()) {
            return giveUp(
                    service, "it " + why + ", and never-on has " + forbidden.get(), exit, told);
        }
        if (!restart.restarts(status, output)) {
            return restart.isSuccess(status)
                    ? new Transition(
                            service.in(new Completed(status.shellCode())),
                            with(told, new Tell(new ServiceNotice.AtRest())))
                    : giveUp(service, "it " + why, exit, told);
        }
        return retry(counted(service, ran), new Fall(why, status, exit.output()), now, told);
    }

    /// After a long run the delays begin anew. The restarts of the limit's period stay counted.
    private Service counted(Service service, Duration ran) {
        return ran.compareTo(restart.resetAfter()) >= 0
                ? service.restarting(0, service.restarts())
                : service;
    }

    private Transition retry(Service service, Fall fall, Duration now, List<ServiceEffect> before) {
        List<Duration> restarts = new ArrayList<>();
        RestartPolicy.Limit limit = restart.limit();
        if (limit != null) {
            service.restarts().stream()
                    .filter(at -> now.minus(at).compareTo(limit.period()) < 0)
                    .forEach(restarts::add);
            if (restarts.size() >= limit.count()) {
                return giveUp(
                        service,
                        "restarted "
                                + (limit.count() == 1 ? "once" : limit.count() + " times")
                                + " within "
                                + Durations.exact(limit.period())
                                + "; it "
                                + fall.why
                                + fall.output.quotedLines(),
                        fall.status,
                        before);
            }
            restarts.add(now);
        }
        int attempt = service.attempts() + 1;
        Duration delay = restart.backoff().delay(attempt, chance.at(attempt, now));
        if (fall.status == null && delay.compareTo(FAILED_START_PAUSE) < 0) {
            delay = FAILED_START_PAUSE;
        }
        Service counted = service.restarting(attempt, restarts);
        if (delay.isZero()) {
            return spawn(counted, before);
        }
        String why = fall.why + fall.output.quotedLine();
        Service next = counted.nextTimer().in(new Backoff(attempt, now.plus(delay), why));
        return new Transition(
                next,
                with(
                        before,
                        new StartTimer(next.generation(), delay),
                        new Tell(new ServiceNotice.Retrying(attempt, delay))));
    }

    private static Transition giveUp(
            Service service, String why, ServiceEvent.Exited exit, List<ServiceEffect> before) {
        return giveUp(service, why + exit.output().quotedLines(), exit.status(), before);
    }

    private static Transition giveUp(
            Service service, String why, @Nullable ExitStatus status, List<ServiceEffect> before) {
        return new Transition(
                service.in(new Failed(why, status)),
                with(before, new Tell(new ServiceNotice.GaveUp(why, status))));
    }

    private Transition spawn(Service service) {
        return spawn(service, List.of());
    }

    /// Starts a process, as soon as what the service waits for is as it must be.
    private Transition spawn(Service service, List<ServiceEffect> before) {
        return gated
                ? new Transition(
                        service.in(new Waiting(Waiting.Reason.DEPENDENCY)),
                        with(before, new CheckDependencies()))
                : new Transition(service.in(new Starting(Orders.RUN)), with(before, new Spawn()));
    }

    private static List<ServiceEffect> with(List<ServiceEffect> before, ServiceEffect... after) {
        List<ServiceEffect> effects = new ArrayList<>(before);
        effects.addAll(List.of(after));
        return effects;
    }

    private static Transition to(Service service, ServiceState state, ServiceEffect... effects) {
        return new Transition(service.in(state), List.of(effects));
    }

    private static Transition same(Service service) {
        return new Transition(service, List.of());
    }
}
