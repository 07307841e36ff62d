package io.visor.service;

import io.visor.model.Chance;
import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceEffect.CheckDependencies;
import io.visor.service.ServiceEffect.End;
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
import org.jspecify.annotations.Nullable;

/// How a unit goes from state to state. systemd starts its processes again when they end; the
/// machine mirrors that (`auto-restart` is [Backoff]), and starts and stops the unit as a whole.
///
/// What somebody does to a unit by hand is what the operator wants: a unit that was stopped by hand
/// is wanted down, one that was started by hand is wanted up. That holds until visor ends; then it
/// is read off the unit again. What the operator wants by visor's own commands is kept.
public final class UnitMachine implements Machine {

    /// How long after it was asked for a stop that has not come about is asked for again.
    private static final Duration STOP_AGAIN = Duration.ofSeconds(60);

    /// How a process ended that systemd asked to, where it does not say.
    private static final ExitStatus TERMINATED = new ExitStatus.Signaled(Signal.TERM.number());

    private final ServiceSpec spec;
    private final boolean checked;
    private final Chance chance;

    /// Makes a machine.
    ///
    /// @param spec the unit's service
    /// @param chance varies the delays after starts that failed
    public UnitMachine(ServiceSpec spec, Chance chance) {
        this.spec = spec;
        this.checked = !spec.health().equals(HealthSpec.NONE);
        this.chance = chance;
    }

    @Override
    public Transition on(Service service, ServiceEvent event, Duration now) {
        return switch (event) {
            case ServiceEvent.Start() -> start(service.wanting(Wanted.UP));
            case ServiceEvent.Stop() -> end(service.wanting(Wanted.DOWN), Orders.REST, now);
            case ServiceEvent.Restart() -> restart(service.wanting(Wanted.UP), now);
            case ServiceEvent.Suspend() -> suspend(service, now);
            case ServiceEvent.Resume() -> resume(service);
            case ServiceEvent.SpawnFailed(String why) -> spawnFailed(service, why, now);
            case ServiceEvent.DependenciesMet() ->
                    service.state().equals(new Waiting(Waiting.Reason.DEPENDENCY))
                            ? to(service, new Starting(Orders.RUN), new Spawn())
                            : same(service);
            case ServiceEvent.Ready(long pid) -> ServiceMachine.ready(service, pid, now);
            case ServiceEvent.NotReady(long pid, String why) ->
                    ServiceMachine.notReady(service, pid, why, now);
            case ServiceEvent.Unhealthy(long pid, String why) -> unhealthy(service, pid, why, now);
            case ServiceEvent.TimerFired(int generation) ->
                    generation == service.generation() ? timerFired(service) : same(service);
            case ServiceEvent.Unit(UnitReport report) -> reported(service, report, now);
            // Visor ends and the unit stays; and it has no process of visor's.
            case ServiceEvent.Shutdown(),
                    ServiceEvent.Hurry(),
                    ServiceEvent.Spawned(long _),
                    ServiceEvent.Exited _ ->
                    same(service);
        };
    }

    private Transition start(Service service) {
        return switch (service.state()) {
            case Stopped _, Completed _, Failed _, Backoff _ -> spawn(service.afresh(), List.of());
            case Running _, Waiting _ -> same(service);
            case Starting(Orders orders) -> to(service, new Starting(unlessUpgrade(orders)));
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    to(service, new Stopping(pid, since, step, unlessUpgrade(orders)));
            case Killing(long pid, Duration since, Orders orders) ->
                    to(service, new Stopping(pid, since, 0, unlessUpgrade(orders)));
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
            case Stopped _, Failed _, Waiting _ ->
                    to(
                            service.afresh(),
                            new Waiting(Waiting.Reason.UPGRADE),
                            new Tell(new ServiceNotice.AtRest()));
            case Stopping(long _, Duration _, int _, Orders orders)
                    when orders.equals(Orders.BY_HAND) ->
                    same(service);
            case Backoff _, Starting _, Running _, Stopping _, Killing _ ->
                    end(service, Orders.WAIT_FOR_UPGRADE, now);
        };
    }

    /// Visor wants it up by itself, and not because somebody asks.
    private Transition resume(Service service) {
        if (service.wanted() == Wanted.DOWN) {
            return same(service);
        }
        return switch (service.state()) {
            case Stopped _, Waiting _, Failed _ -> spawn(service.afresh(), List.of());
            case Starting(Orders orders) -> to(service, new Starting(afterUpgrade(orders)));
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    to(service, new Stopping(pid, since, step, afterUpgrade(orders)));
            case Killing(long pid, Duration since, Orders orders) ->
                    to(service, new Stopping(pid, since, 0, afterUpgrade(orders)));
            case Running _, Backoff _, Completed _ -> same(service);
        };
    }

