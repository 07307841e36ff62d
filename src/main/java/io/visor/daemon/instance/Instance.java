package io.visor.daemon.instance;

import io.visor.chain.ChainEvent;
import io.visor.chain.ChainException;
import io.visor.chain.VersionAuthority;
import io.visor.daemon.instance.InstanceListener.Level;
import io.visor.model.CannotException;
import io.visor.model.ExitStatus;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.StopPolicy;
import io.visor.model.VisorException;
import io.visor.service.Service.Wanted;
import io.visor.service.ServiceNotice;
import io.visor.service.ServiceTable;
import io.visor.service.Supervisor;
import io.visor.service.WantedServices;
import io.visor.store.DatabaseException;
import io.visor.store.Recorder;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.upgrade.ActiveVersions;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.Upgrader;
import io.visor.upgrade.record.History;
import io.visor.upgrade.record.UpgradeRecords;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One visor on a home, from start to end, whatever it runs on. What happens to its services and
/// programs happens on one loop; the fields that are not final belong to it, and so does every
/// method but [#start].
public final class Instance {

    /// How long the chain is waited for before the active binary is run without it.
    private static final Duration CHAIN_PATIENCE = Duration.ofSeconds(5);

    private final InstancePlan plan;
    private final Scheduler scheduler;
    private final Loop loop;
    private final Surroundings surroundings;
    private final InstanceListener listener;
    private final Consumer<Outcome> ended;
    private final Loop records;
    private final Afterwards afterwards;
    private final Recorder recorder;
    private final ActiveVersions versions;
    private final Supervisor supervisor;
    private final Upgrader upgrader;
    private final Programs programs;
    private final WantedServices wanted;
    private final Remembering remembering;
    private final Reloading reloading;
    private final Set<String> wrongChains = new HashSet<>();
    private boolean launchable;
    private boolean verified;
    private boolean swept;

    /// Whether nothing is at work any more that ends what an earlier visor has left.
    private boolean sweepOver;

    private boolean hurried;
    private boolean unitsKnown;

    /// Whether something is remembered, so that services may be added.
    private boolean remembered;

    private boolean heard;
    private boolean unversionedBegun;
    private boolean begun;
    private boolean started;
    private boolean stopping;
    private boolean over;
    private @Nullable CannotException refusal;
    private @Nullable ExitStatus lastExit;
    private int failureCode;

    /// How an instance ended.
    public sealed interface Outcome {

        /// It was asked to end, or gave up.
        ///
        /// @param exitCode of the process
        record Ended(int exitCode) implements Outcome {}

        /// It could not go on.
        ///
        /// @param why in words
        record Refused(CannotException why) implements Outcome {}
    }

    /// Puts an instance together; nothing happens yet.
    ///
    /// @param ended told once how it ended, on the loop, when nothing of it runs any more
    public Instance(
            InstancePlan plan,
            Scheduler scheduler,
            Loop loop,
            Surroundings surroundings,
            InstanceListener listener,
            Consumer<Outcome> ended) {
        this.plan = plan;
        this.scheduler = scheduler;
        this.loop = loop;
        this.surroundings = surroundings;
        this.listener = listener;
        this.ended = ended;
        this.records = scheduler.loop("records");
        this.afterwards = new Afterwards(loop);
        this.recorder = new Recorder(records, loop, surroundings.database(), new Trouble());
        this.versions = new ActiveVersions(plan.bin());
        this.supervisor =
                new Supervisor(
                        loop,
                        scheduler.clock(),
                        surroundings.backend(versions),
                        surroundings.monitors(),
                        surroundings.faults(),
                        surroundings::random);
        this.supervisor.listen(this::tell);
        UpgradeRecords upgradeRecords = new UpgradeRecords(recorder, plan.name().text());
        History history = new History(upgradeRecords, scheduler.clock());
        this.upgrader =
                new Upgrader(
                        loop,
                        scheduler,
                        supervisor,
                        versions,
                        upgradeRecords,
                        surroundings.faults(),
                        plan.home() + "/" + plan.name(),
                        (program, notice) -> {
                            history.on(program, notice);
                            tell(program, notice);
                        });
        this.programs =
                new Programs(
                        plan,
                        surroundings,
                        versions,
                        upgrader,
                        event -> {
                            history.on(event);
                            listener.on(event);
                        });
        ServiceTable table = new ServiceTable(plan.name().text());
        this.wanted =
                new WantedServices(
                        plan.mode() == InstancePlan.Mode.START ? recorder : null,
                        table,
                        scheduler.clock());
        this.remembering =
                new Remembering(
                        scheduler,
                        loop,
                        recorder,
                        table,
                        upgrader,
                        wanted,
                        supervisor,
                        listener,
                        new Rememberer());
        this.reloading = new Reloading(plan, scheduler, loop, this, listener);
    }

    /// Has listeners told of services besides the instance's own; before [#start].
    public void listen(io.visor.service.ServiceListener more) {
        supervisor.listen(more);
    }

