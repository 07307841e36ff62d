package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Chance;
import io.visor.model.Dependency;
import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.UnitName;
import io.visor.service.Machine.Transition;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceState.Backoff;
import io.visor.service.ServiceState.Completed;
import io.visor.service.ServiceState.Failed;
import io.visor.service.ServiceState.Orders;
import io.visor.service.ServiceState.Readiness;
import io.visor.service.ServiceState.Running;
import io.visor.service.ServiceState.Starting;
import io.visor.service.ServiceState.Stopped;
import io.visor.service.ServiceState.Stopping;
import io.visor.service.ServiceState.Waiting;
import io.visor.service.UnitReport.Standing;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class UnitMachineTest {

    private static final ExitStatus FIVE = new ExitStatus.Exited(5);
    private static final ExitStatus TERM = new ExitStatus.Signaled(15);
    private static final UnitReport.End FALL =
            new UnitReport.End(7, FIVE, false, null, null, LastOutput.NONE);

    private UnitMachine machine = machine(List.of(), HealthSpec.NONE);
    private Service service = Service.initial(Wanted.UP);
    private Duration now = Duration.ofSeconds(1000);
    private List<ServiceEffect> effects = List.of();

    private static UnitMachine machine(List<Dependency> after, HealthSpec health) {
        return new UnitMachine(
                ServiceSpec.ofUnit(
                        new ServiceName("a"),
                        null,
                        new UnitName("a.service"),
                        Path.of("/home/alice"),
                        after,
                        health),
                new Chance(7));
    }

    private void on(ServiceEvent event) {
        Transition transition = machine.on(service, event, now);
        service = transition.next();
        effects = transition.effects();
    }

    private void report(Standing standing) {
        report(standing, null);
    }

    private void report(Standing standing, UnitReport.@Nullable End end) {
        on(new ServiceEvent.Unit(new UnitReport(standing, end)));
    }

    private static Standing up(long pid) {
        return new UnitReport.Up(pid, Duration.ofSeconds(3), false);
    }

    private List<ServiceNotice> told() {
        List<ServiceNotice> notices = new ArrayList<>();
        effects.forEach(effect -> {
            if (effect instanceof ServiceEffect.Tell(ServiceNotice notice)) {
                notices.add(notice);
            }
        });
        return notices;
    }

    private boolean asksFor(Class<? extends ServiceEffect> kind) {
        return effects.stream().anyMatch(kind::isInstance);
    }

    private void running(long pid) {
        report(up(pid));
        assertThat(service.state().processId()).isEqualTo(pid);
    }

    private static ServiceNotice.Ended endedOf(List<ServiceNotice> notices) {
        return notices.stream()
                .filter(ServiceNotice.Ended.class::isInstance)
                .map(ServiceNotice.Ended.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aUnitThatRunsIsAdoptedAndNotStarted() {
        report(up(7));
        assertThat(service.state())
                .isEqualTo(new Running(7, now.minus(Duration.ofSeconds(3)), Readiness.READY, now));
        assertThat(told()).containsExactly(new ServiceNotice.Started(7, null));
        on(new ServiceEvent.Resume());
        on(new ServiceEvent.Start());
        assertThat(effects).isEmpty();
    }

    @Test
    void aUnitThatDoesNotRunIsStarted() {
        report(new UnitReport.Idle());
        on(new ServiceEvent.Resume());
        assertThat(service.state()).isEqualTo(new Starting(Orders.RUN));
        assertThat(effects).containsExactly(new ServiceEffect.Spawn());
        report(up(7));
        assertThat(service.state()).isInstanceOf(Running.class);
    }

    @Test
    void aFailedUnitIsStartedAfreshWhenVisorBegins() {
        report(new UnitReport.Broken("x", FIVE));
        on(new ServiceEvent.Resume());
        assertThat(asksFor(ServiceEffect.Spawn.class)).isTrue();
    }

    @Test
    void visorsEndLeavesItAlone() {
        running(7);
        on(new ServiceEvent.Shutdown());
        on(new ServiceEvent.Hurry());
        assertThat(effects).isEmpty();
    }

    @Test
    void whatWasStoppedByHandIsLeftAloneUntilItIsAskedFor() {
        running(7);
        report(new UnitReport.Going());
        assertThat(service.state()).isEqualTo(new Stopping(7, now, 0, Orders.BY_HAND));
        report(
                new UnitReport.LeftAlone("by hand"),
                new UnitReport.End(7, TERM, true, null, null, LastOutput.NONE));
        assertThat(service.state()).isEqualTo(new Stopped("by hand"));
        assertThat(service.wanted()).isEqualTo(Wanted.DOWN);
        assertThat(endedOf(told()).asked()).isTrue();
        assertThat(told()).contains(new ServiceNotice.LeftAlone("by hand"));
        report(new UnitReport.LeftAlone("by hand"));
        assertThat(effects).isEmpty();
        on(new ServiceEvent.Suspend());
        on(new ServiceEvent.Resume());
        assertThat(effects).isEmpty();
        on(new ServiceEvent.Start());
        assertThat(effects).containsExactly(new ServiceEffect.Spawn());
    }

    @Test
    void whatWasStoppedByHandBeforeVisorBeganIsLeftAlone() {
        report(new UnitReport.LeftAlone("by hand"));
        on(new ServiceEvent.Resume());
        assertThat(service.state()).isEqualTo(new Stopped("by hand"));
        assertThat(effects).isEmpty();
    }

    @Test
    void whatIsStartedByHandIsWantedUp() {
        report(new UnitReport.LeftAlone("by hand"));
        report(new UnitReport.Coming(false));
        assertThat(service.state()).isEqualTo(new Starting(Orders.RUN));
        report(up(8));
        assertThat(service.wanted()).isEqualTo(Wanted.UP);
        assertThat(told()).hasAtLeastOneElementOfType(ServiceNotice.Started.class);
    }

    @Test
    void thatItFellAtTheBootIsNoWishOfSomebodys() {
        for (UnitReport.Standing standing :
                List.of(
                        new UnitReport.Coming(true),
                        new UnitReport.Restarting(1, Duration.ofSeconds(5), "x", true))) {
            service = Service.initial(Wanted.DOWN);
            report(standing);
            assertThat(service.wanted()).isEqualTo(Wanted.DOWN);
            assertThat(effects).hasAtLeastOneElementOfType(ServiceEffect.End.class);
            report(new UnitReport.Idle());
            assertThat(service.state()).isEqualTo(new Stopped());
        }
    }

    @Test
    void whatVisorWasToldToStopIsStoppedAgainAfterABoot() {
        service = Service.initial(Wanted.DOWN);
        report(new UnitReport.Up(7, Duration.ofSeconds(3), true));
        assertThat(service.state()).isEqualTo(new Stopping(7, now, 0, Orders.REST));
        assertThat(service.wanted()).isEqualTo(Wanted.DOWN);
        assertThat(asksFor(ServiceEffect.End.class)).isTrue();
    }

    @Test
    void whatWasStartedByHandAfterVisorHadStoppedItGoesOn() {
        service = Service.initial(Wanted.DOWN);
        report(up(7));
        assertThat(service.state()).isInstanceOf(Running.class);
        assertThat(service.wanted()).isEqualTo(Wanted.UP);
    }

    @Test
    void systemdsRestartIsBackoff() {
        running(7);
        report(new UnitReport.Restarting(1, Duration.ofSeconds(5), "exited: code 5", false), FALL);
        assertThat(service.state()).isEqualTo(new Backoff(1, now.plusSeconds(5), "exited: code 5"));
        ServiceNotice.Ended ended = endedOf(told());
        assertThat(ended.asked()).isFalse();
        assertThat(ended.status()).isEqualTo(FIVE);
        assertThat(told()).contains(new ServiceNotice.Retrying(1, Duration.ofSeconds(5)));
        report(new UnitReport.Restarting(1, Duration.ofSeconds(5), "exited: code 5", false));
        assertThat(effects).isEmpty();
        now = now.plusSeconds(5);
        report(new UnitReport.Up(8, Duration.ZERO, false));
        assertThat(told()).containsExactly(new ServiceNotice.Started(8, Duration.ofSeconds(5)));
    }

    @Test
    void aRestartBetweenTwoLooksIsAFall() {
        running(7);
        report(up(8), FALL);
        assertThat(endedOf(told()).asked()).isFalse();
        assertThat(service.state().processId()).isEqualTo(8);
    }

    @Test
    void aProcessThatCameAndWentBetweenTwoLooksIsToldOf() {
        report(new UnitReport.Idle());
        on(new ServiceEvent.Resume());
        report(new UnitReport.Restarting(1, Duration.ofSeconds(5), "x", false), FALL);
        assertThat(told())
                .startsWith(new ServiceNotice.Started(7, null))
                .hasAtLeastOneElementOfType(ServiceNotice.Ended.class);
    }

    @Test
    void aRestartByHandIsNoFall() {
        running(7);
        report(up(8));
        assertThat(endedOf(told()).asked()).isTrue();
        assertThat(service.wanted()).isEqualTo(Wanted.UP);
    }

    @Test
    void systemdsGivingUpIsAFailure() {
        running(7);
        report(new UnitReport.Broken("systemd has given it up", FIVE), FALL);
        assertThat(service.state()).isEqualTo(new Failed("systemd has given it up", FIVE));
        assertThat(told())
                .contains(new ServiceNotice.GaveUp("systemd has given it up", FIVE))
                .hasAtLeastOneElementOfType(ServiceNotice.Ended.class);
        report(new UnitReport.Broken("systemd has given it up", FIVE));
        assertThat(effects).isEmpty();
    }

    @Test
    void whatHasDoneItsWorkIsCompleted() {
        running(7);
        report(
                new UnitReport.Done(0),
                new UnitReport.End(
                        7, new ExitStatus.Exited(0), false, null, null, LastOutput.NONE));
        assertThat(service.state()).isEqualTo(new Completed(0));
    }

    @Test
    void anUpgradeStopsItAndStartsIt() {
        running(7);
        on(new ServiceEvent.Suspend());
        assertThat(service.state()).isEqualTo(new Stopping(7, now, 0, Orders.WAIT_FOR_UPGRADE));
        assertThat(asksFor(ServiceEffect.End.class)).isTrue();
        report(up(7));
        assertThat(effects).as("it has not ended yet").isEmpty();
        report(
                new UnitReport.Idle(),
                new UnitReport.End(7, TERM, true, null, Duration.ofMillis(50), LastOutput.NONE));
        assertThat(service.state()).isEqualTo(new Waiting(Waiting.Reason.UPGRADE));
        assertThat(service.endedAt()).isEqualTo(now.minusMillis(50));
        on(new ServiceEvent.Resume());
        assertThat(effects).containsExactly(new ServiceEffect.Spawn());
    }

    @Test
    void aCrashThatMeetsTheStopOfAnUpgradeCountsAsStopped() {
        running(7);
        on(new ServiceEvent.Suspend());
        report(new UnitReport.Broken("x", FIVE), FALL);
        assertThat(endedOf(told()).asked()).isTrue();
        assertThat(service.state()).isEqualTo(new Waiting(Waiting.Reason.UPGRADE));
    }

    @Test
    void anUpgradeStopsAlsoWhatSystemdIsAboutToStartAgain() {
        running(7);
        report(new UnitReport.Restarting(1, Duration.ofSeconds(5), "x", false), FALL);
        on(new ServiceEvent.Suspend());
        assertThat(service.state().isAtRest()).as("systemd may start it yet").isFalse();
        assertThat(asksFor(ServiceEffect.End.class)).isTrue();
        report(new UnitReport.Idle());
        assertThat(service.state()).isEqualTo(new Waiting(Waiting.Reason.UPGRADE));
    }

    @Test
    void whatIsStartedByHandInTheMiddleOfAnUpgradeIsStoppedAgain() {
        running(7);
        on(new ServiceEvent.Suspend());
        report(new UnitReport.Idle());
        report(up(9));
        assertThat(service.state()).isEqualTo(new Stopping(9, now, 0, Orders.WAIT_FOR_UPGRADE));
        assertThat(asksFor(ServiceEffect.End.class)).isTrue();
    }

    @Test
    void aHandThatStopsItWhenAnUpgradeComesIsHeeded() {
        running(7);
        report(new UnitReport.Going());
        on(new ServiceEvent.Suspend());
        assertThat(effects).isEmpty();
        report(new UnitReport.LeftAlone("by hand"));
        on(new ServiceEvent.Resume());
        assertThat(service.state()).isEqualTo(new Stopped("by hand"));
    }

    @Test
    void aStopThatDoesNotComeAboutIsAskedForAgain() {
        running(7);
        on(new ServiceEvent.Stop());
        on(new ServiceEvent.TimerFired(service.generation()));
        assertThat(asksFor(ServiceEffect.End.class)).isTrue();
    }

    @Test
    void aStartThatFailedIsTriedAgain() {
        report(new UnitReport.Idle());
        on(new ServiceEvent.Resume());
        on(new ServiceEvent.SpawnFailed("no rights"));
        assertThat(service.state())
                .isEqualTo(new Failed("it could not be started: no rights", null));
        assertThat(told()).containsExactly(new ServiceNotice.NotStarted("no rights"));
        assertThat(asksFor(ServiceEffect.StartTimer.class)).isTrue();
        report(new UnitReport.Idle());
        assertThat(effects).isEmpty();
        on(new ServiceEvent.TimerFired(service.generation()));
        assertThat(effects).containsExactly(new ServiceEffect.Spawn());
    }

    @Test
    void itWaitsForOthersBeforeItIsStartedButNotWhenItRuns() {
        machine =
                machine(
                        List.of(new Dependency(new ServiceName("b"), Dependency.Is.STARTED)),
                        HealthSpec.NONE);
        report(new UnitReport.Idle());
        on(new ServiceEvent.Resume());
        assertThat(service.state()).isEqualTo(new Waiting(Waiting.Reason.DEPENDENCY));
        report(up(7));
        assertThat(service.state()).isInstanceOf(Running.class);
    }

    @Test
    void aFailedHealthCheckStopsAndStartsIt() {
        machine =
                machine(
                        List.of(),
                        new HealthSpec(
                                null,
                                null,
                                new HealthSpec.Check(
                                        new HealthSpec.Http(
                                                URI.create("http://127.0.0.1:1/"), null, null))));
        report(up(7));
        assertThat(((Running) service.state()).readiness()).isEqualTo(Readiness.STARTING);
        on(new ServiceEvent.Ready(7));
        assertThat(service.state().isReady()).isTrue();
        on(new ServiceEvent.Unhealthy(7, "does not answer"));
        assertThat(service.state()).isEqualTo(new Stopping(7, now, 0, Orders.RUN));
        report(new UnitReport.Idle());
        assertThat(asksFor(ServiceEffect.Spawn.class)).isTrue();
    }

    @Test
    void aStartThatIsCalledOffWhileItGoesOnIsStopped() {
        report(new UnitReport.Idle());
        on(new ServiceEvent.Start());
        on(new ServiceEvent.Stop());
        assertThat(asksFor(ServiceEffect.End.class)).isTrue();
        report(new UnitReport.Idle());
        assertThat(service.state()).isEqualTo(new Stopped());
    }
}
