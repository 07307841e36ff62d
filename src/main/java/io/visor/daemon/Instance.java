package io.visor.daemon;

import io.visor.api.InstanceStatus;
import io.visor.chain.ChainEvent;
import io.visor.chain.ChainException;
import io.visor.chain.VersionAuthority;
import io.visor.config.ConfigException;
import io.visor.daemon.control.Control;
import io.visor.daemon.control.ControlledInstance;
import io.visor.daemon.control.WantedServices;
import io.visor.model.CannotException;
import io.visor.model.Chance;
import io.visor.model.Durations;
import io.visor.model.ExitStatus;
import io.visor.model.Home;
import io.visor.model.Lavap;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.model.Version;
import io.visor.model.VisorConfig;
import io.visor.model.VisorException;
import io.visor.os.ProcessSignals;
import io.visor.os.SignalHandlers;
import io.visor.process.ChildTable;
import io.visor.process.FileBudget;
import io.visor.process.Launchers;
import io.visor.process.Leftovers;
import io.visor.process.LogListener;
import io.visor.process.Marks;
import io.visor.process.RunRecords;
import io.visor.process.ShortCommand;
import io.visor.release.ActiveLink;
import io.visor.release.Manifest;
import io.visor.release.ReleaseEvent;
import io.visor.release.ReleaseException;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.service.ProcessBackend;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.service.health.HealthChecks;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.SystemScheduler;
import io.visor.time.Task;
import io.visor.time.Wakeup;
import io.visor.upgrade.ActiveVersions;
import io.visor.upgrade.Program;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.Upgrader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One running visor on a home, from start to end. What happens to its services and programs
/// happens on one loop, named `visor`; the fields that are not final belong to it.
public final class Instance {

    /// How long the chain is waited for before the active binary is run without it.
    private static final Duration CHAIN_PATIENCE = Duration.ofSeconds(5);

    /// When calls are taken even if the services have not been started yet. Once they have, nothing
    /// waits for a processor any more.
    private static final Duration CONTROL_PATIENCE = Duration.ofMillis(250);

    /// No service has such a name, so that its processes are told from those of services.
    private static final String REHEARSAL = ".rehearsal/";

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final Duration A_WHILE = Duration.ofDays(1);

    private final InstancePlan plan;
    private final Scheduler scheduler;
    private final Journal journal;
    private final EventLog log;
    private final @Nullable Metrics metrics;
    private final ChildTable table = new ChildTable();
    private final FutureLauncher launcher = new FutureLauncher();
    private final Clients clients;
    private final RandomGenerator random;
    private final Loop loop;
    private final Afterwards afterwards;
    private final Words words;
    private final Wakeup ended;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    private final ActiveVersions versions;
    private final HealthChecks health;
    private final Supervisor supervisor;
    private final Upgrader upgrader;
    private final RunRecords runRecords;
    private final Loop records;
    private final String marks;
    private final WantedServices wanted;
    private final Control control;
    private final Map<ProgramName, Stager> stagers = new HashMap<>();
    private final Map<ProgramName, Role> roles = new HashMap<>();
    private final Set<ProgramName> guessed = new HashSet<>();
    private final Set<String> wrongChains = new HashSet<>();
    private volatile boolean rehearsing;
    private boolean launchable;
    private boolean verified;
    private boolean swept;
    private boolean heard;
    private boolean unversionedBegun;
    private boolean begun;
    private boolean started;
    private boolean stopping;
    private VisorConfig config;
    private @Nullable VisorConfig pending;
    private @Nullable FileBudget files;
    private @Nullable CannotException refusal;
    private @Nullable ExitStatus lastExit;
    private int failureCode;

    /// How an instance ended.
    private sealed interface Outcome {
        record Ended(int exitCode) implements Outcome {}

        record Refused(CannotException why) implements Outcome {}
    }

