package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.os.ChildWatch;
import io.visor.os.Descriptor;
import io.visor.os.Orphans;
import io.visor.os.OsException;
import io.visor.os.Poller;
import io.visor.os.SignalHandlers;
import io.visor.os.Spawner;
import io.visor.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Starts children with posix_spawn and watches them through pidfds. One thread waits for the end
/// of any number of children, and reaps orphans; others carry output.
public final class NativeLauncher implements ProcessLauncher, AutoCloseable {

    /// Pipes of this size keep a busy child from waiting for visor; with many children the kernel's
    /// limit for a user's pipes together would be reached.
    private static final int WIDE_PIPE_BYTES = 512 << 10;

    private static final int PIPE_BYTES = 64 << 10;
    private static final int FEW_CHILDREN = 16;

    /// What lines that have not ended may hold, of all children together.
    private static final long LINE_BYTES = 8 << 20;

    /// How long a group that was killed may take to be gone before it is looked at again.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    /// How long the end of a child that is given up is waited for.
    private static final Duration DISCARD_LIMIT = Duration.ofSeconds(1);

    /// A file that is being written cannot be executed; whoever forked meanwhile holds it for a
    /// moment.
    private static final int BUSY_ATTEMPTS = 40;

    private static final Duration BUSY_PAUSE = Duration.ofMillis(5);

    private final Scheduler scheduler;
    private final ChildTable table;
    private final ExecChain chain;
    private final Spawner spawner = new Spawner();
    private final Poller exits;
    private final LogListener logs;
    private final LongFunction<ChildWatch> watches;
    private final OutputPump outPump;
    private final OutputPump errPump;
    private final OutputPump filePump;
    private final LogFiles logFiles;
    private final LineCutter.Budget lines = new LineCutter.Budget(LINE_BYTES);
    private volatile boolean adopting;

    /// Makes a launcher.
    ///
    /// @param table where every child of this process is written down
    /// @param chain what stands before commands
    /// @param logs told when a log suffers, or what a child left behind does not end
    /// @throws OsException if this machine does not have what it needs
    public NativeLauncher(
            Scheduler scheduler, ChildTable table, ExecChain chain, LogListener logs) {
        this(scheduler, table, chain, logs, ChildWatch::open);
    }

    NativeLauncher(
            Scheduler scheduler,
            ChildTable table,
            ExecChain chain,
            LogListener logs,
            LongFunction<ChildWatch> watches) {
        this.scheduler = scheduler;
        this.table = table;
        this.chain = chain;
        this.logs = logs;
        this.watches = watches;
        this.exits = new Poller(new PollerFailures(scheduler, "exits"));
        ChildWatch.open(ProcessHandle.current().pid()).close();
        this.outPump = new OutputPump(scheduler, "stdout");
        this.errPump = new OutputPump(scheduler, "stderr");
        this.filePump = new OutputPump(scheduler, "logs");
        this.logFiles = new LogFiles(scheduler.clock(), logs);
        scheduler.start("exits", exits::run);
    }

