package io.visor.daemon;

import io.visor.api.InstanceStatus;
import io.visor.chain.ChainEvent;
import io.visor.daemon.control.Control;
import io.visor.daemon.control.ControlledInstance;
import io.visor.daemon.instance.Instance;
import io.visor.daemon.instance.Instance.Outcome;
import io.visor.daemon.instance.InstanceListener;
import io.visor.daemon.instance.InstancePlan;
import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.ProgramName;
import io.visor.model.Role;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.Version;
import io.visor.os.SignalHandlers;
import io.visor.release.ReleaseEvent;
import io.visor.release.ReleaseException;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.store.FaultPoints;
import io.visor.store.Recorder;
import io.visor.systemd.ServiceNotifier;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.SystemScheduler;
import io.visor.time.Wakeup;
import io.visor.upgrade.Operator;
import io.visor.upgrade.Standing;
import io.visor.upgrade.UpgradeException;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.backup.Backups;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs an instance on this machine: gives it what it needs, and lets people and orchestrators look
/// at it and talk to it.
public final class Daemon implements InstanceListener {

    /// When calls are taken even if the services have not been started yet. Once they have, nothing
    /// waits for a processor any more.
    private static final Duration CONTROL_PATIENCE = Duration.ofMillis(250);

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final Duration A_WHILE = Duration.ofDays(1);

    private final InstancePlan plan;
    private final Scheduler scheduler;
    private final Journal journal;
    private final EventLog log;
    private final @Nullable Metrics metrics;
    private final Loop loop;
    private final Words words;
    private final Wakeup ended;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    private final ThisMachine machine;
    private final Instance instance;
    private final Control control;
    private final @Nullable UnderSystemd systemd;

    private Daemon(
            InstancePlan plan,
            Scheduler scheduler,
            Journal journal,
            String version,
            RandomGenerator random) {
        this.plan = plan;
        this.scheduler = scheduler;
        this.journal = journal;
        this.log = new EventLog(journal, scheduler.clock());
        this.metrics = plan.probes() == null ? null : new Metrics(version);
        this.loop = scheduler.loop("visor");
        this.words = new Words(scheduler, loop, journal);
        this.ended = scheduler.wakeup();
        this.machine = new ThisMachine(plan, scheduler, loop, journal, log, words, version, random);
        this.instance =
                new Instance(
                        plan,
                        scheduler,
                        loop,
                        machine,
                        this,
                        how -> {
                            outcome.set(how);
                            ended.signal();
                        });
        this.control =
                new Control(
                        plan.folder().root(),
                        new Controlled(version),
                        instance.wanted(),
                        scheduler,
                        loop,
                        problem -> say(Level.WARN, "control", problem));
        this.instance.listen(control::on);
        this.systemd = plan.environment().containsKey("NOTIFY_SOCKET") ? underSystemd() : null;
    }

    private @Nullable UnderSystemd underSystemd() {
        return ServiceNotifier.of(
                        plan.environment(),
                        ProcessHandle.current().pid(),
                        trouble -> say(Level.WARN, "systemd", trouble))
                .map(notifier ->
                        new UnderSystemd(
                                notifier,
                                loop,
                                instance,
                                List.copyOf(plan.config().programs().keySet())))
                .orElse(null);
    }

    /// What systemd is told may have changed. On the loop.
    private void tellSystemd() {
        if (systemd != null) {
            systemd.lookSoon();
        }
    }

    /// Runs an instance to its end.
    ///
    /// @param version visor's own
    /// @return the exit code of the process
    /// @throws CannotException if it cannot start
    /// @throws InterruptedException if the calling thread is interrupted
    public static int run(InstancePlan plan, String version) throws InterruptedException {
        AtomicReference<@Nullable Journal> late = new AtomicReference<>();
        Scheduler scheduler =
                new SystemScheduler((thread, failure) ->
                        Objects.requireNonNull(late.get()).bug(thread, failure));
        Journal journal = new Journal(scheduler.clock());
        late.set(journal);
        try (InstanceLock unused =
                InstanceLock.acquire(
                        plan.home(), plan.folder(), plan.command(), scheduler.clock())) {
            return new Daemon(plan, scheduler, journal, version, new SplittableRandom()).run();
        }
    }