    private Instance(
            InstancePlan plan,
            Scheduler scheduler,
            Journal journal,
            String version,
            RandomGenerator random) {
        this.plan = plan;
        this.config = plan.config();
        this.scheduler = scheduler;
        this.journal = journal;
        this.random = random;
        this.log = new EventLog(journal, scheduler.clock());
        this.clients =
                new Clients(
                        plan.environment(), new ShortCommand(table), scheduler, "visor/" + version);
        this.loop = scheduler.loop("visor");
        this.afterwards = new Afterwards(loop);
        this.words = new Words(scheduler, journal);
        this.records = scheduler.loop("records");
        this.ended = scheduler.wakeup();
        this.versions = new ActiveVersions(plan.bin());
        this.runRecords = new RunRecords(plan.folder().run().resolve("services"));
        this.marks = realPath(plan.home()) + "/" + plan.name() + "/";
        this.health =
                new HealthChecks(scheduler, loop, new ShortCommand(table), "visor/" + version);
        ProcessBackend backend =
                new ProcessBackend(launcher, plan.environment(), versions, marks, this::input);
        this.supervisor =
                new Supervisor(
                        loop,
                        scheduler.clock(),
                        backend,
                        (spec, listener) ->
                                health.monitor(
                                        spec.health(),
                                        spec.workingDirectory(),
                                        backend.environment(spec),
                                        spec.process(),
                                        listener),
                        random::nextLong);
        this.metrics = plan.probes() == null ? null : new Metrics(version);
        this.supervisor.listen(this::tell);
        this.upgrader = new Upgrader(loop, scheduler, supervisor, versions, this::tell);
        this.wanted =
                plan.mode() == InstancePlan.Mode.START
                        ? WantedServices.in(
                                plan.folder().wanted(),
                                scheduler,
                                loop,
                                problem -> words.say(() -> journal.warn("control", problem)))
                        : WantedServices.forgetful(scheduler, loop);
        this.control =
                new Control(
                        plan.folder().root(),
                        new Controlled(version),
                        wanted,
                        scheduler,
                        loop,
                        problem -> words.say(() -> journal.warn("control", problem)));
        this.supervisor.listen(control::on);
        this.supervisor.listen(this::onService);
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
        return run(plan, scheduler, journal, version, new SplittableRandom());
    }

    static int run(
            InstancePlan plan,
            Scheduler scheduler,
            Journal journal,
            String version,
            RandomGenerator random)
            throws InterruptedException {
        try (InstanceLock unused =
                InstanceLock.acquire(
                        plan.home(), plan.folder(), plan.command(), scheduler.clock())) {
            return new Instance(plan, scheduler, journal, version, random).run();
        }
    }

    private int run() throws InterruptedException {
        for (Signal signal : List.of(Signal.TERM, Signal.INT, Signal.HUP)) {
            SignalHandlers.on(signal, () -> loop.execute(() -> onSignal(signal)));
        }
        try (Clients unused = clients;
                HealthChecks unusedChecks = health;
                VersionAuthority authority = clients.authority(plan.config().chain(), random);
                Loop unusedLoop = loop) {
            addPrograms();
            loop.execute(() ->
                    plan.services().forEach(spec -> supervisor.add(spec, wanted.of(spec.name()))));
            ProbeServer probes =
                    plan.probes() == null
                            ? null
                            : ProbeServer.start(
                                    plan.probes(),
                                    scheduler,
                                    view(),
                                    Objects.requireNonNull(metrics));
            startUp("launcher", this::prepareLauncher);
            startUp("verify", this::verifyActive);
            startUp("sweep", this::sweep);
            scheduler.start(
                    "chain", () -> authority.follow(event -> loop.execute(() -> onChain(event))));
            loop.schedule(CHAIN_PATIENCE, this::stopWaitingForChain);
            loop.schedule(CONTROL_PATIENCE, control::open);
            try {
                return await();
            } finally {
                control.close();
                endRehearsal();
                if (!launcher.finishOutput(LAST_WORDS)) {
                    words.say(() ->
                            journal.warn(
                                    "service",
                                    "the last output of services was not taken within "
                                            + Durations.format(LAST_WORDS)
                                            + " and is lost"));
                }
                words.finish(LAST_WORDS);
                if (probes != null) {
                    probes.close();
                }
            }
        }
    }