    /// Begins. What is done before the first service starts is done at the same time.
    ///
    /// @throws CannotException if the home does not allow it
    public void start() {
        supervisor.listen(this::onService);
        programs.read(listener);
        loop.execute(programs::add);
        loop.execute(remembering::begin);
        startUp("launcher", this::prepare);
        startUp("verify", this::verify);
        startUp("sweep", this::sweep);
        startUp("units", this::lookAtUnits);
        VersionAuthority authority = surroundings.authority();
        scheduler.start(
                "chain", () -> authority.follow(event -> loop.execute(() -> onChain(event))));
        loop.schedule(CHAIN_PATIENCE, this::stopWaitingForChain);
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
                        scheduler.failed(name, e);
                        loop.execute(() -> refuse(CannotException.now("start", name + ": " + e)));
                    }
                });
    }

    private void prepare() throws InterruptedException {
        surroundings.prepare();
        loop.execute(() -> {
            surroundings.reserve(plan.services().size());
            launchable = true;
            beginIfDue();
        });
    }

    private void verify() throws InterruptedException {
        List<ProgramName> broken = programs.verify(listener);
        loop.execute(() -> {
            broken.forEach(upgrader::distrust);
            verified = true;
            beginIfDue();
        });
    }

    private void sweep() throws InterruptedException {
        Map<String, StopPolicy> policies = new HashMap<>();
        plan.services().forEach(spec -> policies.put(spec.name().text(), spec.stop()));
        try {
            surroundings.sweep(service -> policies.getOrDefault(service, StopPolicy.DEFAULT));
        } catch (RuntimeException e) {
            loop.execute(() -> sweepOver = true);
            throw e;
        }
        loop.execute(() -> {
            swept = true;
            sweepOver = true;
            beginIfDue();
            endIfAtRest();
        });
    }

    /// Finds out where the units stand before anything is done with them.
    private void lookAtUnits() throws InterruptedException {
        List<ServiceSpec> units =
                plan.services().stream().filter(spec -> spec.unit() != null).toList();
        if (!units.isEmpty()) {
            surroundings.lookAtUnits(units);
        }
        loop.execute(() -> {
            unitsKnown = true;
            beginIfDue();
        });
    }

    /// Goes on with what is remembered.
    private final class Rememberer implements Remembering.Owner {

        @Override
        public void onKnown() {
            plan.services().forEach(spec -> supervisor.add(spec, wanted.of(spec.name())));
            remembered = true;
            beginIfDue();
        }

        @Override
        public void onComplete() {
            if (begun && !stopping) {
                upgrader.begin();
            }
            beginIfDue();
        }

        @Override
        public void onNewer(DatabaseException why) {
            refuse(
                    CannotException.untilChanged(
                            "read " + plan.home().database(),
                            why.why() + "; use that visor, or --directory"));
        }

        @Override
        public void onFoundRunning(ServiceName name) {
            noteStartByHand(name);
        }
    }

    private void tell(ServiceSpec spec, ServiceNotice notice) {
        afterwards.add(() -> records.execute(() -> surroundings.note(spec, notice)));
        listener.on(spec, notice);
    }

    private void tell(ProgramName program, UpgradeNotice notice) {
        reloading.lookSoon();
        listener.on(program, notice);
    }

    private void onChain(ChainEvent event) {
        listener.on(event);
        switch (event) {
            case ChainEvent.Observed(Observation observation) -> {
                programs.roles()
                        .forEach((program, role) ->
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
            listener.say(
                    Level.WARN,
                    "chain",
                    "the chain has not answered within 5s; going on with what is installed, and"
                            + " asking on");
            heard = true;
            beginIfDue();
        }
    }

    /// Starts what may be started. Services without a program need neither the chain nor a binary.
    private void beginIfDue() {
        if (stopping || !launchable || !swept || !unitsKnown || !remembered) {
            return;
        }
        if (!unversionedBegun) {
            unversionedBegun = true;
            supervisor.adopt();
            remembering.onAdopted();
            supervisor.startUnversioned();
            reloading.look();
        }
        if (!begun && verified && heard && !remembering.isTakingIn()) {
            begun = true;
            programs.reconsider();
            upgrader.begin();
            scheduler.start("rehearsal", surroundings::rehearse);
        }
    }

    private void onService(ServiceSpec spec, ServiceNotice notice) {
        switch (notice) {
            case ServiceNotice.Started _ -> {
                started = started || supervisor.isReady();
                if (spec.unit() != null) {
                    noteStartByHand(spec.name());
                }
            }
            case ServiceNotice.Ready _ -> started = started || supervisor.isReady();
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
                    ServiceNotice.UnitAsked _,
                    ServiceNotice.LeftAlone _,
                    ServiceNotice.Unfit _,
                    ServiceNotice.NotStarted _,
                    ServiceNotice.Retrying _,
                    ServiceNotice.Waiting _,
                    ServiceNotice.NotReady _,
                    ServiceNotice.Unhealthy _,
                    ServiceNotice.AtRest _ -> {}
        }
        endIfAtRest();
        reloading.look();
    }

    /// Whoever starts a unit by hand that visor was told to stop wants it up, also after the next
    /// boot.
    private void noteStartByHand(ServiceName name) {
        if (wanted.of(name) == Wanted.DOWN && supervisor.isWanted(name)) {
            wanted.set(
                    name,
                    Wanted.UP,
                    problem ->
                            problem.ifPresent(why ->
                                    listener.say(
                                            Level.WARN,
                                            "store",
                                            "cannot write down that "
                                                    + name
                                                    + " is wanted up: "
                                                    + why
                                                    + "; after the next start of visor it may be"
                                                    + " stopped again")));
        }
    }

    /// Somebody asks it to end. The first time services get their grace; after that they get none.
    ///
    /// @param why in words
    public void stopOrHurry(String why) {
        if (stopping) {
            listener.say(Level.WARN, "visor", why + " again: stopping without waiting");
            hurried = true;
            supervisor.hurry();
            endIfAtRest();
        } else {
            stop(why);
        }
    }

    /// Somebody asks it to read its configuration again.
    public void reload() {
        if (!stopping) {
            reloading.reread();
        }
    }

    /// Whether its configuration is being read again.
    public boolean isReloading() {
        return reloading.isReading();
    }

    /// Whether it can be reloaded.
    public boolean canReload() {
        return plan.reread() != null;
    }

    private void stop(String why) {
        if (!stopping) {
            listener.say(Level.INFO, "visor", "stopping: " + why);
            end();
        }
    }

    private void end() {
        stopping = true;
        remembering.end();
        upgrader.close();
        supervisor.shutdown();
        endIfAtRest();
    }

    /// Also what an earlier visor has left is at rest by then, unless that takes longer than
    /// whoever asks wants to wait.
    private void endIfAtRest() {
        if (stopping && !over && supervisor.isAtRest() && (sweepOver || hurried)) {
            over = true;
            Outcome outcome =
                    refusal == null ? new Outcome.Ended(exitCode()) : new Outcome.Refused(refusal);
            afterwards.add(() -> recorder.close(() -> loop.execute(() -> ended.accept(outcome))));
        }
    }

    /// The child's code for a wrap, as the orchestrator would have seen it without visor.
    private int exitCode() {
        if (plan.mode() == InstancePlan.Mode.START) {
            return 0;
        }
        return lastExit == null ? failureCode : lastExit.shellCode();
    }

    /// Whether services without a program may be started.
    public boolean hasBegunUnversioned() {
        return unversionedBegun;
    }

    /// Whether all services may be started.
    public boolean hasBegun() {
        return begun;
    }

    /// Whether what earlier runs have left is known, or what stands in for it: see [#hasRecalled].
    public boolean isRemembering() {
        return remembered;
    }

    /// Whether that was read from the database, and not presumed because it cannot be read.
    public boolean hasRecalled() {
        return remembering.isComplete();
    }

    /// Which of the chain's versions bind a program.
    public Role role(ProgramName name) {
        return programs.roles().getOrDefault(name, Role.BOTH);
    }

    public boolean isStopping() {
        return stopping;
    }

    /// Whether every service that is wanted up can be used.
    public boolean isReady() {
        return begun && !stopping && supervisor.isReady();
    }

    /// Whether that was so at least once.
    public boolean isStarted() {
        return started;
    }

    /// Whether a service cannot run its program's binary yet.
    boolean waitsForUpgrade(ServiceSpec spec) {
        return spec.program() != null
                && (!begun
                        || versions.active(spec.program()).isEmpty()
                        || upgrader.isBetweenVersions(spec.program()));
    }

    public Supervisor supervisor() {
        return supervisor;
    }

    public Upgrader upgrader() {
        return upgrader;
    }

    public WantedServices wanted() {
        return wanted;
    }

    public Recorder recorder() {
        return recorder;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /// Says what becomes of the database.
    private final class Trouble implements Recorder.Listener {

        @Override
        public void onFailing(DatabaseException why) {
            if (why.kind() == DatabaseException.Kind.NEWER && !remembered) {
                // Nothing runs yet, and visor ends with a sentence about it.
                return;
            }
            remembering.onTold(why.why());
            listener.say(
                    Level.ERROR,
                    "store",
                    "cannot write "
                            + plan.home().database()
                            + ": "
                            + why.why()
                            + "; what runs goes on, no upgrade begins before it can be written");
        }

        @Override
        public void onRecovered() {
            listener.say(Level.INFO, "store", plan.home().database() + " is written again");
        }

        @Override
        public void onRebuilt(DatabaseException why, Optional<String> to) {
            listener.say(
                    Level.ERROR,
                    "store",
                    plan.home().database()
                            + " was damaged ("
                            + why.why()
                            + ") and is now "
                            + to.orElse("gone")
                            + "; it is built anew from what is installed and runs, the history is"
                            + " lost"
                            + (remembering.isComplete()
                                    ? ""
                                    : ", and so is what an operator has put on hold or stopped"));
            // Before that, whatever is remembered is written when it is.
            if (remembering.isKnown()) {
                upgrader.writeEverything();
                wanted.writeEverything();
            }
        }

        @Override
        public void onFault(DatabaseException why) {
            scheduler.failed("records", why);
        }
    }
}
