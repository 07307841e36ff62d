package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Backoff;
import io.visor.model.Chance;
import io.visor.model.Dependency;
import io.visor.model.Environment;
import io.visor.model.ExitCondition;
import io.visor.model.ExitStatus;
import io.visor.model.ExitStatus.Exited;
import io.visor.model.HealthSpec;
import io.visor.model.OutputPattern;
import io.visor.model.ProcessSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.service.Machine.Transition;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceEffect.Send;
import io.visor.service.ServiceEffect.Spawn;
import io.visor.service.ServiceEffect.StartTimer;
import io.visor.service.ServiceEffect.Tell;
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
import java.nio.file.Path;
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

    private ServiceMachine machine = new ServiceMachine(spec(RestartPolicy.DEFAULT), new Chance(7));
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
        machine = new ServiceMachine(spec(restart), new Chance(7));
    }

    private static ServiceSpec spec(RestartPolicy restart) {
        return spec(restart, List.of(), HealthSpec.NONE);
    }

    private static ServiceSpec spec(
            RestartPolicy restart, List<Dependency> after, HealthSpec health) {
        return new ServiceSpec(
                new ServiceName("a"),
                null,
                List.of("a"),
                Path.of("/"),
                Environment.EMPTY,
                after,
                restart,
                INT_THEN_TERM,
                health,
                ProcessSpec.INHERITED,
                new ServiceSpec.PassThrough());
    }

    private static RestartPolicy restart(
            RestartPolicy.Mode mode,
            Set<Integer> success,
            List<ExitCondition> never,
            List<ExitCondition> retry) {
        return new RestartPolicy(
                mode,
                RestartPolicy.DEFAULT.backoff(),
                Duration.ofMinutes(10),
                null,
                success,
                never,
                retry);
    }

    private static List<ExitCondition> output(String pattern) {
        return List.of(new ExitCondition.Output(new OutputPattern(pattern)));
    }

    private static LastOutput wrote(String... lines) {
        List<String> all = List.of(lines);
        return new LastOutput(
                () -> String.join("\n", all),
                most -> all.subList(Math.max(0, all.size() - most), all.size()));
    }

    private void gated() {
        machine =
                new ServiceMachine(
                        spec(
                                RestartPolicy.DEFAULT,
                                List.of(
                                        new Dependency(
                                                new ServiceName("b"), Dependency.Is.HEALTHY)),
                                HealthSpec.NONE),
                        new Chance(7));
    }

    private void checked(RestartPolicy restart) {
        HealthSpec.Check check =
                new HealthSpec.Check(
                        new HealthSpec.Tcp("127.0.0.1", 1),
                        HealthSpec.Check.EVERY,
                        HealthSpec.Check.TIMEOUT,
                        HealthSpec.Check.FAILURES,
                        HealthSpec.Check.SUCCESSES,
                        HealthSpec.Check.START_PERIOD);
        machine =
                new ServiceMachine(
                        spec(restart, List.of(), new HealthSpec(null, check, check)),
                        new Chance(7));
    }

    @Test
    void neverOnGivesUpWhateverTheModeSays() {
        policy(
                restart(
                        RestartPolicy.Mode.ALWAYS,
                        Set.of(),
                        output("Invalid chain ID"),
                        output("chain")));
        running(42);
        on(new ServiceEvent.Exited(42, new Exited(1), wrote("starting", "Invalid chain ID: x")));
        assertThat(((Failed) service.state()).why())
                .isEqualTo(
                        "it exited: code 1, and never-on has \"Invalid chain ID\": \"starting |"
                                + " Invalid chain ID: x\"");
        assertThat(withoutTold()).isEmpty();

        policy(
                restart(
                        RestartPolicy.Mode.ALWAYS,
                        Set.of(),
                        List.of(new ExitCondition.Code(137)),
                        List.of()));
        service = Service.initial(Wanted.UP);
        running(42);
        on(new ServiceEvent.Exited(42, new ExitStatus.Signaled(9)));
        assertThat(service.state()).isInstanceOf(Failed.class);
    }

    @Test
    void retryOnRestartsWhateverTheModeSays() {
        policy(restart(RestartPolicy.Mode.NO, Set.of(), List.of(), output("try again")));
        running(42);
        on(new ServiceEvent.Exited(42, new Exited(0), wrote("try again later")));
        assertThat(((ServiceState.Backoff) service.state()).why())
                .isEqualTo("exited: code 0: \"try again later\"");
        timer();
        on(new ServiceEvent.Spawned(43));
        on(new ServiceEvent.Exited(43, new Exited(1), wrote("broken")));
        assertThat(((Failed) service.state()).why()).isEqualTo("it exited: code 1: \"broken\"");
    }

    @Test
    void successCodesCountAsSuccess() {
        policy(restart(RestartPolicy.Mode.ON_FAILURE, Set.of(3), List.of(), List.of()));
        running(42);
        on(new ServiceEvent.Exited(42, new Exited(3)));
        assertThat(service.state()).isEqualTo(new Completed(3));
    }

    @Test
    void outputIsReadOnlyWhereAPolicyAsksForIt() {
        policy(
                new RestartPolicy(
                        RestartPolicy.Mode.ALWAYS,
                        new Backoff(Duration.ZERO, 1, Duration.ZERO),
                        Duration.ofMinutes(10),
                        null));
        running(42);
        LastOutput unread =
                new LastOutput(
                        () -> {
                            throw new AssertionError("read between an end and a start");
                        },
                        _ -> {
                            throw new AssertionError("read between an end and a start");
                        });
        on(new ServiceEvent.Exited(42, new Exited(1), unread));
        assertThat(withoutTold()).containsExactly(new Spawn());
    }

    @Test
    void waitsForDependenciesBeforeEveryStart() {
        gated();
        on(new ServiceEvent.Start());
        assertThat(service.state()).isEqualTo(new Waiting(Waiting.Reason.DEPENDENCY));
        assertThat(effects).containsExactly(new ServiceEffect.CheckDependencies());
        on(new ServiceEvent.DependenciesMet());
        assertThat(effects).containsExactly(new Spawn());
        on(new ServiceEvent.DependenciesMet());
        assertThat(effects).isEmpty();
        on(new ServiceEvent.Spawned(42));
        on(new ServiceEvent.Exited(42, new Exited(1)));
        timer();
        assertThat(effects).containsExactly(new ServiceEffect.CheckDependencies());
        on(new ServiceEvent.Stop());
        assertThat(service.state()).isEqualTo(new Stopped());
        on(new ServiceEvent.DependenciesMet());
        assertThat(service.state()).isEqualTo(new Stopped());
    }

    @Test
    void isReadyWhenItsChecksSaySo() {
        checked(RestartPolicy.DEFAULT);
        running(42);
        assertThat(((Running) service.state()).readiness()).isEqualTo(Readiness.STARTING);
        after(Duration.ofSeconds(3));
        on(new ServiceEvent.Ready(42));
        assertThat(effects)
                .containsExactly(new Tell(new ServiceNotice.Ready(42, Duration.ofSeconds(3))));
        on(new ServiceEvent.NotReady(42, "answered 503"));
        assertThat(((Running) service.state()).readiness()).isEqualTo(Readiness.NOT_READY);
        on(new ServiceEvent.Ready(41));
        assertThat(((Running) service.state()).readiness()).isEqualTo(Readiness.NOT_READY);
    }

    @Test
    void anUnhealthyProcessIsStoppedAndThePolicyDecides() {
        checked(RestartPolicy.DEFAULT);
        running(42);
        on(new ServiceEvent.Unhealthy(42, "failed its liveness check"));
        assertThat(withoutTold()).contains(new Send(42, Signal.INT));
        on(new ServiceEvent.Exited(42, new Exited(0)));
        assertThat(((ServiceState.Backoff) service.state()).why())
                .isEqualTo("failed its liveness check");

        checked(restart(RestartPolicy.Mode.NO, Set.of(), List.of(), List.of()));
        service = Service.initial(Wanted.UP);
        running(42);
        on(new ServiceEvent.Unhealthy(42, "failed its liveness check"));
        on(new ServiceEvent.Exited(42, new Exited(0)));
        assertThat(service.state())
                .isEqualTo(new Failed("it failed its liveness check", new Exited(0)));
    }

    @Test
    void whyAnUnhealthyServiceIsGivenUpHasTheLastLinesOfItsOutput() {
        RestartPolicy once =
                new RestartPolicy(
                        RestartPolicy.Mode.ALWAYS,
                        new Backoff(Duration.ZERO, 2, Duration.ZERO),
                        Duration.ofMinutes(10),
                        new RestartPolicy.Limit(1, Duration.ofMinutes(10)));
        checked(once);
        for (long pid : new long[] {42, 43}) {
            running(pid);
            on(new ServiceEvent.Unhealthy(pid, "failed its liveness check"));
            on(new ServiceEvent.Exited(pid, new Exited(0), wrote("no peers", "stopping")));
        }
        assertThat(service.state())
                .isEqualTo(
                        new Failed(
                                "restarted once within 10m; it failed its liveness check:"
                                        + " \"no peers | stopping\"",
                                new Exited(0)));
    }

    @Test
    void aStopAskedForWhileAnUnhealthyProcessEndsIsObeyed() {
        checked(RestartPolicy.DEFAULT);
        running(42);
        on(new ServiceEvent.Unhealthy(42, "x"));
        on(new ServiceEvent.Stop());
        on(new ServiceEvent.Exited(42, new Exited(0)));
        assertThat(service.state()).isEqualTo(new Stopped());
    }

    @Test
    void hurryTakesTheNextStepAtOnce() {
        running(42);
        on(new ServiceEvent.Hurry());
        assertThat(effects).isEmpty();
        on(new ServiceEvent.Shutdown());
        on(new ServiceEvent.Hurry());
        assertThat(withoutTold()).contains(new Send(42, Signal.TERM));
        on(new ServiceEvent.Hurry());
        assertThat(withoutTold()).contains(new Send(42, Signal.KILL));
        on(new ServiceEvent.Hurry());
        assertThat(effects).isEmpty();
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
        assertThat(service.state()).isEqualTo(new Running(42, now, Readiness.READY, now));
        assertThat(effects).containsExactly(new Tell(new ServiceNotice.Started(42, null)));
    }

    @Test
    void stopsBySignalsInTurnAndThenKills() {
        running(42);
        on(new ServiceEvent.Stop());
        assertThat(withoutTold())
                .containsExactly(
                        new StartTimer(service.generation(), Duration.ofSeconds(20)),
                        new Send(42, Signal.INT));
        timer();
        assertThat(withoutTold())
                .containsExactly(
                        new StartTimer(service.generation(), Duration.ofSeconds(10)),
                        new Send(42, Signal.TERM));
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
    void aStartThatFailsIsNotTriedAgainAtOnce() {
        policy(
                new RestartPolicy(
                        RestartPolicy.Mode.ALWAYS,
                        new Backoff(Duration.ZERO, 2, Duration.ZERO),
                        Duration.ofMinutes(10),
                        null));
        on(new ServiceEvent.Start());
        on(new ServiceEvent.SpawnFailed("no such program"));
        assertThat(withoutTold())
                .containsExactly(new StartTimer(service.generation(), Duration.ofSeconds(1)));
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
    void aLongRunClearsTheAttemptsButNotThePeriodOfTheLimit() {
        policy(
                new RestartPolicy(
                        RestartPolicy.Mode.ALWAYS,
                        RestartPolicy.DEFAULT.backoff(),
                        Duration.ofMinutes(1),
                        new RestartPolicy.Limit(2, Duration.ofHours(1))));
        running(1);
        for (long pid = 1; pid <= 2; pid++) {
            after(Duration.ofMinutes(2));
            on(new ServiceEvent.Exited(pid, new Exited(3)));
            assertThat(service.attempts()).isEqualTo(1);
            timer();
            on(new ServiceEvent.Spawned(pid + 1));
        }
        after(Duration.ofMinutes(2));
        on(new ServiceEvent.Exited(3, new Exited(3)));
        assertThat(service.state()).isInstanceOf(Failed.class);
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
    void neverAsksForASecondProcess(
            @ForAll("scripts") List<Integer> script, @ForAll boolean gated) {
        if (gated) {
            gated();
        } else {
            checked(RestartPolicy.DEFAULT);
        }
        service = Service.initial(Wanted.UP);
        boolean asked = false;
        Long alive = null;
        long nextPid = 100;
        for (int choice : script) {
            ServiceEvent event =
                    switch (choice % 13) {
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
                        case 8 -> new ServiceEvent.DependenciesMet();
                        case 9 -> new ServiceEvent.Ready(nextPid - 1);
                        case 10 -> new ServiceEvent.Unhealthy(nextPid - 1, "x");
                        case 11 -> new ServiceEvent.Hurry();
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
