package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.os.Orphans;
import io.visor.os.ProcessSignals;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Starts children with the JDK's `ProcessBuilder`. The JDK leaves a child in visor's own process
/// group, where a signal to the group would hit visor too; `setsid` (util-linux), which replaces
/// itself by the child, gives it one of its own.
public final class ProcessBuilderLauncher implements ProcessLauncher {

    private static final List<Path> SETSID =
            List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

    private static final int BUFFER_BYTES = 16 << 10;
    private static final long LINE_BYTES = 8 << 20;

    private final Scheduler scheduler;
    private final Loop loop;
    private final ChildTable table;
    private final OrphanReaper orphans;
    private final ExecChain chain;
    private final LogListener logs;
    private final Optional<Path> setsid;
    private final LineCutter.Budget lines = new LineCutter.Budget(LINE_BYTES);
    private final Set<Task> outputs = ConcurrentHashMap.newKeySet();

    /// Guards itself: every child's output has a thread of its own here.
    private final LogFiles logFiles;

    /// Makes a launcher.
    ///
    /// @param loop where the ends of children are told
    /// @param table where every child of this process is written down
    /// @param chain what stands before commands
    /// @param logs told when a log suffers
    public ProcessBuilderLauncher(
            Scheduler scheduler, Loop loop, ChildTable table, ExecChain chain, LogListener logs) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.table = table;
        this.orphans = new OrphanReaper(scheduler, table);
        this.chain = chain;
        this.logs = logs;
        this.logFiles = new LogFiles(scheduler.clock(), logs);
        this.setsid = SETSID.stream().filter(Files::isExecutable).findFirst();
    }

    /// From now on orphans come to this process, and are reaped: an ended process that nobody reaps
    /// is still one of its group, which then never is gone.
    ///
    /// @throws io.visor.os.OsException if the kernel cannot
    void adoptOrphans() {
        Orphans.adopt();
        scheduler.start("orphans", orphans::run);
    }

    @Override
    public Plan plan(Launch launch) {
        ExecChain.Linked unused = link(launch);
        return (onExit, watcher) -> start(launch, onExit, watcher);
    }

    private ExecChain.Linked link(Launch launch) {
        return chain.link(
                Executables.find(
                        launch.command().getFirst(),
                        launch.environment(),
                        launch.workingDirectory()),
                launch);
    }

    private Child start(Launch launch, ExitListener onExit, @Nullable LineWatcher watcher) {
        ExecChain.Linked linked = link(launch);
        List<String> command = new ArrayList<>();
        setsid.ifPresent(path -> command.add(path.toString()));
        command.add(linked.program());
        command.addAll(linked.arguments().subList(1, linked.arguments().size()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(launch.workingDirectory().toFile());
        builder.environment().clear();
        builder.environment().putAll(linked.environment());
        Secret input = launch.input();
        if (input == null) {
            builder.redirectInput(new File("/dev/null"));
        }
        switch (launch.output()) {
            case ServiceSpec.PassThrough() -> {
                builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            case ServiceSpec.ToFile _ ->
                    builder.redirectErrorStream(!Targets.isSplit(launch.output()));
        }
        Process process;
        try {
            process = start(builder);
            if (input != null) {
                give(process, input);
            }
        } catch (IOException e) {
            throw new ProcessException(reason(launch, e), e);
        }
        Tail tail = new Tail(launch.tailBytes());
        if (launch.output() instanceof ServiceSpec.ToFile file) {
            carry(process.getInputStream(), launch, file, true, tail, watcher);
            if (Targets.isSplit(file)) {
                carry(process.getErrorStream(), launch, file, false, tail, watcher);
            }
        }
        ChildGroup group =
                setsid.isPresent()
                        ? new ChildGroup(process.pid(), launch.service(), scheduler.clock(), logs)
                        : null;
        scheduler.start(
                "child-" + process.pid(),
                () -> {
                    ExitStatus status = ExitStatus.ofShellCode(process.waitFor());
                    table.remove(process.pid());
                    if (group != null) {
                        group.leaderEnds();
                        group.end(List::of);
                    }
                    loop.execute(() -> onExit.onExit(process.pid(), status));
                });
        return new BuiltChild(process, group, tail);
    }

    /// The JDK reaps the process itself, so it is written down before anybody looks for orphans.
    private Process start(ProcessBuilder builder) throws IOException {
        table.lock().lock();
        try {
            Process process = builder.start();
            table.put(process.pid(), () -> false);
            orphans.childStarted();
            return process;
        } finally {
            table.lock().unlock();
        }
    }

    private void carry(
            InputStream from,
            Launch launch,
            ServiceSpec.ToFile file,
            boolean stdout,
            Tail tail,
            @Nullable LineWatcher watcher) {
        OutputPump.Target log = Targets.log(logFiles, lines, file, launch.service(), stdout);
        OutputPump.Target target = watcher == null ? log : Targets.watched(log, watcher);
        outputs.removeIf(ProcessBuilderLauncher::hasEnded);
        outputs.add(scheduler.start("output-" + launch.service(), () -> carry(from, target, tail)));
    }

    private static boolean hasEnded(Task task) {
        try {
            return task.join(Duration.ofNanos(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void carry(InputStream from, OutputPump.Target target, Tail tail) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = from) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
                tail.add(bytes);
                synchronized (logFiles) {
                    target.write(bytes);
                }
            }
        } catch (IOException e) {
            // A pipe that cannot be read any more has nothing more to give.
            return;
        } finally {
            synchronized (logFiles) {
                target.close();
            }
        }
    }

    @Override
    public boolean finishOutput(Duration limit) throws InterruptedException {
        boolean finished = true;
        Duration start = scheduler.clock().monotonic();
        for (Task task : outputs) {
            Duration left = limit.minus(scheduler.clock().since(start));
            finished &= !left.isNegative() && task.join(left);
        }
        return finished;
    }

    /// A pipe takes it without waiting for the child.
    private static void give(Process process, Secret input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.reveal());
        } catch (IOException e) {
            // The child has ended before it read: its exit tells more.
            return;
        }
    }

    private static String reason(Launch launch, IOException e) {
        return Executables.reason(
                launch.command().getFirst(),
                launch.workingDirectory(),
                Executables.errno(e),
                String.valueOf(e.getMessage()));
    }

    /// A child of the JDK's. What it does not write to a log goes straight to visor's own streams,
    /// so that its last lines are not known.
    ///
    /// @param group null where children have no group of their own
    private record BuiltChild(Process process, @Nullable ChildGroup group, Tail tailKept)
            implements Child {

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public void signal(Signal signal) {
            if (group != null) {
                group.signal(signal);
            } else if (process.isAlive()) {
                var unused = ProcessSignals.send(process.pid(), signal);
            }
        }

        @Override
        public List<String> lastLines(int most) {
            return tailKept.lastLines(most);
        }

        @Override
        public String tail() {
            return tailKept.text();
        }
    }
}
