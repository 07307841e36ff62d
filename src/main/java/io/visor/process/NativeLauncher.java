package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.model.Signal;
import io.visor.os.ChildWatch;
import io.visor.os.Orphans;
import io.visor.os.OsException;
import io.visor.os.Poller;
import io.visor.os.SignalHandlers;
import io.visor.os.Spawner;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Starts children with posix_spawn and watches them through pidfds. A loop waits for the end of
/// any number of children, reaps them and orphans, and is told of the ends without a hand-over from
/// another thread; threads of the launcher's own carry output.
public final class NativeLauncher implements ProcessLauncher, AutoCloseable {

    /// How long a group that was killed may take to be gone before it is looked at again.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    /// How long a child that has ended and cannot be reaped is left alone.
    private static final Duration REAP_AGAIN = Duration.ofSeconds(1);

    /// How long the end of a child that is given up is waited for.
    private static final Duration DISCARD_LIMIT = Duration.ofSeconds(1);

    /// A file that is being written cannot be executed; whoever forked meanwhile holds it for a
    /// moment.
    private static final int BUSY_ATTEMPTS = 40;

    private static final Duration BUSY_PAUSE = Duration.ofMillis(5);

    private final Scheduler scheduler;
    private final Loop loop;
    private final ChildTable table;
    private final ExecChain chain;
    private final Spawner spawner = new Spawner();
    private final Poller exits;
    private final LogListener logs;
    private final LongFunction<ChildWatch> watches;
    private final Outputs outputs;
    private final PipeStock pipes;
    private final OrphanReaper orphans;
    private volatile boolean adopting;

    /// Makes a launcher.
    ///
    /// @param loop waits for the ends of children from now on, and is where they are told
    /// @param table where every child of this process is written down
    /// @param chain what stands before commands
    /// @param logs told when a log suffers, or what a child left behind does not end
    /// @throws OsException if this machine does not have what it needs
    public NativeLauncher(
            Scheduler scheduler, Loop loop, ChildTable table, ExecChain chain, LogListener logs) {
        this(scheduler, loop, table, chain, logs, ChildWatch::open);
    }