    /// From now on orphans come to this process, and are reaped.
    ///
    /// @throws OsException if the kernel cannot
    public void adoptOrphans() {
        Orphans.adopt();
        adopting = true;
        SignalHandlers.onChild(() -> exits.execute(this::reapOrphans));
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
        Streams streams = new Streams(launch, watcher);
        boolean started = false;
        try {
            NativeChild child = spawn(plan, launch, mark, onExit, streams);
            try {
                child.watch();
                child.flows = streams.childHasThem();
                started = true;
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
            NativeChild child = new NativeChild(pid, launch.service(), mark, streams.tail, onExit);
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
                return spawner.spawn(
                        plan, streams.in, streams.out.writing(), streams.err.writing());
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

    /// Reaps every ended child that nobody else will. Runs on the exits' thread.
    private void reapOrphans() {
        table.lock().lock();
        try {
            for (OptionalLong ended = Orphans.peekEnded();
                    ended.isPresent();
                    ended = Orphans.peekEnded()) {
                ChildTable.Owner owner = table.owner(ended.getAsLong());
                if (owner == null) {
                    Optional<ExitStatus> unused = Orphans.reap(ended.getAsLong());
                } else if (!owner.onEnded()) {
                    // What stands behind it in the kernel's list cannot be seen before it is
                    // reaped.
                    scheduler.start(
                            "reap",
                            () -> {
                                scheduler.clock().sleep(LOOK_AGAIN);
                                exits.execute(this::reapOrphans);
                            });
                    return;
                }
            }
        } finally {
            table.lock().unlock();
        }
    }

    @Override
    public boolean finishOutput(Duration limit) throws InterruptedException {
        boolean finished = true;
        Duration start = scheduler.clock().monotonic();
        for (OutputPump pump : List.of(outPump, errPump, filePump)) {
            Duration left = limit.minus(scheduler.clock().since(start));
            finished &= pump.finish(left.isNegative() ? Duration.ZERO : left);
        }
        return finished;
    }

    @Override
    public void close() {
        exits.close();
        outPump.close();
        errPump.close();
        filePump.close();
    }

    /// The pipes between a child and visor.
    private final class Streams implements AutoCloseable {

        private final Launch launch;
        private final @Nullable LineWatcher watcher;
        private final Tail tail;

        /// What is to be closed if the child is not started.
        private final List<Descriptor> own = new ArrayList<>();

        private final @Nullable Descriptor in;
        private final Descriptor.Pipe out;
        private final Descriptor.Pipe err;

        Streams(Launch launch, @Nullable LineWatcher watcher) {
            this.launch = launch;
            this.watcher = watcher;
            this.tail = new Tail(launch.tailBytes());
            Secret input = launch.input();
            int bytes = table.size() < FEW_CHILDREN ? WIDE_PIPE_BYTES : PIPE_BYTES;
            try {
                this.in = input == null ? null : own(Descriptor.holding(input.reveal()));
                this.out = own(Descriptor.pipe(bytes));
                this.err = Targets.isSplit(launch.output()) ? own(Descriptor.pipe(bytes)) : out;
            } catch (OsException e) {
                own.forEach(Descriptor::close);
                throw e;
            }
        }

        private Descriptor own(Descriptor descriptor) {
            own.add(descriptor);
            return descriptor;
        }

        private Descriptor.Pipe own(Descriptor.Pipe pipe) {
            own.add(pipe.reading());
            own.add(pipe.writing());
            return pipe;
        }

        /// The child has its ends; what it writes is carried from now on.
        List<OutputPump.Flow> childHasThem() {
            closeInput();
            out.writing().close();
            err.writing().close();
            return switch (launch.output()) {
                case ServiceSpec.PassThrough() ->
                        List.of(
                                carry(outPump, out, Targets.inherited(1)),
                                carry(errPump, err, Targets.inherited(2)));
                case ServiceSpec.ToFile file ->
                        out == err
                                ? List.of(carry(filePump, out, log(file, true)))
                                : List.of(
                                        carry(filePump, out, log(file, true)),
                                        carry(filePump, err, log(file, false)));
            };
        }

        private OutputPump.Target log(ServiceSpec.ToFile file, boolean stdout) {
            return Targets.log(logFiles, lines, file, launch.service(), stdout);
        }

        private OutputPump.Flow carry(
                OutputPump pump, Descriptor.Pipe pipe, OutputPump.Target target) {
            OutputPump.Flow flow =
                    pump.carry(
                            pipe.reading(),
                            watcher == null ? target : Targets.watched(target, watcher),
                            tail);
            // The pump closes it.
            own.remove(pipe.reading());
            return flow;
        }

        private void closeInput() {
            if (in != null) {
                in.close();
            }
        }

        @Override
        public void close() {
            own.forEach(Descriptor::close);
        }
    }

    private final class NativeChild implements Child, ChildTable.Owner {

        private final long pid;
        private final ChildGroup group;
        private final String mark;
        private final ExitListener onExit;
        private final Tail tail;
        private List<OutputPump.Flow> flows = List.of();
        private @Nullable ChildWatch watch;
        private long key;
        private boolean reaped;

        /// Nobody is told of its end.
        private volatile boolean discarded;

        NativeChild(long pid, String service, String mark, Tail tail, ExitListener onExit) {
            this.pid = pid;
            this.group = new ChildGroup(pid, service, scheduler.clock(), logs);
            this.mark = mark;
            this.tail = tail;
            this.onExit = onExit;
        }

        /// @throws OsException if there are too many open files
        synchronized void watch() {
            if (!reaped) {
                watch = watches.apply(pid);
                key =
                        exits.register(
                                watch.descriptor(),
                                () -> {
                                    boolean unused = onEnded();
                                });
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
            flows.forEach(OutputPump.Flow::drain);
            return tail.lastLines(most);
        }

        @Override
        public String tail() {
            flows.forEach(OutputPump.Flow::drain);
            return tail.text();
        }

        /// The child has ended. Runs on the exits' thread.
        @Override
        public boolean onEnded() {
            ExitStatus status;
            synchronized (this) {
                if (reaped) {
                    return true;
                }
                // Until the child is reaped the group's id is its own.
                group.leaderEnds();
                Optional<ExitStatus> ended = Orphans.reap(pid);
                if (ended.isEmpty()) {
                    return false;
                }
                status = ended.get();
                reaped = true;
                if (watch != null) {
                    if (key != 0) {
                        exits.unregister(watch.descriptor(), key);
                    }
                    watch.close();
                }
            }
            table.remove(pid);
            if (!hasLeftSomething()) {
                tell(status);
                return true;
            }
            scheduler.start(
                    "group-" + pid,
                    () -> {
                        group.end(this::strays);
                        tell(status);
                    });
            return true;
        }

        private void tell(ExitStatus status) {
            if (!discarded) {
                onExit.onExit(pid, status);
            }
        }

        private boolean hasLeftSomething() {
            return !group.isGone() || !strays().isEmpty();
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