    private static Orders afterUpgrade(Orders orders) {
        return orders.equals(Orders.WAIT_FOR_UPGRADE) ? Orders.RUN : orders;
    }

    /// Has systemd stop the unit.
    private Transition end(Service service, Orders orders, Duration now) {
        return switch (service.state()) {
            case Stopped _, Completed _, Failed _ -> same(service);
            case Waiting _ -> to(service, new Stopped(), new Tell(new ServiceNotice.AtRest()));
            case Starting _, Backoff _ -> ask(service, new Starting(orders), List.of());
            case Running running ->
                    ask(
                            service,
                            new Stopping(running.pid(), now, 0, orders),
                            List.of(new Tell(new ServiceNotice.UnitAsked(running.pid()))));
            case Stopping(long pid, Duration since, int _, Orders before) -> {
                Stopping next = new Stopping(pid, since, 0, orders);
                yield before.equals(Orders.BY_HAND)
                        ? ask(service, next, List.of())
                        : to(service, next);
            }
            case Killing(long pid, Duration since, Orders _) ->
                    to(service, new Stopping(pid, since, 0, orders));
        };
    }

    private static Transition ask(Service service, ServiceState state, List<ServiceEffect> before) {
        Service next = service.nextTimer().in(state);
        return new Transition(
                next, with(before, new StartTimer(next.generation(), STOP_AGAIN), new End()));
    }

    private Transition unhealthy(Service service, long pid, String why, Duration now) {
        if (!(service.state() instanceof Running running) || running.pid() != pid) {
            return same(service);
        }
        Transition end = end(service, Orders.RUN, now);
        List<ServiceEffect> effects = new ArrayList<>();
        effects.add(new Tell(new ServiceNotice.Unhealthy(pid, why)));
        effects.addAll(end.effects());
        return new Transition(end.next(), effects);
    }

    private Transition timerFired(Service service) {
        return switch (service.state()) {
            case Stopping stopping -> ask(service, stopping, List.of());
            case Starting starting when !starting.orders().equals(Orders.RUN) ->
                    ask(service, starting, List.of());
            case Failed _ when service.wanted() == Wanted.UP -> spawn(service, List.of());
            case Stopped _,
                    Waiting _,
                    Starting _,
                    Running _,
                    Killing _,
                    Backoff _,
                    Completed _,
                    Failed _ ->
                    same(service);
        };
    }

    /// systemd could not start it, or did not. That is tried again, as nobody else will.
    private Transition spawnFailed(Service service, String why, Duration now) {
        if (!(service.state() instanceof Starting(Orders orders))) {
            return same(service);
        }
        Tell told = new Tell(new ServiceNotice.NotStarted(why));
        if (!orders.equals(Orders.RUN)) {
            return rest(service, orders, List.of(told));
        }
        int attempt = service.attempts() + 1;
        Duration delay = spec.restart().backoff().delay(attempt, chance.at(attempt, now));
        Service next =
                service.restarting(attempt, service.restarts())
                        .nextTimer()
                        .in(new Failed("it could not be started: " + why, null));
        return new Transition(next, List.of(new StartTimer(next.generation(), delay), told));
    }

    private Transition reported(Service service, UnitReport report, Duration now) {
        List<ServiceEffect> told = new ArrayList<>();
        Service known = ended(service, report, now, told);
        Transition moved =
                switch (report.standing()) {
                    case UnitReport.Up up -> up(known, up, now);
                    case UnitReport.Coming(boolean isBoots) -> coming(known, isBoots);
                    case UnitReport.Restarting restarting -> restarting(known, restarting, now);
                    case UnitReport.Going() -> going(known, now);
                    case UnitReport.Idle() -> down(known, new Stopped());
                    case UnitReport.Done(int code) -> down(known, new Completed(code));
                    case UnitReport.LeftAlone(String why) -> leftAlone(known, why);
                    case UnitReport.Broken(String why, @Nullable ExitStatus status) ->
                            down(known, new Failed(why, status));
                    case UnitReport.Absent(String why) -> down(known, new Failed(why, null));
                };
        told.addAll(moved.effects());
        return new Transition(moved.next(), told);
    }