    NativeLauncher(
            Scheduler scheduler,
            Loop loop,
            ChildTable table,
            ExecChain chain,
            LogListener logs,
            LongFunction<ChildWatch> watches) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.table = table;
        this.chain = chain;
        this.logs = logs;
        this.watches = watches;
        ChildWatch.open(ProcessHandle.current().pid()).close();
        this.exits = new Poller(failure -> scheduler.failed("exits", failure));
        this.outputs = new Outputs(scheduler, logs);
        this.pipes = new PipeStock(loop, table::size);
        this.orphans = new OrphanReaper(scheduler, table);
        loop.waitIn(exits);
    }

    /// From now on orphans come to this process, and are reaped.
    ///
    /// @throws OsException if the kernel cannot
    public void adoptOrphans() {
        Orphans.adopt();
        adopting = true;
        SignalHandlers.resetChild();
        scheduler.start("orphans", orphans::run);
    }

    @Override
    public Plan plan(Launch launch) {
        String program =
                Executables.find(
                        launch.command().getFirst(),
                        launch.environment(),
                        launch.workingDirectory());
        ExecChain.Linked linked = chain.link(program, launch);
        Spawner.Plan plan =
                new Spawner.Plan(
                        linked.program(),
                        linked.arguments(),
                        linked.environment(),
                        launch.workingDirectory());
        String mark = launch.environment().getOrDefault(Marks.VARIABLE, "");
        return (onExit, watcher) ->
                chain.isCurrent(linked)
                        ? start(plan, launch, mark, onExit, watcher)
                        : plan(launch).start(onExit, watcher);
    }

    private Child start(
            Spawner.Plan plan,
            Launch launch,
            String mark,
            ExitListener onExit,
            @Nullable LineWatcher watcher) {
        Streams streams = new Streams(launch, outputs, pipes, watcher);
        boolean started = false;
        try {
            NativeChild child = spawn(plan, launch, mark, onExit, streams);
            try {
                child.watch();
                streams.childHasThem();
                started = true;
                orphans.childStarted();
            } finally {
                if (!started) {
                    child.discard();
                }
            }
            return child;
        } finally {
            if (!started) {
                streams.close();
            }
        }
    }

    private NativeChild spawn(
            Spawner.Plan plan, Launch launch, String mark, ExitListener onExit, Streams streams) {
        table.lock().lock();
        try {
            long pid = spawn(plan, streams);
            NativeChild child = new NativeChild(pid, launch.service(), mark, streams, onExit);
            table.put(pid, child);
            return child;
        } catch (OsException e) {
            throw new ProcessException(
                    Executables.reason(plan.program(), plan.directory(), e.errno(), e.why()), e);
        } finally {
            table.lock().unlock();
        }
    }

    private long spawn(Spawner.Plan plan, Streams streams) {
        for (int attempt = 1; ; attempt++) {
            try {
                return spawner.spawn(plan, streams.in(), streams.out(), streams.err());
            } catch (OsException e) {
                if (!e.isBusy() || attempt == BUSY_ATTEMPTS) {
                    throw e;
                }
                pause(BUSY_PAUSE);
            }
        }
    }

    private void pause(Duration time) {
        try {
            scheduler.clock().sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean finishOutput(Duration limit) throws InterruptedException {
        return outputs.finish(limit);
    }

    @Override
    public void close() {
        outputs.close();
        pipes.close();
    }

    private final class NativeChild implements Child, ChildTable.Owner {

        private final long pid;
        private final ChildGroup group;
        private final String mark;
        private final ExitListener onExit;
        private final Streams streams;
        private @Nullable ChildWatch watch;
        private long key;
        private boolean reaped;

        /// Nobody is told of its end.
        private volatile boolean discarded;

        NativeChild(long pid, String service, String mark, Streams streams, ExitListener onExit) {
            this.pid = pid;
            this.group = new ChildGroup(pid, service, scheduler.clock(), logs);
            this.mark = mark;
            this.streams = streams;
            this.onExit = onExit;
        }

        /// @throws OsException if there are too many open files
        synchronized void watch() {
            if (!reaped) {
                watch = watches.apply(pid);
                key = exits.register(watch.descriptor(), this::onReadable);
            }
        }

        /// Ends a child that cannot be watched or listened to, before another one is started. What
        /// does not end within a second is reaped later, as an orphan is.
        void discard() {
            discarded = true;
            Duration start = scheduler.clock().monotonic();
            group.signal(Signal.KILL);
            while (!onEnded() && scheduler.clock().since(start).compareTo(DISCARD_LIMIT) < 0) {
                pause(LOOK_AGAIN);
            }
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public void signal(Signal signal) {
            group.signal(signal);
        }

        @Override
        public List<String> lastLines(int most) {
            return streams.lastLines(most);
        }

        @Override
        public String tail() {
            return streams.tail();
        }

        /// The pidfd says that the child has ended. Runs on the loop.
        private void onReadable() {
            ExitStatus status;
            try {
                status = reap();
            } catch (OsException e) {
                // The pidfd would say so again and again.
                unwatch();
                scheduler.failed("exits", e);
                Timer unused = loop.schedule(REAP_AGAIN, this::onReadable);
                return;
            }
            if (status != null) {
                try {
                    onReaped(status);
                } finally {
                    // Its successor, if there is one, has been started.
                    release();
                }
            }
        }

        @Override
        public boolean onEnded() {
            ExitStatus status = reap();
            if (status != null) {
                loop.execute(() -> {
                    onReaped(status);
                    release();
                });
            }
            return isReaped();
        }

        /// @return how it ended; null if it has not, or was reaped before
        private @Nullable ExitStatus reap() {
            Optional<ExitStatus> ended;
            synchronized (this) {
                if (reaped) {
                    return null;
                }
                // Until the child is reaped the group's id is its own.
                group.leaderEnds();
                ended = Orphans.reap(pid);
                if (ended.isEmpty()) {
                    return null;
                }
                reaped = true;
            }
            table.remove(pid);
            return ended.get();
        }

        private synchronized boolean isReaped() {
            return reaped;
        }

        private synchronized void unwatch() {
            if (watch != null) {
                if (key != 0) {
                    exits.unregister(watch.descriptor(), key);
                }
                watch.close();
                watch = null;
            }
        }

        /// Gives back what was open for the child. Its output ends now; while it lived, visor has
        /// kept the pipes open itself, so that the end of a child wakens nobody but the loop.
        private void release() {
            unwatch();
            streams.childIsGone();
        }

        /// The child is gone; what it has started may not be. Runs on the loop, so what may take
        /// time is left to a task.
        private void onReaped(ExitStatus status) {
            if (group.isGone() && (!adopting || !Orphans.mayLive())) {
                tell(status);
                return;
            }
            scheduler.start(
                    "group-" + pid,
                    () -> {
                        group.end(this::strays);
                        loop.execute(() -> tell(status));
                    });
        }

        private void tell(ExitStatus status) {
            if (!discarded) {
                onExit.onExit(pid, status);
            }
        }

        /// What the child has started and that has left its group. When a parent ends, the kernel
        /// gives its children to this process before it tells of the end.
        private List<Long> strays() {
            if (!adopting || mark.isEmpty()) {
                return List.of();
            }
            return Orphans.living().stream()
                    .filter(orphan ->
                            table.owner(orphan) == null
                                    && Marks.mark(orphan).equals(Optional.of(mark)))
                    .toList();
        }
    }
}
