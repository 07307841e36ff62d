package io.visor.daemon;

import io.visor.chain.LavaChain;
import io.visor.chain.VersionAuthority;
import io.visor.model.BackupPolicy;
import io.visor.model.ChainSpec;
import io.visor.model.Home;
import io.visor.model.InstanceName;
import io.visor.model.Platform;
import io.visor.model.ProgramSpec;
import io.visor.net.Http;
import io.visor.net.Proxies;
import io.visor.os.FileLock;
import io.visor.process.CommandRunner;
import io.visor.release.HttpReleaseSource;
import io.visor.release.ReleaseEvent;
import io.visor.release.Stager;
import io.visor.release.VersionProbe;
import io.visor.release.VersionStore;
import io.visor.store.FaultPoints;
import io.visor.time.Clock;
import io.visor.time.Scheduler;
import io.visor.upgrade.backup.Backups;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// What reaches out of the machine, made the same way for every command that needs it.
public final class Clients implements AutoCloseable {

    /// A release may take long, but not stand still.
    private static final Http.Limits DOWNLOAD =
            new Http.Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ZERO);

    private final Map<String, String> environment;
    private final CommandRunner commands;
    private final Scheduler scheduler;
    private final String userAgent;
    private final Proxies proxies;
    private final Http http;
    private final Http downloads;

    /// Makes the clients; nothing is connected yet.
    ///
    /// @param environment names the proxies
    /// @param commands runs version probes
    public Clients(
            Map<String, String> environment,
            CommandRunner commands,
            Scheduler scheduler,
            String userAgent) {
        this.environment = environment;
        this.commands = commands;
        this.scheduler = scheduler;
        this.userAgent = userAgent;
        this.proxies = new Proxies(environment);
        this.http = new Http(proxies, Http.Limits.SHORT, userAgent);
        this.downloads = new Http(proxies, DOWNLOAD, userAgent);
    }

    public Http http() {
        return http;
    }

    /// The authority behind a chain's endpoints. Its owner closes it.
    public VersionAuthority authority(ChainSpec chain, RandomGenerator random) {
        return LavaChain.of(chain, http, proxies, userAgent, scheduler, random);
    }

    /// The versions of a program that are on this machine.
    public static VersionStore store(Home home, ProgramSpec program) {
        return new VersionStore(program.name(), program.binary(), home.upgrades(program.name()));
    }

    /// The copies of a program's data on this machine.
    public static Backups backups(
            Home home,
            InstanceName instance,
            ProgramSpec program,
            Clock clock,
            FaultPoints faults) {
        BackupPolicy policy = program.upgrade().backup();
        Path directory = policy == null ? null : policy.directory();
        return new Backups(
                program.name(),
                policy,
                program.upgrade().admission().minFree(),
                (directory == null ? home.backups() : directory)
                        .resolve(instance.text())
                        .resolve(program.name().text()),
                clock,
                faults);
    }

    /// What brings versions of a program to this machine.
    public Stager stager(ProgramSpec program, VersionStore store, Consumer<ReleaseEvent> listener) {
        return new Stager(
                store,
                program.release(),
                new HttpReleaseSource(http, downloads, program.release().source()),
                new Stager.Machine(
                        Platform.current(),
                        new VersionProbe(environment, commands, scheduler.clock()),
                        FileLock::tryAcquire,
                        scheduler,
                        KillSwitch.asAsked()),
                listener);
    }

    @Override
    public void close() {
        http.close();
        downloads.close();
    }
}