    /// Tells of the process that is gone.
    private static Service ended(
            Service service, UnitReport report, Duration now, List<ServiceEffect> told) {
        UnitReport.End end = report.end();
        Long pid = service.state().processId();
        if (end == null) {
            boolean stays =
                    report.standing() instanceof UnitReport.Up(long up, var _, var _)
                                    && pid != null
                                    && up == pid
                            || report.standing() instanceof UnitReport.Going;
            if (pid == null || stays) {
                return service;
            }
            end = new UnitReport.End(pid, TERMINATED, true, null, null, LastOutput.NONE);
        }
        boolean asked =
                end.asked()
                        || service.state() instanceof Stopping(var _, var _, var _, Orders orders)
                                && !orders.equals(Orders.BY_HAND);
        if (pid == null && end.pid() != 0) {
            // It came and went while nobody looked.
            told.add(new Tell(new ServiceNotice.Started(end.pid(), null)));
        }
        Duration since = service.startedAt();
        Duration ran =
                end.ran() != null ? end.ran() : since == null ? Duration.ZERO : now.minus(since);
        told.add(
                new Tell(
                        new ServiceNotice.Ended(
                                end.pid(), end.status(), ran, asked, end.output())));
        return service.ended(end.ago() == null ? now : now.minus(end.ago()));
    }

    private Transition up(Service service, UnitReport.Up up, Duration now) {
        boolean isUnwanted = up.isBoots() && service.wanted() == Wanted.DOWN;
        return switch (service.state()) {
            case Running running when running.pid() == up.pid() -> same(service);
            case Stopping(long pid, Duration since, int step, Orders orders) ->
                    pid == up.pid()
                            ? same(service)
                            : ask(service, new Stopping(up.pid(), since, step, orders), List.of());
            case Starting(Orders orders) when !orders.equals(Orders.RUN) ->
                    runAndEnd(service, up, orders, now);
            case Waiting(Waiting.Reason reason) when reason == Waiting.Reason.UPGRADE ->
                    runAndEnd(service, up, Orders.WAIT_FOR_UPGRADE, now);
            case Stopped _, Failed _ when isUnwanted -> runAndEnd(service, up, Orders.REST, now);
            case Running _,
                    Stopped _,
                    Waiting _,
                    Starting _,
                    Killing _,
                    Backoff _,
                    Completed _,
                    Failed _ ->
                    run(service.wanting(Wanted.UP), up, now);
        };
    }

    private Transition run(Service service, UnitReport.Up up, Duration now) {
        Duration started = now.minus(up.age());
        Duration down = service.endedAt() == null ? null : started.minus(service.endedAt());
        Readiness readiness = checked ? Readiness.STARTING : Readiness.READY;
        return to(
                service.afresh()
                        .started(started)
                        .nextTimer()
                        .in(new Running(up.pid(), started, readiness, now)),
                new Tell(
                        new ServiceNotice.Started(
                                up.pid(), down != null && down.isNegative() ? null : down)));
    }

    private Transition runAndEnd(Service service, UnitReport.Up up, Orders orders, Duration now) {
        Transition run = run(service, up, now);
        Transition end = end(run.next(), orders, now);
        List<ServiceEffect> effects = new ArrayList<>(run.effects());
        effects.addAll(end.effects());
        return new Transition(end.next(), effects);
    }

    private Transition coming(Service service, boolean isBoots) {
        return switch (service.state()) {
            case Stopped _, Failed _ when isBoots && service.wanted() == Wanted.DOWN ->
                    ask(service, new Starting(Orders.REST), List.of());
            case Starting _, Stopping _ -> same(service);
            case Waiting(Waiting.Reason reason) when reason == Waiting.Reason.UPGRADE ->
                    ask(service, new Starting(Orders.WAIT_FOR_UPGRADE), List.of());
            case Running _, Stopped _, Waiting _, Killing _, Backoff _, Completed _, Failed _ ->
                    to(service.wanting(Wanted.UP).nextTimer(), new Starting(Orders.RUN));
        };
    }

    private Transition restarting(Service service, UnitReport.Restarting restarting, Duration now) {
        Backoff next =
                new Backoff(restarting.attempt(), now.plus(restarting.delay()), restarting.why());
        return switch (service.state()) {
            case Stopped _, Failed _ when restarting.isBoots() && service.wanted() == Wanted.DOWN ->
                    ask(service, new Starting(Orders.REST), List.of());
            case Backoff before when before.attempt() == restarting.attempt() -> same(service);
            case Stopping _ -> same(service);
            case Starting(Orders orders) when !orders.equals(Orders.RUN) -> same(service);
            case Waiting(Waiting.Reason reason) when reason == Waiting.Reason.UPGRADE ->
                    ask(service, new Starting(Orders.WAIT_FOR_UPGRADE), List.of());
            case Running _,
                    Stopped _,
                    Waiting _,
                    Starting _,
                    Killing _,
                    Backoff _,
                    Completed _,
                    Failed _ ->
                    to(
                            service.wanting(Wanted.UP).nextTimer(),
                            next,
                            new Tell(
                                    new ServiceNotice.Retrying(
                                            restarting.attempt(), restarting.delay())));
        };
    }

