package io.visor.daemon;

import io.visor.chain.VersionAuthority;
import io.visor.daemon.instance.InstancePlan;
import io.visor.daemon.instance.Surroundings;
import io.visor.model.Durations;
import io.visor.model.Home;
import io.visor.model.Lavap;
import io.visor.model.ProgramSpec;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.os.ProcessSignals;
import io.visor.process.ChildTable;
import io.visor.process.FileBudget;
import io.visor.process.Launchers;
import io.visor.process.Leftovers;
import io.visor.process.LogListener;
import io.visor.process.Marks;
import io.visor.process.RunRecords;
import io.visor.process.ShortCommand;
import io.visor.release.ReleaseEvent;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.service.ActiveBinaries;
import io.visor.service.ProcessBackend;
import io.visor.service.ServiceBackend;
import io.visor.service.ServiceNotice;
import io.visor.service.ServiceTable;
import io.visor.service.Supervisor;
import io.visor.service.health.HealthChecks;
import io.visor.store.DatabaseFile;
import io.visor.store.FaultPoints;
import io.visor.store.Recorder;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.hook.Hooks;
import io.visor.upgrade.record.UpgradeSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What an instance runs on: the processes, files and network of this machine.
final class ThisMachine implements Surroundings, AutoCloseable {

    /// No service has such a name, so that its processes are told from those of services.
    private static final String REHEARSAL = ".rehearsal/";

    private final InstancePlan plan;
    private final Scheduler scheduler;
    private final Loop loop;
    private final Journal journal;
    private final EventLog log;
    private final Words words;
    private final RandomGenerator random;
    private final ChildTable table = new ChildTable();
    private final FutureLauncher launcher = new FutureLauncher();
    private final Clients clients;
    private final HealthChecks health;
    private final RunRecords runRecords;
    private final String marks;
    private final VersionAuthority authority;
    private volatile boolean rehearsing;
    private volatile @Nullable FileBudget files;
    private @Nullable ProcessBackend backend;

    ThisMachine(
            InstancePlan plan,
            Scheduler scheduler,
            Loop loop,
            Journal journal,
            EventLog log,
            Words words,
            String version,
            RandomGenerator random) {
        this.plan = plan;
        this.scheduler = scheduler;
        this.loop = loop;
        this.journal = journal;
        this.log = log;
        this.words = words;
        this.random = random;
        String userAgent = "visor/" + version;
        this.clients =
                new Clients(plan.environment(), new ShortCommand(table), scheduler, userAgent);
        this.health = new HealthChecks(scheduler, loop, new ShortCommand(table), userAgent);
        this.runRecords = new RunRecords(plan.folder().run().resolve("services"));
        this.marks = realPath(plan.home()) + "/" + plan.name() + "/";
        this.authority = clients.authority(plan.config().chain(), random);
    }

    /// The home as the kernel names it: it must be the same whichever way visor was told of it.
    private static String realPath(Home home) {
        try {
            return home.root().toRealPath().toString();
        } catch (IOException e) {
            throw HomeFailures.unwritable("start", home, e);
        }
    }

    @Override
    public ServiceBackend backend(ActiveBinaries binaries) {
        ProcessBackend made =
                new ProcessBackend(launcher, plan.environment(), binaries, marks, this::input);
        backend = made;
        return made;
    }

    /// What a service's process finds in its standard input.
    private @Nullable Secret input(ServiceSpec spec) {
        boolean isForIt =
                plan.mode() == InstancePlan.Mode.WRAP || Lavap.NAME.equals(spec.program());
        return isForIt ? plan.keyring() : null;
    }

    @Override
    public Supervisor.Monitors monitors() {
        return (spec, listener) -> {
            ProcessBackend processes = backend;
            if (processes == null) {
                throw new IllegalStateException("nothing runs the processes yet");
            }
            return health.monitor(
                    spec.health(),
                    spec.workingDirectory(),
                    processes.environment(spec),
                    spec.process(),
                    listener);
        };
    }

    @Override
    public VersionAuthority authority() {
        return authority;
    }

    @Override
    public VersionStore store(ProgramSpec program) {
        return Clients.store(plan.home(), program);
    }

    @Override
    public Stager stager(ProgramSpec program, VersionStore store, Consumer<ReleaseEvent> listener) {
        return clients.stager(program, store, listener);
    }

    @Override
    public Hooks hooks(ProgramSpec program, VersionStore store) {
        return new Hooks(
                program.name(),
                program.binary(),
                program.upgrade(),
                store::binary,
                new Hooks.Runner(
                        new ShortCommand(table),
                        scheduler.clock(),
                        hookEnvironment(),
                        plan.home().root(),
                        plan.name().text()));
    }

    /// With a mark: a hook that outlives a visor that was killed must not work beside its
    /// successor, nor beside a service.
    private Map<String, String> hookEnvironment() {
        Map<String, String> marked = new HashMap<>(plan.environment());
        marked.put(Marks.VARIABLE, marks + "a hook");
        return marked;
    }

    @Override
    public Backups backups(ProgramSpec program) {
        return Clients.backups(plan.home(), plan.name(), program, scheduler.clock(), faults());
    }

    @Override
    public Recorder.Source database() {
        return new DatabaseFile(
                plan.home().database(), List.of(UpgradeSchema.SCHEMA, ServiceTable.SCHEMA));
    }

    @Override
    public FaultPoints faults() {
        return KillSwitch.asAsked();
    }

    @Override
    public long random() {
        return random.nextLong();
    }

    /// Links the system calls that children are started with, so that no start has to wait for it.
    @Override
    public void prepare() {
        Launchers.Choice choice = Launchers.choose(scheduler, loop, table, logTrouble());
        launcher.set(choice.launcher());
        files = choice.files();
        if (choice.whyNotNative().isEmpty()) {
            journal.debug("service", "children are started by " + choice.how());
        } else {
            journal.warn(
                    "service",
                    "children are started by " + choice.how() + ": " + choice.whyNotNative());
        }
    }

    @Override
    public void reserve(int services) {
        FileBudget budget = files;
        if (budget != null) {
            budget.reserve(services)
                    .ifPresent(why -> words.say(() -> journal.warn("service", why)));
        }
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

    @Override
    public void sweep(Function<String, StopPolicy> policies) throws InterruptedException {
        new Leftovers(
                        marks,
                        runRecords,
                        policies,
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
    }

    private static String pids(Set<Long> pids) {
        return String.join(", ", pids.stream().map(String::valueOf).toList());
    }

    @Override
    public void rehearse() throws InterruptedException {
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

    @Override
    public void note(ServiceSpec spec, ServiceNotice notice) {
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

    /// Carries the output that is on its way to its end; what comes later is lost.
    ///
    /// @return whether that took no longer than it may
    boolean finishOutput(Duration limit) throws InterruptedException {
        endRehearsal();
        return launcher.finishOutput(limit);
    }

    /// A stop in the middle of the rehearsal leaves nothing of it.
    private void endRehearsal() {
        if (rehearsing) {
            Marks.find(marks + REHEARSAL)
                    .keySet()
                    .forEach(pid -> ProcessSignals.send(pid, Signal.KILL));
        }
    }

    @Override
    public void close() {
        authority.close();
        health.close();
        clients.close();
    }
}
