package io.visor.service;

import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.ExitStatus;
import io.visor.model.RestartPolicy;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceEffect.Send;
import io.visor.service.ServiceEffect.Spawn;
import io.visor.service.ServiceEffect.StartTimer;
import io.visor.service.ServiceEffect.Tell;
import io.visor.service.ServiceState.Backoff;
import io.visor.service.ServiceState.Completed;
import io.visor.service.ServiceState.Failed;
import io.visor.service.ServiceState.Killing;
import io.visor.service.ServiceState.Orders;
import io.visor.service.ServiceState.Running;
import io.visor.service.ServiceState.Starting;
import io.visor.service.ServiceState.Stopped;
import io.visor.service.ServiceState.Stopping;
import io.visor.service.ServiceState.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a service goes from state to state. Pure: the same service, event and time give the same
/// transition.
///
/// An exit is matched by its pid, a timer by its generation; what does not match is of the past and
/// changes nothing.
public final class ServiceMachine {

    /// How often a process that `SIGKILL` does not end at once is killed again.
    private static final Duration KILL_AGAIN = Duration.ofSeconds(10);

    private final RestartPolicy restart;
    private final StopPolicy stop;
    private final Chance chance;

    /// What follows from an event.
    ///
    /// @param next the service after it
    /// @param effects what is to be done, in order
    public record Transition(Service next, List<ServiceEffect> effects) {
        public Transition {
            effects = List.copyOf(effects);
        }
    }

    /// Makes a machine.
    ///
    /// @param chance varies the restart delays
    public ServiceMachine(RestartPolicy restart, StopPolicy stop, Chance chance) {
        this.restart = restart;
        this.stop = stop;
        this.chance = chance;
    }