    /// Does what must be done before anything is started; if it fails, so does the instance.
    private void startUp(String name, Task.Body body) {
        scheduler.start(
                name,
                () -> {
                    try {
                        body.run();
                    } catch (VisorException e) {
                        loop.execute(() -> refuse(CannotException.now("start", e.why())));
                    } catch (RuntimeException e) {
                        journal.bug(name, e);
                        loop.execute(() -> refuse(CannotException.now("start", name + ": " + e)));
                    }
                });
    }

    /// What is told is put into words on a thread of its own: between the end of one process and
    /// the start of the next, nothing is worth waiting for.
    private void tell(ServiceSpec spec, ServiceNotice notice) {
        afterwards.add(() -> {
            records.execute(() -> record(spec, notice));
            words.say(() -> {
                log.on(spec, notice);
                if (metrics != null) {
                    metrics.on(spec, notice);
                }
            });
        });
    }

    /// What the loop has to say; later, in the order in which it is told.
    private void say(Runnable speech) {
        afterwards.add(() -> words.say(speech));
    }

    private void tell(ProgramName program, UpgradeNotice notice) {
        if (pending != null) {
            loop.execute(this::reloadIfDue);
        }
        control.on(program, notice);
        say(() -> {
            log.on(program, notice);
            if (metrics != null) {
                metrics.on(program, notice);
            }
        });
    }

    private void tell(ReleaseEvent event) {
        words.say(() -> {
            log.on(event);
            if (metrics != null) {
                metrics.on(event);
            }
        });
    }