    /// Somebody else has it stopped.
    private static Transition going(Service service, Duration now) {
        return service.state() instanceof Running running
                ? to(service, new Stopping(running.pid(), now, 0, Orders.BY_HAND))
                : same(service);
    }

    /// It has no process, and systemd starts none by itself.
    ///
    /// @param as what that is, where visor did not ask for it
    private Transition down(Service service, ServiceState as) {
        return switch (service.state()) {
            case Stopping(long _, Duration _, int _, Orders orders)
                    when !orders.equals(Orders.BY_HAND) ->
                    rest(service, orders, List.of());
            case Starting(Orders orders) when !orders.equals(Orders.RUN) ->
                    rest(service, orders, List.of());
            case Waiting _ -> same(service);
            // Nothing that is told of a unit that visor could not start is new.
            case Failed _ -> same(service);
            case Stopped _ when as instanceof Stopped -> same(service);
            case Stopped _ -> to(service, as);
            case Completed _ when as instanceof Completed || as instanceof Stopped -> same(service);
            case Running _, Starting _, Stopping _, Killing _, Backoff _, Completed _ ->
                    to(
                            service.nextTimer(),
                            as,
                            new Tell(
                                    as instanceof Failed(String why, @Nullable ExitStatus status)
                                            ? new ServiceNotice.GaveUp(why, status)
                                            : new ServiceNotice.AtRest()));
        };
    }

    private Transition leftAlone(Service service, String why) {
        return switch (service.state()) {
            case Stopping(long _, Duration _, int _, Orders orders)
                    when !orders.equals(Orders.BY_HAND) ->
                    rest(service, orders, List.of());
            case Starting(Orders orders) when orders.equals(Orders.REST) ->
                    rest(service, orders, List.of());
            case Stopped(@Nullable String before) when why.equals(before) -> same(service);
            // The operator had it stopped by visor; how else it was stopped says nothing new.
            case Stopped _ when service.wanted() == Wanted.DOWN -> same(service);
            case Stopped _,
                    Waiting _,
                    Starting _,
                    Running _,
                    Stopping _,
                    Killing _,
                    Backoff _,
                    Completed _,
                    Failed _ ->
                    to(
                            service.wanting(Wanted.DOWN).nextTimer(),
                            new Stopped(why),
                            new Tell(new ServiceNotice.LeftAlone(why)),
                            new Tell(new ServiceNotice.AtRest()));
        };
    }

    private Transition rest(Service service, Orders orders, List<ServiceEffect> before) {
        Tell atRest = new Tell(new ServiceNotice.AtRest());
        return switch (orders) {
            case Orders.Run(), Orders.Retry(String _) -> spawn(service, before);
            case Orders.Rest(), Orders.ByHand() ->
                    new Transition(service.nextTimer().in(new Stopped()), with(before, atRest));
            case Orders.WaitForUpgrade() ->
                    new Transition(
                            service.afresh().nextTimer().in(new Waiting(Waiting.Reason.UPGRADE)),
                            with(before, atRest));
        };
    }

    /// Has systemd start it, as soon as what the service waits for is as it must be.
    private Transition spawn(Service service, List<ServiceEffect> before) {
        return spec.after().isEmpty()
                ? new Transition(
                        service.nextTimer().in(new Starting(Orders.RUN)), with(before, new Spawn()))
                : new Transition(
                        service.nextTimer().in(new Waiting(Waiting.Reason.DEPENDENCY)),
                        with(before, new CheckDependencies()));
    }

    private static List<ServiceEffect> with(List<ServiceEffect> before, ServiceEffect... after) {
        List<ServiceEffect> effects = new ArrayList<>(before);
        effects.addAll(List.of(after));
        return effects;
    }

    private static Transition to(Service service, ServiceState state, ServiceEffect... effects) {
        return new Transition(service.in(state), List.of(effects));
    }

    private static Transition to(Service service, ServiceEffect... effects) {
        return new Transition(service, List.of(effects));
    }

    private static Transition same(Service service) {
        return new Transition(service, List.of());
    }
}