    private int run() throws InterruptedException {
        for (Signal signal : List.of(Signal.TERM, Signal.INT, Signal.HUP)) {
            boolean arrives = SignalHandlers.on(signal, () -> loop.execute(() -> onSignal(signal)));
            if (!arrives && signal == Signal.HUP && plan.reread() != null) {
                journal.warn(
                        "visor",
                        "SIGHUP is ignored, as nohup has it: it does not reload the configuration;"
                                + " start visor with setsid instead, or restart it to reload");
            }
        }
        try (ThisMachine unused = machine;
                Loop unusedLoop = loop) {
            ProbeServer probes =
                    plan.probes() == null
                            ? null
                            : ProbeServer.start(
                                    plan.probes(),
                                    scheduler,
                                    view(),
                                    Objects.requireNonNull(metrics));
            start();
            if (systemd != null) {
                loop.execute(systemd::begin);
            }
            loop.schedule(CONTROL_PATIENCE, control::open);
            try {
                return await();
            } finally {
                control.close();
                if (!machine.finishOutput(LAST_WORDS)) {
                    say(
                            Level.WARN,
                            "service",
                            "the last output of services was not taken within "
                                    + Durations.format(LAST_WORDS)
                                    + " and is lost");
                }
                words.finish(LAST_WORDS);
                if (probes != null) {
                    probes.close();
                }
            }
        }
    }

    private void start() {
        try {
            instance.start();
        } catch (ReleaseException e) {
            throw HomeFailures.unwritable("start", e.why());
        } catch (UpgradeException e) {
            throw CannotException.now("start", e.why());
        }
    }

    private int await() throws InterruptedException {
        while (true) {
            boolean unused = ended.await(A_WHILE);
            switch (outcome.get()) {
                case Outcome.Ended(int code) -> {
                    return code;
                }
                case Outcome.Refused(CannotException why) -> throw why;
                case null -> {}
            }
        }
    }

    private void onSignal(Signal signal) {
        if (signal == Signal.HUP && instance.canReload()) {
            instance.reload();
            if (systemd != null) {
                systemd.reloads();
            }
        } else {
            instance.stopOrHurry(signal + " received");
        }
    }

    /// What is told is put into words on a thread of its own.
    @Override
    public void on(ServiceSpec spec, ServiceNotice notice) {
        words.say(() -> {
            log.on(spec, notice);
            if (metrics != null) {
                metrics.on(spec, notice);
            }
        });
        tellSystemd();
        if (notice instanceof ServiceNotice.Started) {
            loop.execute(control::open);
        }
    }

    @Override
    public void on(ProgramName program, UpgradeNotice notice) {
        tellSystemd();
        words.say(() -> {
            log.on(program, notice);
            if (metrics != null) {
                metrics.on(program, notice);
            }
        });
    }

    @Override
    public void on(ReleaseEvent event) {
        control.on(event);
        words.say(() -> {
            log.on(event);
            if (metrics != null) {
                metrics.on(event);
            }
        });
    }

    @Override
    public void on(ChainEvent event) {
        tellSystemd();
        control.on(event);
        words.say(() -> {
            log.on(event);
            if (metrics != null) {
                metrics.on(event);
            }
        });
    }

    @Override
    public void onActive(ProgramName program, Version version) {
        if (metrics != null) {
            metrics.setActive(program.text(), version);
        }
    }

    @Override
    public void say(Level level, String subject, String text) {
        words.say(() -> journal.say(level, subject, text));
        if (systemd != null) {
            loop.execute(this::tellSystemd);
        }
    }

    private ProbeServer.View view() {
        return new ProbeServer.View() {
            @Override
            public void turn(Runnable action) {
                loop.execute(action);
            }

            @Override
            public boolean isReady() {
                return instance.isReady();
            }

            @Override
            public boolean isStarted() {
                return instance.isStarted();
            }
        };
    }

    /// What those who ask get to see.
    private final class Controlled implements ControlledInstance {

        private final About about;

        Controlled(String version) {
            about =
                    new About(
                            plan.name(),
                            plan.command(),
                            version,
                            plan.config().chain(),
                            List.copyOf(plan.config().programs().keySet()));
        }

        @Override
        public About about() {
            return about;
        }

        @Override
        public InstanceStatus.Phase phase() {
            return instance.isStopping()
                    ? InstanceStatus.Phase.STOPPING
                    : instance.hasBegun()
                            ? InstanceStatus.Phase.RUNNING
                            : InstanceStatus.Phase.STARTING;
        }

        @Override
        public boolean mayStart(ServiceSpec spec) {
            return spec.program() == null ? instance.hasBegunUnversioned() : instance.hasBegun();
        }

        @Override
        public Supervisor supervisor() {
            return instance.supervisor();
        }

        @Override
        public boolean isRemembering() {
            return instance.isRemembering();
        }

        @Override
        public Standing standing(ProgramName name) {
            return instance.upgrader().standing(name);
        }

        @Override
        public Role role(ProgramName name) {
            return instance.role(name);
        }

        @Override
        public Operator operator(ProgramName name) {
            return instance.upgrader().operator(name);
        }

        @Override
        public Backups backups(ProgramName name) {
            return Clients.backups(
                    plan.home(),
                    plan.name(),
                    standing(name).spec(),
                    scheduler.clock(),
                    FaultPoints.NONE);
        }

        @Override
        public Recorder recorder() {
            return instance.recorder();
        }
    }
}