    private void tell(ChainEvent event) {
        say(() -> {
            log.on(event);
            if (metrics != null) {
                metrics.on(event);
            }
        });
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

    private void addPrograms() {
        try {
            plan.config().programs().values().forEach(this::addProgram);
        } catch (ReleaseException e) {
            throw HomeFailures.unwritable("start", e.why());
        }
    }

    private void addProgram(ProgramSpec program) {
        VersionStore store = Clients.store(plan.home(), program);
        Stager stager = clients.stager(program, store, this::tell);
        stagers.put(program.name(), stager);
        roles.put(program.name(), role(program));
        Optional<Version> homes =
                new ActiveLink(store, plan.home().bin(), program.binary()).active();
        Optional<Version> fallback =
                plan.mode() == InstancePlan.Mode.START
                        ? Optional.empty()
                        : homes.or(() -> highest(store));
        ActiveLink own = new ActiveLink(store, plan.bin(), program.binary());
        if (own.active().isEmpty() && homes.isEmpty()) {
            guessed.add(program.name());
        }
        versions.add(store, own, fallback);
        if (metrics != null) {
            versions.active(program.name())
                    .ifPresent(version -> metrics.setActive(program.name().text(), version));
        }
        loop.execute(() -> upgrader.add(program, store, stager, new Chance(random.nextLong())));
    }

    /// A version that was chosen because it is here, and not because it ran here, is not run where
    /// the network has told that it is too new.
    private void reconsider(ProgramName name) {
        Program program = upgrader.program(name);
        Requirement requirement = program.requirement();
        Version active = program.active();
        if (requirement != null && active != null && requirement.target().isBelow(active)) {
            upgrader.distrust(name);
        }
    }

    private static Optional<Version> highest(VersionStore store) {
        List<Version> local = store.local();
        return local.isEmpty() ? Optional.empty() : Optional.of(local.getLast());
    }

    private Role role(ProgramSpec program) {
        if (program.role() != null) {
            return program.role();
        }
        return plan.services().stream()
                .filter(service -> program.name().equals(service.program()))
                .map(service -> Role.ofCommand(service.command()))
                .reduce(Role::and)
                .orElse(Role.BOTH);
    }

    /// Links the system calls that children are started with, so that no start has to wait for it.
    /// Runs in a task.
    private void prepareLauncher() {
        Launchers.Choice choice = Launchers.choose(scheduler, loop, table, logTrouble());
        launcher.set(choice.launcher());
        if (choice.whyNotNative().isEmpty()) {
            reserveFiles(choice.files(), plan.services().size());
            journal.debug("service", "children are started by " + choice.how());
        } else {
            journal.warn(
                    "service",
                    "children are started by " + choice.how() + ": " + choice.whyNotNative());
        }
        loop.execute(() -> {
            files = choice.files();
            launchable = true;
            beginIfDue();
        });
    }

    private void reserveFiles(FileBudget budget, int services) {
        budget.reserve(services).ifPresent(why -> words.say(() -> journal.warn("service", why)));
    }

    /// Told on a thread that carries output, so that the words are left to another one.
    private LogListener logTrouble() {
        return new LogListener() {
            @Override
            public void onFailed(Path file, String why) {
                words.say(() -> log.onLogFailed(file, why));
            }

            @Override
            public void onRecovered(Path file, long lost) {
                words.say(() -> log.onLogRecovered(file, lost));
            }

            @Override
            public void onStuck(String service, long leader, Duration since) {
                words.say(() ->
                        journal.error(
                                "service",
                                "what "
                                        + service
                                        + " (pid "
                                        + leader
                                        + ") has left does not end by SIGKILL for "
                                        + Durations.format(since)
                                        + "; it is not started again before that is gone"));
            }

            @Override
            public void onNotRotated(Path file, String why) {
                words.say(() -> log.onLogNotRotated(file, why));
            }
        };
    }

    /// Makes the first upgrade as fast as the later ones. Runs in a task.
    private void rehearse() throws InterruptedException {
        rehearsing = true;
        try {
            new Rehearsal(
                            plan.folder().run().resolve("rehearsal"),
                            loop,
                            scheduler,
                            launcher,
                            plan.environment(),
                            marks + REHEARSAL)
                    .run();
            rehearsing = false;
        } catch (IOException e) {
            journal.debug("upgrade", "cannot rehearse: " + e.getMessage());
        }
    }

    /// A stop in the middle of the rehearsal leaves nothing of it.
    private void endRehearsal() {
        if (rehearsing) {
            Marks.find(marks + REHEARSAL)
                    .keySet()
                    .forEach(pid -> ProcessSignals.send(pid, Signal.KILL));
        }
    }

    /// Looks at the active binaries before anything is started, so that no start has to wait for
    /// it. Runs in a task.
    private void verifyActive() throws InterruptedException {
        List<ProgramName> broken = new ArrayList<>();
        for (Map.Entry<ProgramName, Stager> entry : stagers.entrySet()) {
            Optional<Version> active = versions.active(entry.getKey());
            if (active.isPresent()) {
                try {
                    Manifest unused = entry.getValue().stage(active.get(), false);
                } catch (ReleaseException e) {
                    journal.error(
                            "release",
                            "cannot run " + entry.getKey() + " " + active.get() + ": " + e.why());
                    broken.add(entry.getKey());
                }
            }
        }
        loop.execute(() -> {
            broken.forEach(upgrader::distrust);
            verified = true;
            beginIfDue();
        });
    }

    /// Ends what an earlier visor of this instance has left. Runs in a task.
    private void sweep() throws InterruptedException {
        Map<String, StopPolicy> policies = new HashMap<>();
        plan.services().forEach(spec -> policies.put(spec.name().text(), spec.stop()));
        new Leftovers(
                        marks,
                        runRecords,
                        service -> policies.getOrDefault(service, StopPolicy.DEFAULT),
                        scheduler.clock(),
                        new Leftovers.Listener() {
                            @Override
                            public void onFound(String service, Set<Long> pids) {
                                journal.warn(
                                        "service",
                                        service
                                                + " was left running by a visor that is gone (pid "
                                                + pids(pids)
                                                + "); ending it first");
                            }

                            @Override
                            public void onStuck(String service, Set<Long> pids, Duration since) {
                                journal.error(
                                        "service",
                                        service
                                                + " (pid "
                                                + pids(pids)
                                                + ") does not end by SIGKILL for "
                                                + Durations.format(since)
                                                + "; nothing is started before it is gone");
                            }
                        })
                .end();
        loop.execute(() -> {
            swept = true;
            beginIfDue();
        });
    }

    private static String pids(Set<Long> pids) {
        return String.join(", ", pids.stream().map(String::valueOf).toList());
    }

    /// The home as the kernel names it: it must be the same whichever way visor was told of it.
    private static String realPath(Home home) {
        try {
            return home.root().toRealPath().toString();
        } catch (IOException e) {
            throw HomeFailures.unwritable("start", home, e);
        }
    }

    /// What a service's process finds in its standard input.
    private @Nullable Secret input(ServiceSpec spec) {
        boolean isForIt =
                plan.mode() == InstancePlan.Mode.WRAP || Lavap.NAME.equals(spec.program());
        return isForIt ? plan.keyring() : null;
    }

    /// Writes down which process a service has. No start waits for it.
    private void record(ServiceSpec spec, ServiceNotice notice) {
        try {
            switch (notice) {
                case ServiceNotice.Started(long pid, var _) ->
                        runRecords.put(spec.name().text(), pid);
                case ServiceNotice.Ended _ -> runRecords.remove(spec.name().text());
                default -> {}
            }
        } catch (IOException e) {
            journal.debug("service", "cannot write down " + spec.name() + ": " + e.getMessage());
        }
    }

    private void onChain(ChainEvent event) {
        tell(event);
        control.on(event);
        switch (event) {
            case ChainEvent.Observed(Observation observation) -> {
                roles.forEach((program, role) ->
                        upgrader.require(program, Requirement.of(observation, role)));
                heard = true;
                beginIfDue();
            }
            case ChainEvent.EndpointFailed(String endpoint, ChainException failure, Duration _) -> {
                if (!begun && failure.kind() == ChainException.Kind.WRONG_CHAIN) {
                    refuseWrongChain(endpoint, failure);
                }
            }
            case ChainEvent.Following _ -> {}
        }
    }

    private void refuseWrongChain(String endpoint, ChainException failure) {
        wrongChains.add(endpoint);
        if (wrongChains.size() == plan.config().chain().endpoints().size()) {
            refuse(
                    CannotException.untilChanged(
                            "follow the chain", failure.why() + "; correct --chain-id or --node"));
        }
    }

    /// Gives up, as soon as nothing runs that was started before that was known.
    private void refuse(CannotException why) {
        if (!stopping) {
            refusal = why;
            end();
        }
    }

    private void stopWaitingForChain() {
        if (!heard && !begun) {
            say(() ->
                    journal.warn(
                            "chain",
                            "the chain has not answered within 5s; going on with what is"
                                    + " installed, and asking on"));
            heard = true;
            beginIfDue();
        }
    }

    /// Starts what may be started. Services without a program need neither the chain nor a binary.
    private void beginIfDue() {
        if (stopping || !launchable || !swept) {
            return;
        }
        if (!unversionedBegun) {
            unversionedBegun = true;
            supervisor.startUnversioned();
            reloadIfDue();
            control.open();
        }
        if (!begun && verified && heard) {
            begun = true;
            guessed.forEach(this::reconsider);
            upgrader.begin();
            scheduler.start("rehearsal", this::rehearse);
        }
    }

    private void onService(ServiceSpec spec, ServiceNotice notice) {
        switch (notice) {
            case ServiceNotice.Started _, ServiceNotice.Ready _ ->
                    started = started || supervisor.isReady();
            case ServiceNotice.Ended endedNotice -> lastExit = endedNotice.status();
            case ServiceNotice.GaveUp(String why, @Nullable ExitStatus status) -> {
                if (plan.mode() == InstancePlan.Mode.WRAP) {
                    failureCode = 1;
                    lastExit = status;
                    stop("giving up on " + spec.name() + ": " + why);
                }
            }
            case ServiceNotice.Asked _,
                    ServiceNotice.Killed _,
                    ServiceNotice.NotStarted _,
                    ServiceNotice.Retrying _,
                    ServiceNotice.Waiting _,
                    ServiceNotice.NotReady _,
                    ServiceNotice.Unhealthy _,
                    ServiceNotice.AtRest _ -> {}
        }
        endIfAtRest();
        reloadIfDue();
    }

    private void onSignal(Signal signal) {
        Supplier<VisorConfig> reader = plan.reread();
        if (signal == Signal.HUP && reader != null) {
            if (!stopping) {
                scheduler.start("reload", () -> reread(reader));
            }
        } else if (stopping) {
            say(() -> journal.warn("visor", signal + " received again: stopping without waiting"));
            supervisor.hurry();
        } else {
            stop(signal + " received");
        }
    }

    /// Reads the configuration again. Runs in a task.
    private void reread(Supplier<VisorConfig> reader) {
        VisorConfig next;
        try {
            next = reader.get();
        } catch (ConfigException e) {
            journal.error("visor", "cannot reload " + e.file() + ": " + e.why() + rest(e));
            return;
        } catch (VisorException e) {
            journal.error("visor", "cannot reload: " + e.why() + "; nothing is changed");
            return;
        }
        loop.execute(() -> {
            pending = next;
            if (upgrader.isSwitching()) {
                say(() ->
                        journal.info(
                                "visor",
                                "the configuration is reloaded when the upgrade has ended"));
            }
            reloadIfDue();
        });
    }

    private static String rest(ConfigException e) {
        StringBuilder text = new StringBuilder("; nothing is changed");
        e.problems().forEach(problem -> text.append("\n  ").append(problem));
        return text.toString();
    }

    /// Goes over to a configuration that was read again; not in the middle of a switch.
    private void reloadIfDue() {
        VisorConfig next = pending;
        if (next == null || !unversionedBegun || stopping || upgrader.isSwitching()) {
            return;
        }
        pending = null;
        Optional<ServiceSpec> stranger =
                next.services().stream()
                        .filter(spec ->
                                spec.program() != null
                                        && !config.programs().containsKey(spec.program()))
                        .findFirst();
        if (stranger.isPresent()) {
            say(() ->
                    journal.error(
                            "visor",
                            "cannot reload: "
                                    + stranger.get().name()
                                    + " follows "
                                    + stranger.get().program()
                                    + ", which this visor was not started with; nothing is"
                                    + " changed, restart visor"));
            return;
        }
        if (!next.chain().equals(config.chain()) || !next.programs().equals(config.programs())) {
            say(() ->
                    journal.warn(
                            "visor",
                            "chain and programs of the configuration have changed: that takes a"
                                    + " restart of visor"));
        }
        config = new VisorConfig(config.chain(), config.programs(), next.services(), List.of());
        if (files != null) {
            reserveFiles(files, next.services().size());
        }
        supervisor.reload(next.services(), wanted::of, this::waitsForUpgrade);
        say(() ->
                journal.info("visor", "configuration reloaded: " + count(next.services().size())));
    }

    private static String count(int services) {
        return services == 1 ? "1 service" : services + " services";
    }

    /// Whether a service cannot run its program's binary yet.
    private boolean waitsForUpgrade(ServiceSpec spec) {
        return spec.program() != null
                && (!begun
                        || versions.active(spec.program()).isEmpty()
                        || upgrader.isBetweenVersions(spec.program()));
    }

    private void stop(String why) {
        if (!stopping) {
            say(() -> journal.info("visor", "stopping: " + why));
            end();
        }
    }

    private void end() {
        stopping = true;
        upgrader.close();
        supervisor.shutdown();
        endIfAtRest();
    }

    private void endIfAtRest() {
        if (stopping && supervisor.isAtRest()) {
            outcome.compareAndSet(
                    null,
                    refusal == null ? new Outcome.Ended(exitCode()) : new Outcome.Refused(refusal));
            afterwards.add(ended::signal);
        }
    }

    /// The child's code for a wrap, as the orchestrator would have seen it without visor.
    private int exitCode() {
        if (plan.mode() == InstancePlan.Mode.START) {
            return 0;
        }
        return lastExit == null ? failureCode : lastExit.shellCode();
    }

    private ProbeServer.View view() {
        return new ProbeServer.View() {
            @Override
            public void turn(Runnable action) {
                loop.execute(action);
            }

            @Override
            public boolean isReady() {
                return begun && !stopping && supervisor.isReady();
            }

            @Override
            public boolean isStarted() {
                return started;
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
            return stopping
                    ? InstanceStatus.Phase.STOPPING
                    : begun ? InstanceStatus.Phase.RUNNING : InstanceStatus.Phase.STARTING;
        }

        @Override
        public boolean mayStart(ServiceSpec spec) {
            return spec.program() == null ? unversionedBegun : begun;
        }

        @Override
        public Supervisor supervisor() {
            return supervisor;
        }

        @Override
        public Program program(ProgramName name) {
            return upgrader.program(name);
        }
    }
}
