package io.visor.sim.world;

import io.visor.chain.ChainEvent;
import io.visor.chain.SimNode;
import io.visor.chain.VersionAuthority;
import io.visor.daemon.instance.Instance;
import io.visor.daemon.instance.InstanceListener;
import io.visor.daemon.instance.InstancePlan;
import io.visor.daemon.instance.Surroundings;
import io.visor.model.ChainSpec;
import io.visor.model.EndpointAddress;
import io.visor.model.Environment;
import io.visor.model.Home;
import io.visor.model.InstanceName;
import io.visor.model.Platform;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.StopPolicy;
import io.visor.model.Version;
import io.visor.model.VisorConfig;
import io.visor.model.VisorException;
import io.visor.os.FileLock;
import io.visor.process.CommandRunner;
import io.visor.process.SimLauncher;
import io.visor.release.ReleaseEvent;
import io.visor.release.SimReleaseSource;
import io.visor.release.Stager;
import io.visor.release.VersionProbe;
import io.visor.release.VersionStore;
import io.visor.service.ActiveBinaries;
import io.visor.service.ProcessBackend;
import io.visor.service.ServiceBackend;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.sim.SimScheduler;
import io.visor.sim.SimScheduler.Killed;
import io.visor.sim.disk.SimFileSystem;
import io.visor.store.Database;
import io.visor.store.FaultPoints;
import io.visor.store.Recorder;
import io.visor.time.Loop;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.hook.Hooks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/// One run of visor in a world: a real instance, in surroundings that are simulated.
final class SimVisor implements Surroundings, InstanceListener {

    private final World world;
    private final SimFileSystem disk;
    private final SimScheduler.Life life;
    private final SplittableRandom random;
    private final Loop loop;
    private final InstancePlan plan;
    private final Instance instance;
    private boolean remembering;

    SimVisor(World world, SimFileSystem disk, SimScheduler.Life life) {
        this.world = world;
        this.disk = disk;
        this.life = life;
        this.random = world.random().split();
        this.loop = world.scheduler().loop("visor");
        this.plan = plan();
        this.instance =
                new Instance(
                        plan,
                        world.scheduler(),
                        loop,
                        this,
                        this,
                        outcome -> world.onEnd(this, outcome.toString()));
    }

    private InstancePlan plan() {
        Home home = new Home(disk.getPath(World.HOME));
        boolean wrap = world.scenario().wrap();
        VisorConfig config = config();
        return new InstancePlan(
                home,
                new InstanceName(wrap ? "wrap" : "start"),
                wrap ? InstancePlan.Mode.WRAP : InstancePlan.Mode.START,
                config,
                config.services(),
                "visor",
                Map.of("PATH", "/bin"),
                null,
                null,
                wrap ? null : this::reread);
    }

    private VisorConfig config() {
        Map<ProgramName, ProgramSpec> programs = new HashMap<>();
        List<ServiceSpec> services = new ArrayList<>();
        Scenario scenario = world.scenario();
        for (ProgramSpec program : scenario.programs()) {
            programs.put(program.name(), program);
            for (int i = 0; i < scenario.services(); i++) {
                services.add(service(program.name() + "-" + i, program, scenario.wrap()));
            }
        }
        if (scenario.unversioned()) {
            services.add(service("sidecar", null, false));
        }
        ChainSpec chain =
                new ChainSpec(Chain.ID, List.of(EndpointAddress.parse("tcp://node0:26657")), 0);
        return new VisorConfig(chain, programs, services);
    }

    private VisorConfig reread() {
        if (isDead()) {
            throw new Killed();
        }
        String mistake = world.mistake();
        if (mistake != null) {
            throw new Mistake(mistake);
        }
        return config();
    }

    /// What is wrong with the configuration.
    private static final class Mistake extends VisorException {
        private static final long serialVersionUID = 1;

        Mistake(String why) {
            super(why);
        }
    }

    private ServiceSpec service(
            String name, @org.jspecify.annotations.Nullable ProgramSpec program, boolean wrap) {
        return new ServiceSpec(
                new ServiceName(name),
                program == null ? null : program.name(),
                List.of(program == null ? "/bin/" + name : program.binary(), "run"),
                disk.getPath("/"),
                Environment.EMPTY,
                wrap ? RestartPolicy.POD : RestartPolicy.DEFAULT,
                program == null ? StopPolicy.DEFAULT : program.stop(),
                new ServiceSpec.PassThrough());
    }

    void start() {
        instance.start();
    }

    Instance instance() {
        return instance;
    }

    /// Whether the instance knows its programs already.
    boolean isRemembering() {
        return remembering;
    }

    void kill() {
        disk.kill();
        life.kill();
    }

    boolean isDead() {
        return life.isDead();
    }

    Loop loop() {
        return loop;
    }

    void reload() {
        loop.execute(instance::reload);
    }

    void askToEnd() {
        loop.execute(() -> instance.stopOrHurry("SIGTERM received"));
    }

    @Override
    public ServiceBackend backend(ActiveBinaries binaries) {
        return new ProcessBackend(
                new SimLauncher(world.kernel(this, life), loop),
                plan.environment(),
                binaries,
                marks(),
                _ -> null);
    }

    @Override
    public void lookAtUnits(java.util.List<io.visor.model.ServiceSpec> units) {
        throw new AssertionError("no unit runs here: " + units);
    }

    private String marks() {
        return World.HOME + "/" + plan.name() + "/";
    }

    @Override
    public Supervisor.Monitors monitors() {
        return (spec, _) -> {
            throw new AssertionError(spec.name() + " has no checks");
        };
    }

