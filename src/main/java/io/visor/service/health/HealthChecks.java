package io.visor.service.health;

import io.visor.model.HealthSpec;
import io.visor.model.ProcessSpec;
import io.visor.net.Http;
import io.visor.net.Proxies;
import io.visor.process.CommandRunner;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What the health checks of all services of an instance share: the threads that ask, and the HTTP
/// client. Neither is there before a service with checks needs it.
public final class HealthChecks implements AutoCloseable {

    /// Every question brings its own limit.
    private static final Http.Limits NONE =
            new Http.Limits(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final Scheduler scheduler;
    private final Loop loop;
    private final CommandRunner commands;
    private final String userAgent;
    private final ProbeWorkers workers;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Http client;

    /// Makes it; nothing is started yet.
    ///
    /// @param loop where monitors are called and listeners are told
    /// @param commands runs `exec` checks
    public HealthChecks(Scheduler scheduler, Loop loop, CommandRunner commands, String userAgent) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.commands = commands;
        this.userAgent = userAgent;
        this.workers = new ProbeWorkers(scheduler);
    }

    /// A monitor for one process that is about to start.
    ///
    /// @param workingDirectory where `exec` checks run
    /// @param environment the whole environment of `exec` checks
    /// @param process whose user, limits and the rest `exec` checks have
    /// @param listener told on the loop
    public HealthMonitor monitor(
            HealthSpec spec,
            Path workingDirectory,
            Map<String, String> environment,
            ProcessSpec process,
            HealthMonitor.Listener listener) {
        return new HealthMonitor(
                spec,
                probe -> prober(probe, workingDirectory, environment, process),
                loop,
                scheduler.clock(),
                workers,
                listener);
    }

    private Prober prober(
            HealthSpec.Probe probe,
            Path workingDirectory,
            Map<String, String> environment,
            ProcessSpec process) {
        return switch (probe) {
            case HealthSpec.Http http -> new HttpProber(http, this::client, scheduler.clock());
            case HealthSpec.Tcp tcp -> new TcpProber(tcp);
            case HealthSpec.Grpc grpc -> new GrpcProber(grpc, userAgent);
            case HealthSpec.Exec exec ->
                    new ExecProber(exec, commands, workingDirectory, environment, process);
            case HealthSpec.Log _ -> throw new IllegalArgumentException("a log is not asked");
        };
    }

    /// How many threads there are now, at most 8.
    int threads() {
        return workers.count();
    }

    private Http client() {
        lock.lock();
        try {
            Http made = client;
            if (made == null) {
                // No proxy: what is checked is near, and a proxy's answer says nothing of it.
                made = new Http(new Proxies(Map.of()), NONE, userAgent);
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        workers.close();
        lock.lock();
        try {
            if (client != null) {
                client.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
