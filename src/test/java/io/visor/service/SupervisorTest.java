package io.visor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Backoff;
import io.visor.model.Dependency;
import io.visor.model.Environment;
import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ProcessSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.process.LineWatcher;
import io.visor.service.Service.Wanted;
import io.visor.store.FaultPoints;
import io.visor.time.Clock;
import io.visor.time.Loop;
import io.visor.time.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class SupervisorTest {

    private final List<String> done = new ArrayList<>();
    private final Map<String, ServiceBackend.Reporter> reporters = new HashMap<>();
    private final Map<String, Long> pids = new HashMap<>();
    private final Supervisor supervisor =
            new Supervisor(
                    new ImmediateLoop(),
                    new StillClock(),
                    new RecordingBackend(),
                    (spec, _) -> {
                        throw new AssertionError(spec.name() + " has no checks");
                    },
                    FaultPoints.NONE,
                    () -> 7);
    private long nextPid = 1;

    private final class RecordingBackend implements ServiceBackend {
        @Override
        public void look(List<ServiceSpec> units) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void adopt(ServiceSpec spec, Reporter reporter) {
            reporters.put(spec.name().text(), reporter);
            done.add("adopt " + spec.name());
        }

        @Override
        public void end(ServiceSpec spec) {
            done.add("end " + spec.name());
        }

        @Override
        public void prepare(ServiceSpec spec, Path binary) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void start(ServiceSpec spec, @Nullable LineWatcher watcher, Reporter reporter) {
            String name = spec.name().text();
            assertThat(pids).as("never two").doesNotContainKey(name);
            done.add("start " + name);
            reporters.put(name, reporter);
            pids.put(name, nextPid);
            reporter.onSpawned(nextPid++);
        }

        @Override
        public void send(ServiceSpec spec, long pid, Signal signal) {
            done.add(signal.name() + " " + spec.name());
        }

        @Override
        public void forget(ServiceSpec spec) {
            done.add("forget " + spec.name());
        }
    }

    /// Whatever is scheduled never comes: no test here waits.
    private static final class ImmediateLoop implements Loop {
        @Override
        public void execute(Runnable action) {
            action.run();
        }

        @Override
        public Timer schedule(Duration delay, Runnable action) {
            return () -> {};
        }

        @Override
        public void close() {
            // There is no thread to end.
        }
    }

    private static final class StillClock implements Clock {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Duration monotonic() {
            return Duration.ofHours(1);
        }

        @Override
        public void sleep(Duration duration) {
            throw new UnsupportedOperationException();
        }
    }

    private static ServiceSpec spec(String name, Dependency... after) {
        return spec(name, RestartPolicy.Mode.ALWAYS, after);
    }

    private static ServiceSpec spec(String name, RestartPolicy.Mode mode, Dependency... after) {
        return new ServiceSpec(
                new ServiceName(name),
                null,
                List.of(name),
                Path.of("/"),
                Environment.EMPTY,
                List.of(after),
                new RestartPolicy(
                        mode,
                        new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(1)),
                        Duration.ofMinutes(1),
                        null),
                StopPolicy.DEFAULT,
                HealthSpec.NONE,
                ProcessSpec.INHERITED,
                new ServiceSpec.PassThrough());
    }

    private static Dependency on(String name, Dependency.Is is) {
        return new Dependency(new ServiceName(name), is);
    }

    private void begin(ServiceSpec... specs) {
        List.of(specs).forEach(supervisor::add);
        supervisor.startUnversioned();
    }

    private void exit(String name, int code) {
        long pid = Objects.requireNonNull(pids.remove(name), name);
        Objects.requireNonNull(reporters.get(name))
                .onExited(pid, new ExitStatus.Exited(code), LastOutput.NONE);
    }

    private String state(String name) {
        return supervisor.views().stream()
                .filter(view -> view.spec().name().text().equals(name))
                .findFirst()
                .orElseThrow()
                .service()
                .state()
                .word();
    }

    @Test
    void aServiceStartsWhenTheOtherIsAsItMustBe() {
        begin(
                spec("late", on("job", Dependency.Is.COMPLETED_SUCCESSFULLY)),
                spec("any", on("job", Dependency.Is.COMPLETED)),
                spec("soon", on("job", Dependency.Is.STARTED)),
                spec("job", RestartPolicy.Mode.NO));
        assertThat(done).containsExactly("start job", "start soon");
        assertThat(state("late")).isEqualTo("waiting");
        exit("job", 0);
        assertThat(done).contains("start late", "start any");
    }

    @Test
    void aPrerequisiteThatFailsHoldsBackWhoNeedsItsSuccess() {
        begin(
                spec("job", RestartPolicy.Mode.NO),
                spec("late", on("job", Dependency.Is.COMPLETED_SUCCESSFULLY)),
                spec("any", on("job", Dependency.Is.COMPLETED)));
        exit("job", 1);
        assertThat(done).containsExactly("start job", "start any");
        supervisor.start(new ServiceName("job"));
        exit("job", 0);
        assertThat(done).endsWith("start late");
    }

    private List<Unmet> unmet(String name) {
        return supervisor.views().stream()
                .filter(view -> view.spec().name().text().equals(name))
                .findFirst()
                .orElseThrow()
                .unmet();
    }

    @Test
    void whatCannotComeByItselfIsNamed() {
        List<String> told = new ArrayList<>();
        supervisor.listen((spec, notice) -> {
            if (notice instanceof ServiceNotice.Waiting(List<Unmet> unmet)) {
                told.add(spec.name() + " " + Unmet.sentence(unmet));
            }
        });
        begin(
                spec("db", RestartPolicy.Mode.NO),
                spec("api", on("db", Dependency.Is.COMPLETED_SUCCESSFULLY)),
                spec("web", on("api", Dependency.Is.HEALTHY)));
        assertThat(unmet("web")).containsExactly(new Unmet(on("api", Dependency.Is.HEALTHY), null));
        exit("db", 3);
        String failed = "; db has failed: it exited: code 3";
        assertThat(told)
                .containsExactly(
                        "api waits until db is completed-successfully",
                        "web waits until api is healthy",
                        "api waits until db is completed-successfully" + failed,
                        "web waits until api is healthy" + failed);
        supervisor.stop(new ServiceName("api"));
        assertThat(Unmet.sentence(unmet("web")))
                .isEqualTo("waits until api is healthy; api was stopped and is wanted down");
        supervisor.start(new ServiceName("db"));
        exit("db", 0);
        supervisor.start(new ServiceName("api"));
        assertThat(state("web")).isEqualTo("running");
    }

    @Test
    void servicesStopInTheReverseOrderOfTheirStart() {
        begin(
                spec("db"),
                spec("other"),
                spec("server", on("db", Dependency.Is.STARTED)),
                spec("web", on("server", Dependency.Is.HEALTHY)));
        done.clear();
        supervisor.shutdown();
        assertThat(done).containsExactly("TERM web", "TERM other");
        exit("web", 0);
        assertThat(done).endsWith("TERM server").hasSize(3);
        exit("other", 0);
        exit("server", 0);
        assertThat(done).endsWith("TERM db").hasSize(4);
        assertThat(supervisor.isAtRest()).isFalse();
        exit("db", 0);
        assertThat(supervisor.isAtRest()).isTrue();
    }

    @Test
    void whoIsInAHurryWaitsForNobody() {
        begin(spec("db"), spec("web", on("db", Dependency.Is.STARTED)));
        supervisor.shutdown();
        done.clear();
        supervisor.hurry();
        assertThat(done).containsExactly("TERM db", "KILL web");
    }

    @Test
    void aReloadTouchesOnlyWhatChanged() {
        begin(spec("same"), spec("gone"), spec("changed"));
        done.clear();
        ServiceSpec changed = spec("changed", RestartPolicy.Mode.ON_FAILURE);
        supervisor.reload(List.of(spec("new"), changed, spec("same")), _ -> Wanted.UP, _ -> false);
        assertThat(done).containsExactly("TERM gone", "TERM changed", "start new");
        exit("changed", 0);
        exit("gone", 0);
        assertThat(done)
                .containsExactly(
                        "TERM gone",
                        "TERM changed",
                        "start new",
                        "forget changed",
                        "start changed",
                        "forget gone");
        assertThat(supervisor.views()).hasSize(3);
        assertThat(state("same")).isEqualTo("running");
    }

    @Test
    void aReloadKeepsDownWhatIsWantedDown() {
        begin(spec("a"));
        supervisor.stop(new ServiceName("a"));
        exit("a", 0);
        done.clear();
        supervisor.reload(List.of(spec("a", RestartPolicy.Mode.NO)), _ -> Wanted.UP, _ -> false);
        assertThat(done).containsExactly("forget a");
        assertThat(state("a")).isEqualTo("stopped");
    }

    @Test
    void aSecondReloadWhileAServiceEndsTakesOver() {
        begin(spec("a"));
        supervisor.reload(List.of(), _ -> Wanted.UP, _ -> false);
        supervisor.reload(List.of(spec("a")), _ -> Wanted.UP, _ -> false);
        done.clear();
        exit("a", 0);
        assertThat(state("a")).isEqualTo("running");
        assertThat(done).contains("start a");
    }

    @Test
    void aReloadedServiceMayWaitForTheUpgradeOfItsProgram() {
        begin();
        supervisor.reload(List.of(spec("a")), _ -> Wanted.UP, _ -> true);
        assertThat(state("a")).isEqualTo("waiting");
        assertThat(done).isEmpty();
    }

    /// A reload and an upgrade at once: what the upgrade still has for the service that was is not
    /// taken by it any more.
    @Test
    void aServiceThatWasReplacedStartsNothing() {
        begin(spec("a"));
        supervisor.reload(List.of(changed("a")), _ -> Wanted.UP, _ -> false);
        supervisor.suspend(new ServiceName("a"));
        supervisor.listen((spec, notice) -> {
            if (notice instanceof ServiceNotice.AtRest) {
                supervisor.start(spec.name());
            }
        });
        exit("a", 0);
        assertThat(done.stream().filter("start a"::equals)).hasSize(2);
        assertThat(state("a")).isEqualTo("running");
    }

    @Test
    void whetherASuccessorWaitsIsAskedWhenItComes() {
        begin(spec("a"));
        boolean[] switching = new boolean[1];
        supervisor.reload(List.of(changed("a")), _ -> Wanted.UP, _ -> switching[0]);
        switching[0] = true;
        exit("a", 0);
        assertThat(state("a")).isEqualTo("waiting");
    }

    @Test
    void aShutdownStartsNoSuccessor() {
        begin(spec("a"));
        supervisor.reload(List.of(changed("a")), _ -> Wanted.UP, _ -> false);
        supervisor.shutdown();
        done.clear();
        exit("a", 0);
        assertThat(done).isEmpty();
        assertThat(supervisor.isAtRest()).isTrue();
    }

    @Test
    void aRestartAskedForDuringAReloadIsTheSuccessors() {
        begin(spec("a"), spec("gone"));
        supervisor.reload(List.of(changed("a")), _ -> Wanted.UP, _ -> false);
        supervisor.restart(new ServiceName("a"));
        supervisor.restart(new ServiceName("gone"));
        done.clear();
        exit("a", 0);
        exit("gone", 0);
        assertThat(done).containsExactly("forget a", "start a", "forget gone");
    }

    /// What was measured once: each service had the table of who waits for whom made anew.
    @Test
    @Timeout(20)
    void eachServiceThatIsAddedCostsTheSame() {
        Dependency first = on("s0", Dependency.Is.STARTED);
        supervisor.add(spec("s0"));
        for (int i = 1; i < 30_000; i++) {
            supervisor.add(spec("s" + i, first));
        }
        assertThat(supervisor.views()).hasSize(30_000);
    }

    @Test
    void whoIsReplacedIsNoLongerWaitedFor() {
        begin(spec("db"), spec("web", on("db", Dependency.Is.STARTED)));
        supervisor.reload(List.of(spec("db"), spec("web")), _ -> Wanted.UP, _ -> false);
        exit("web", 0);
        done.clear();
        supervisor.shutdown();
        assertThat(done).containsExactly("TERM web", "TERM db");
    }

    @Test
    void whoReplacesAServiceIsWaitedForAsItWas() {
        begin(spec("db"), spec("web", on("db", Dependency.Is.STARTED)));
        ServiceSpec web = spec("web", on("db", Dependency.Is.STARTED));
        supervisor.reload(List.of(changed("db"), web), _ -> Wanted.UP, _ -> false);
        exit("db", 0);
        done.clear();
        supervisor.shutdown();
        assertThat(done).containsExactly("TERM web");
        exit("web", 0);
        assertThat(done).containsExactly("TERM web", "TERM db");
    }

    private static ServiceSpec changed(String name) {
        return spec(name, RestartPolicy.Mode.ON_FAILURE);
    }

    /// The stack of the supervisor's thread is small.
    @Test
    void manyServicesEndWithoutADeepStack() throws Exception {
        ServiceSpec[] specs = new ServiceSpec[2000];
        for (int i = 0; i < specs.length; i++) {
            specs[i] = spec("s" + i);
        }
        begin(specs);
        done.clear();
        Thread small = new Thread(null, supervisor::shutdown, "small", 128 << 10);
        small.start();
        small.join();
        assertThat(done).hasSize(2000).startsWith("TERM s1999").endsWith("TERM s0");
    }
}
