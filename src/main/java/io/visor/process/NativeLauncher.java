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
import io.visor.os.ProcessSignals;
import io.visor.os.SignalHandlers;
import io.visor.os.Spawner;
import io.visor.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

    /// A file that is being written cannot be executed; whoever forked meanwhile holds it for a
    /// moment.
    private static final int BUSY_ATTEMPTS = 40;

    private static final Duration BUSY_PAUSE = Duration.ofMillis(5);

    private final Scheduler scheduler;
    private final ChildTable table;
    private final ExecChain chain;
    private final Spawner spawner = new Spawner();
    private final Poller exits = new Poller();
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
    /// @param logs told when a log suffers
    /// @throws OsException if this machine does not have what it needs
    public NativeLauncher(
            Scheduler scheduler, ChildTable table, ExecChain chain, LogListener logs) {
        this.scheduler = scheduler;
        this.table = table;
        this.chain = chain;
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
        NativeChild child;
        table.lock().lock();
        try {
            long pid = spawn(plan, streams);
            child = new NativeChild(pid, ChildWatch.open(pid), mark, streams.tail, onExit);
            table.put(pid, child);
        } catch (OsException e) {
            streams.close();
            throw new ProcessException(
                    Executables.reason(plan.program(), plan.directory(), e.errno(), e.why()), e);
        } finally {
            table.lock().unlock();
        }
        child.flows = streams.childHasThem();
        child.watch();
        return child;
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
                pause();
            }
        }
    }

    private void pause() {
        try {
            scheduler.clock().sleep(BUSY_PAUSE);
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
        private final @Nullable Descriptor in;
        private final Descriptor.Pipe out;
        private final Descriptor.Pipe err;

        Streams(Launch launch, @Nullable LineWatcher watcher) {
            this.launch = launch;
            this.watcher = watcher;
            this.tail = new Tail(launch.tailBytes());
            Secret input = launch.input();
            this.in = input == null ? null : Descriptor.holding(input.reveal());
            int bytes = table.size() < FEW_CHILDREN ? WIDE_PIPE_BYTES : PIPE_BYTES;
            this.out = Descriptor.pipe(bytes);
            this.err = Targets.isSplit(launch.output()) ? Descriptor.pipe(bytes) : out;
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
            return pump.carry(
                    pipe.reading(),
                    watcher == null ? target : Targets.watched(target, watcher),
                    tail);
        }

        private void closeInput() {
            if (in != null) {
                in.close();
            }
        }

        @Override
        public void close() {
            closeInput();
            out.reading().close();
            out.writing().close();
            err.reading().close();
            err.writing().close();
        }
    }

    private final class NativeChild implements Child, ChildTable.Owner {

        private final long pid;
        private final ChildWatch watch;
        private final String mark;
        private final ExitListener onExit;
        private final Tail tail;
        private List<OutputPump.Flow> flows = List.of();
        private long key;
        private boolean reaped;

        NativeChild(long pid, ChildWatch watch, String mark, Tail tail, ExitListener onExit) {
            this.pid = pid;
            this.watch = watch;
            this.mark = mark;
            this.tail = tail;
            this.onExit = onExit;
        }

        synchronized void watch() {
            if (!reaped) {
                key =
                        exits.register(
                                watch.descriptor(),
                                () -> {
                                    boolean unused = onEnded();
                                });
            }
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public synchronized void signal(Signal signal) {
            // Once the leader is reaped, another process may get its id.
            if (!reaped) {
                boolean unused = ProcessSignals.sendToGroup(pid, signal);
            }
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
                // What the child leaves in its group must not meet its successor. Until the child
                // is
                // reaped the group's id is its own.
                boolean unused = ProcessSignals.sendToGroup(pid, Signal.KILL);
                Optional<ExitStatus> ended = watch.reap();
                if (ended.isEmpty()) {
                    return false;
                }
                status = ended.get();
                reaped = true;
                if (key != 0) {
                    exits.unregister(watch.descriptor(), key);
                }
                watch.close();
            }
            table.remove(pid);
            if (!hasLeftSomething()) {
                onExit.onExit(pid, status);
                return true;
            }
            scheduler.start(
                    "group-" + pid,
                    () -> {
                        while (hasLeftSomething()) {
                            strays().forEach(stray -> ProcessSignals.send(stray, Signal.KILL));
                            scheduler.clock().sleep(LOOK_AGAIN);
                        }
                        onExit.onExit(pid, status);
                    });
            return true;
        }

        private boolean hasLeftSomething() {
            return ProcessSignals.hasGroup(pid) || !strays().isEmpty();
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