    /// Takes an event.
    ///
    /// @param now a reading of the monotonic clock
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
            case ServiceEvent.Exited(long pid, ExitStatus status) ->
                    exited(service, pid, status, now);
            case ServiceEvent.TimerFired(int generation) ->
                    generation == service.generation() ? timerFired(service, now) : same(service);
        };
    }

    private Transition start(Service service) {
        return switch (service.state()) {
            case Stopped _, Completed _, Failed _, Backoff _ -> spawn(service.afresh());
            case Starting _ -> to(service, new Starting(Orders.RUN));
            case Running _, Waiting _ -> same(service);
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    to(service, new Stopping(pid, since, step, unlessUpgrade(orders)));
            case Killing(long pid, Duration since, Orders orders) ->
                    to(service, new Killing(pid, since, unlessUpgrade(orders)));
        };
    }

    private static Orders unlessUpgrade(Orders orders) {
        return orders == Orders.WAIT_FOR_UPGRADE ? orders : Orders.RUN;
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
        return orders == Orders.WAIT_FOR_UPGRADE ? Orders.RUN : orders;
    }

    /// Brings the process to its end.
    private Transition end(Service service, Orders orders, Duration now) {
        return switch (service.state()) {
            case Stopped _, Completed _, Failed _ -> same(service);
            case Waiting _, Backoff _ ->
                    to(service, new Stopped(), new Tell(new ServiceNotice.AtRest()));
            case Starting _ -> to(service, new Starting(orders));
            case Running(long pid, Duration _) -> ask(service, pid, now, 0, orders);
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
                        new Send(pid, how.signal()),
                        new StartTimer(next.generation(), how.grace()),
                        new Tell(new ServiceNotice.Asked(pid, how))));
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
        Service running = service.started(now).in(new Running(pid, now));
        Tell started = new Tell(new ServiceNotice.Started(pid, down));
        if (orders == Orders.RUN) {
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
        if (orders != Orders.RUN) {
            return rest(service, orders, List.of(told));
        }
        if (restart.mode() == RestartPolicy.Mode.NO) {
            return giveUp(service, "it " + failed, null, List.of(told));
        }
        return retry(service, failed, null, now, List.of(told));
    }

    private Transition exited(Service service, long pid, ExitStatus status, Duration now) {
        if (!Objects.equals(service.state().processId(), pid)) {
            return same(service);
        }
        Duration ran = service.startedAt() == null ? Duration.ZERO : now.minus(service.startedAt());
        Service ended = service.ended(now);
        return switch (service.state()) {
            case Stopping(long _, Duration _, int _, Orders orders) ->
                    obeyed(ended, pid, status, ran, orders);
            case Killing(long _, Duration _, Orders orders) ->
                    obeyed(ended, pid, status, ran, orders);
            case Running _ -> fell(ended, pid, status, ran, now);
            case Stopped _, Waiting _, Starting _, Backoff _, Completed _, Failed _ ->
                    throw new IllegalStateException(
                            "a state without a process has a pid: " + service.state());
        };
    }

    private Transition obeyed(
            Service service, long pid, ExitStatus status, Duration ran, Orders orders) {
        Tell told = new Tell(new ServiceNotice.Ended(pid, status, ran, true));
        return rest(service, orders, List.of(told));
    }

    private Transition rest(Service service, Orders orders, List<ServiceEffect> before) {
        List<ServiceEffect> effects = new ArrayList<>(before);
        return switch (orders) {
            case RUN -> {
                effects.add(new Spawn());
                yield new Transition(service.in(new Starting(Orders.RUN)), effects);
            }
            case REST -> {
                effects.add(new Tell(new ServiceNotice.AtRest()));
                yield new Transition(service.in(new Stopped()), effects);
            }
            case WAIT_FOR_UPGRADE -> {
                effects.add(new Tell(new ServiceNotice.AtRest()));
                yield new Transition(
                        service.afresh().in(new Waiting(Waiting.Reason.UPGRADE)), effects);
            }
        };
    }

    /// A process ended that nobody had asked to.
    private Transition fell(
            Service service, long pid, ExitStatus status, Duration ran, Duration now) {
        Tell told = new Tell(new ServiceNotice.Ended(pid, status, ran, false));
        boolean clean = status instanceof ExitStatus.Exited(int code) && code == 0;
        boolean again =
                switch (restart.mode()) {
                    case NO -> false;
                    case ON_FAILURE -> !clean;
                    case ALWAYS -> true;
                };
        if (!again && clean) {
            return new Transition(
                    service.in(new Completed(0)),
                    List.of(told, new Tell(new ServiceNotice.AtRest())));
        }
        String why = "exited: " + status;
        if (!again) {
            return giveUp(service, "it " + why, status, List.of(told));
        }
        Service counted = ran.compareTo(restart.resetAfter()) >= 0 ? service.afresh() : service;
        return retry(counted, why, status, now, List.of(told));
    }

    private Transition retry(
            Service service,
            String why,
            @Nullable ExitStatus status,
            Duration now,
            List<ServiceEffect> before) {
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
                                + why,
                        status,
                        before);
            }
            restarts.add(now);
        }
        int attempt = service.attempts() + 1;
        Duration delay = restart.backoff().delay(attempt, chance.at(attempt, now));
        Service counted = service.restarting(attempt, restarts);
        List<ServiceEffect> effects = new ArrayList<>(before);
        if (delay.isZero()) {
            effects.add(new Spawn());
            return new Transition(counted.in(new Starting(Orders.RUN)), effects);
        }
        Service next = counted.nextTimer().in(new Backoff(attempt, now.plus(delay), why));
        effects.add(new StartTimer(next.generation(), delay));
        effects.add(new Tell(new ServiceNotice.Retrying(attempt, delay)));
        return new Transition(next, effects);
    }

    private static Transition giveUp(
            Service service, String why, @Nullable ExitStatus status, List<ServiceEffect> before) {
        List<ServiceEffect> effects = new ArrayList<>(before);
        effects.add(new Tell(new ServiceNotice.GaveUp(why, status)));
        return new Transition(service.in(new Failed(why, status)), effects);
    }

    private static Transition spawn(Service service) {
        return to(service, new Starting(Orders.RUN), new Spawn());
    }

    private static Transition to(Service service, ServiceState state, ServiceEffect... effects) {
        return new Transition(service.in(state), List.of(effects));
    }

    private static Transition same(Service service) {
        return new Transition(service, List.of());
    }
}