    @Override
    public VersionAuthority authority() {
        return SimNode.authority(
                plan.config().chain(), world.chain().nodes(), world.scheduler(), random);
    }

    @Override
    public VersionStore store(ProgramSpec program) {
        return new VersionStore(
                program.name(), program.binary(), plan.home().upgrades(program.name()));
    }

    @Override
    public Stager stager(ProgramSpec program, VersionStore store, Consumer<ReleaseEvent> listener) {
        return new Stager(
                store,
                program.release(),
                new SimReleaseSource(
                        world.releases().host(program.name()),
                        world.scheduler().clock(),
                        random.split(),
                        world.mutation() != Mutation.NO_PROOF),
                new Stager.Machine(
                        new Platform("linux", "amd64"),
                        new VersionProbe(Map.of(), new Commands(), world.scheduler().clock()),
                        this::tryLock,
                        world.scheduler(),
                        faults()),
                listener);
    }

    private Optional<FileLock> tryLock(Path file) {
        if (isDead()) {
            throw new Killed();
        }
        return world.locks().add(file.toString())
                ? Optional.of(() -> world.locks().remove(file.toString()))
                : Optional.empty();
    }

    @Override
    public Hooks hooks(ProgramSpec program, VersionStore store) {
        return new Hooks(
                program.name(),
                program.binary(),
                program.upgrade(),
                store::binary,
                new Hooks.Runner(
                        new Commands(),
                        world.scheduler().clock(),
                        Map.of(),
                        plan.home().root(),
                        plan.name().text()));
    }

    /// There are none.
    @Override
    public Backups backups(ProgramSpec program) {
        return new Backups(
                program.name(),
                program.upgrade().backup(),
                0,
                plan.home().backups().resolve(program.name().text()),
                world.scheduler().clock(),
                faults());
    }

    /// Version probes and hooks.
    private final class Commands implements CommandRunner {

        @Override
        public Result run(
                List<String> command,
                Map<String, String> environment,
                Path workingDirectory,
                Duration limit,
                int maxOutput)
                throws InterruptedException {
            world.scheduler().clock().sleep(Duration.ofMillis(random.nextInt(40)));
            return command.getFirst().startsWith("/opt/") ? hook() : probe(command.getFirst());
        }

        private Result hook() throws InterruptedException {
            Duration hookTime = world.hookTime();
            if (hookTime != null) {
                world.scheduler().clock().sleep(hookTime);
                return SimLauncher.result(0, "");
            }
            world.scheduler().clock().sleep(Duration.ofMillis(random.nextInt(20_000)));
            int dice = random.nextInt(20);
            int code = dice == 0 ? 1 : dice == 1 ? 21 : dice == 2 ? 31 : 0;
            return SimLauncher.result(world.isCalm() ? 0 : code, "");
        }

        private Result probe(String binary) {
            byte[] content =
                    world.observer()
                            .read(binary)
                            .orElseThrow(() -> SimLauncher.failure(binary + " is not there"));
            if (world.mutation() == Mutation.NO_PROOF) {
                String[] names = binary.split("/");
                return SimLauncher.result(0, names[names.length - 2] + "\n");
            }
            for (ProgramSpec program : world.scenario().programs()) {
                Optional<Version> version = Releases.identify(program.name(), content);
                if (version.isPresent()) {
                    return SimLauncher.result(0, version.get() + "\n");
                }
            }
            return SimLauncher.result(126, "cannot execute");
        }

        @Override
        public Result run(
                List<String> command,
                Map<String, String> environment,
                Path workingDirectory,
                io.visor.model.ProcessSpec process,
                Duration limit,
                int maxOutput) {
            throw new AssertionError("no checks are run");
        }
    }

    @Override
    public Recorder.Source database() {
        Recorder.Source source = world.database().source(() -> !isDead(), world::killVisor);
        return new Recorder.Source() {
            @Override
            public Database open() {
                return source.open();
            }

            @Override
            public Optional<String> setAside() {
                world.rules().databaseLost();
                return source.setAside();
            }
        };
    }

    @Override
    public FaultPoints faults() {
        return new FaultPoints() {
            @Override
            public void before(Object step) {
                world.pass(step, false);
            }

            @Override
            public void after(Object step) {
                world.pass(step, true);
            }
        };
    }

    @Override
    public long random() {
        return random.nextLong();
    }

    @Override
    public void prepare() throws InterruptedException {
        world.scheduler().clock().sleep(Duration.ofMillis(random.nextInt(200)));
    }

    @Override
    public void reserve(int services) {
        // There is no limit here.
    }

    @Override
    public void sweep(Function<String, StopPolicy> policies) throws InterruptedException {
        world.sweep(marks());
    }

    @Override
    public void rehearse() {
        // Nothing is slow the first time here.
    }

    @Override
    public void note(ServiceSpec spec, ServiceNotice notice) {
        if (isDead()) {
            throw new Killed();
        }
    }

    @Override
    public void on(ServiceSpec spec, ServiceNotice notice) {
        world.note(spec.name(), notice);
    }

    @Override
    public void on(ProgramName program, UpgradeNotice notice) {
        remembering = true;
        world.onNotice(program, notice);
    }

    @Override
    public void on(ReleaseEvent event) {
        if (!(event instanceof ReleaseEvent.Progress)) {
            world.note(event);
        }
    }

    @Override
    public void on(ChainEvent event) {
        remembering = true;
        if (!(event instanceof ChainEvent.Observed)) {
            world.note(event);
        }
    }

    @Override
    public void onActive(ProgramName program, Version version) {
        world.note(program, version, "is active");
    }

    @Override
    public void say(Level level, String subject, String text) {
        world.note(level, subject + ":", text);
    }
}
