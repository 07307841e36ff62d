package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Backoff;
import io.visor.model.Chance;
import io.visor.model.ExitStatus;
import io.visor.model.ExitStatus.Exited;
import io.visor.model.RestartPolicy;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceEffect.Send;
import io.visor.service.ServiceEffect.Spawn;
import io.visor.service.ServiceEffect.StartTimer;
import io.visor.service.ServiceEffect.Tell;
import io.visor.service.ServiceMachine.Transition;
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
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class ServiceMachineTest {

    private static final StopPolicy INT_THEN_TERM =
            new StopPolicy(
                    List.of(
                            new StopPolicy.Step(Signal.INT, Duration.ofSeconds(20)),
                            new StopPolicy.Step(Signal.TERM, Duration.ofSeconds(10))),
                    Set.of());

    private ServiceMachine machine =
            new ServiceMachine(RestartPolicy.DEFAULT, INT_THEN_TERM, new Chance(7));
    private Service service = Service.initial(Wanted.UP);
    private Duration now = Duration.ofHours(1);
    private final List<ServiceEffect> effects = new ArrayList<>();

    private void on(ServiceEvent event) {
        Transition transition = machine.on(service, event, now);
        service = transition.next();
        effects.clear();
        effects.addAll(transition.effects());
    }

    private void after(Duration duration) {
        now = now.plus(duration);
    }

    private void policy(RestartPolicy restart) {
        machine = new ServiceMachine(restart, INT_THEN_TERM, new Chance(7));
    }

    private void running(long pid) {
        on(new ServiceEvent.Start());
        on(new ServiceEvent.Spawned(pid));
    }

    private void timer() {
        on(new ServiceEvent.TimerFired(service.generation()));
    }

    private List<ServiceEffect> withoutTold() {
        return effects.stream().filter(effect -> !(effect instanceof Tell)).toList();
    }

    @Test
    void startsAndRuns() {
        on(new ServiceEvent.Start());
        assertThat(service.state()).isEqualTo(new Starting(Orders.RUN));
        assertThat(effects).containsExactly(new Spawn());
        on(new ServiceEvent.Spawned(42));
        assertThat(service.state()).isEqualTo(new Running(42, now));
        assertThat(effects).containsExactly(new Tell(new ServiceNotice.Started(42, null)));
    }

    @Test
    void stopsBySignalsInTurnAndThenKills() {
        running(42);
        on(new ServiceEvent.Stop());
        assertThat(withoutTold())
                .containsExactly(
                        new Send(42, Signal.INT),
                        new StartTimer(service.generation(), Duration.ofSeconds(20)));
        timer();
        assertThat(withoutTold())
                .containsExactly(
                        new Send(42, Signal.TERM),
                        new StartTimer(service.generation(), Duration.ofSeconds(10)));
        timer();
        assertThat(withoutTold()).contains(new Send(42, Signal.KILL));
        assertThat(service.state()).isInstanceOf(Killing.class);
        timer();
        assertThat(withoutTold())
                .as("a process that outlives SIGKILL is killed again")
                .contains(new Send(42, Signal.KILL));
        on(new ServiceEvent.Exited(42, new ExitStatus.Signaled(9)));
        assertThat(service.state()).isEqualTo(new Stopped());
        assertThat(service.wanted()).isEqualTo(Wanted.DOWN);
    }

    @Test
    void aTimerOfAnOlderGenerationIsDropped() {
        running(42);
        on(new ServiceEvent.Stop());
        int old = service.generation();
        timer();
        ServiceState before = service.state();
        on(new ServiceEvent.TimerFired(old));
        assertThat(service.state()).isEqualTo(before);
        assertThat(effects).isEmpty();
    }

    @Test
    void anExitOfAnotherProcessChangesNothing() {
        running(42);
        on(new ServiceEvent.Exited(41, new Exited(1)));
        assertThat(service.state()).isInstanceOf(Running.class);
        assertThat(effects).isEmpty();
    }

    @Test
    void restartsWithGrowingDelaysAndBeginsAnewAfterALongRun() {
        long pid = 1;
        running(pid);
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            on(new ServiceEvent.Exited(pid, new Exited(1)));
            delays.add(
                    effects.stream()
                            .filter(StartTimer.class::isInstance)
                            .map(e -> ((StartTimer) e).delay())
                            .findFirst()
                            .orElseThrow());
            timer();
            on(new ServiceEvent.Spawned(++pid));
        }
        for (int i = 0; i < delays.size(); i++) {
            double expected = Math.min(60, Math.pow(2, i));
            assertThat(delays.get(i).toMillis() / 1000.0).isBetween(expected * 0.9, expected * 1.1);
        }
        after(Duration.ofMinutes(10));
        on(new ServiceEvent.Exited(pid, new Exited(1)));
        assertThat(((ServiceState.Backoff) service.state()).attempt()).isEqualTo(1);
    }

    @Test
    void restartsAtOnceWithoutADelay() {
        policy(
                new RestartPolicy(
                        RestartPolicy.Mode.ALWAYS,
                        new Backoff(Duration.ZERO, 2, Duration.ZERO),
                        Duration.ofMinutes(10),
                        null));
        running(1);
        on(new ServiceEvent.Exited(1, new Exited(1)));
        assertThat(withoutTold()).containsExactly(new Spawn());
    }

    @Test
    void givesUpAtTheLimitAndCountsOnlyThePeriod() {
        policy(RestartPolicy.POD);
        long pid = 1;
        running(pid);
        for (int i = 0; i < 5; i++) {
            on(new ServiceEvent.Exited(pid, new Exited(3)));
            timer();
            on(new ServiceEvent.Spawned(++pid));
        }
        Service atLimit = service;
        on(new ServiceEvent.Exited(pid, new Exited(3)));
        assertThat(service.state())
                .isEqualTo(
                        new Failed(
                                "restarted 5 times within 10m; it exited: code 3", new Exited(3)));

        service = atLimit;
        after(Duration.ofMinutes(11));
        on(new ServiceEvent.Exited(pid, new Exited(3)));
        assertThat(service.state()).isInstanceOf(ServiceState.Backoff.class);
    }

    @Test
    void modesAreSystemds() {
        for (RestartPolicy.Mode mode : RestartPolicy.Mode.values()) {
            for (int code : new int[] {0, 1}) {
                policy(
                        new RestartPolicy(
                                mode,
                                RestartPolicy.DEFAULT.backoff(),
                                Duration.ofMinutes(10),
                                null));
                service = Service.initial(Wanted.UP);
                running(1);
                on(new ServiceEvent.Exited(1, new Exited(code)));
                boolean again =
                        mode == RestartPolicy.Mode.ALWAYS
                                || mode == RestartPolicy.Mode.ON_FAILURE && code != 0;
                if (again) {
                    assertThat(service.state()).isInstanceOf(ServiceState.Backoff.class);
                } else if (code == 0) {
                    assertThat(service.state()).isEqualTo(new Completed(0));
                } else {
                    assertThat(service.state()).isInstanceOf(Failed.class);
                }
            }
        }
    }

    @Test
    void aRestartAskedForDuringAStopHappensAfterIt() {
        running(42);
        on(new ServiceEvent.Stop());
        on(new ServiceEvent.Start());
        assertThat(service.state()).isInstanceOf(Stopping.class);
        assertThat(withoutTold()).as("no second process while the first one lives").isEmpty();
        on(new ServiceEvent.Exited(42, new Exited(0)));
        assertThat(withoutTold()).containsExactly(new Spawn());
    }

    @Test
    void anUpgradeSuspendsAndResumes() {
        running(42);
        on(new ServiceEvent.Suspend());
        assertThat(service.state()).isInstanceOf(Stopping.class);
        on(new ServiceEvent.Exited(42, new Exited(0)));
        assertThat(service.state()).isEqualTo(new Waiting(Waiting.Reason.UPGRADE));
        on(new ServiceEvent.Start());
        assertThat(withoutTold()).as("not before the upgrade says so").isEmpty();
        on(new ServiceEvent.Resume());
        assertThat(withoutTold()).containsExactly(new Spawn());
    }

    @Test
    void aStopDuringAnUpgradeIsRemembered() {
        running(42);
        on(new ServiceEvent.Suspend());
        on(new ServiceEvent.Stop());
        on(new ServiceEvent.Exited(42, new Exited(0)));
        on(new ServiceEvent.Resume());
        assertThat(service.state()).isEqualTo(new Stopped());
        assertThat(withoutTold()).isEmpty();
    }

    @Test
    void anUpgradeLeavesWhatIsDownAloneAndStartsWhatFailedAfresh() {
        service = Service.initial(Wanted.DOWN);
        on(new ServiceEvent.Suspend());
        on(new ServiceEvent.Resume());
        assertThat(service.state()).isEqualTo(new Stopped());

        policy(RestartPolicy.POD.withLimit(new RestartPolicy.Limit(1, Duration.ofMinutes(10))));
        service = Service.initial(Wanted.UP);
        running(1);
        on(new ServiceEvent.Exited(1, new Exited(1)));
        timer();
        on(new ServiceEvent.Spawned(2));
        on(new ServiceEvent.Exited(2, new Exited(1)));
        assertThat(service.state()).isInstanceOf(Failed.class);
        on(new ServiceEvent.Suspend());
        on(new ServiceEvent.Resume());
        assertThat(withoutTold()).containsExactly(new Spawn());
        assertThat(service.attempts()).isZero();
    }

    @Test
    void shutdownKeepsWhatIsWanted() {
        running(42);
        on(new ServiceEvent.Shutdown());
        on(new ServiceEvent.Exited(42, new Exited(0)));
        assertThat(service.state()).isEqualTo(new Stopped());
        assertThat(service.wanted()).isEqualTo(Wanted.UP);
    }

    @Test
    void aStopWhileTheProcessIsBeingStartedEndsItAsSoonAsItRuns() {
        on(new ServiceEvent.Start());
        on(new ServiceEvent.Stop());
        on(new ServiceEvent.Spawned(42));
        assertThat(withoutTold()).contains(new Send(42, Signal.INT));
    }

    /// Whatever comes in whatever order: a process is asked for only when there is none and none
    /// was asked for.
    @Property(tries = 2000)
    void neverAsksForASecondProcess(@ForAll("scripts") List<Integer> script) {
        service = Service.initial(Wanted.UP);
        boolean asked = false;
        Long alive = null;
        long nextPid = 100;
        for (int choice : script) {
            ServiceEvent event =
                    switch (choice % 9) {
                        case 0 -> new ServiceEvent.Start();
                        case 1 -> new ServiceEvent.Stop();
                        case 2 -> new ServiceEvent.Restart();
                        case 3 -> new ServiceEvent.Suspend();
                        case 4 -> new ServiceEvent.Resume();
                        case 5 -> new ServiceEvent.TimerFired(service.generation());
                        case 6 ->
                                asked
                                        ? new ServiceEvent.Spawned(nextPid++)
                                        : new ServiceEvent.Shutdown();
                        case 7 ->
                                asked
                                        ? new ServiceEvent.SpawnFailed("no")
                                        : new ServiceEvent.Start();
                        default ->
                                alive == null
                                        ? new ServiceEvent.Exited(7, new Exited(0))
                                        : new ServiceEvent.Exited(alive, new Exited(choice % 2));
                    };
            if (event instanceof ServiceEvent.Spawned spawned) {
                asked = false;
                alive = spawned.pid();
            } else if (event instanceof ServiceEvent.SpawnFailed) {
                asked = false;
            } else if (event instanceof ServiceEvent.Exited exited
                    && Objects.equals(alive, exited.pid())) {
                alive = null;
            }
            after(Duration.ofMillis(choice));
            on(event);
            for (ServiceEffect effect : effects) {
                if (effect instanceof Spawn) {
                    assertThat(asked).isFalse();
                    assertThat(alive).isNull();
                    asked = true;
                }
            }
            assertThat(service.state().processId()).isEqualTo(alive);
        }
    }

    @Provide
    Arbitrary<List<Integer>> scripts() {
        return Arbitraries.integers().between(0, 10_000).list().ofMinSize(5).ofMaxSize(60);
    }
}
