package io.visor.process;

import io.visor.model.Durations;
import io.visor.model.ExitStatus;
import io.visor.model.ProcessSpec;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.os.ProcessSignals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessResult;
import org.zeroturnaround.exec.StartedProcess;

/// Runs short commands as processes.
public final class ShortCommand implements CommandRunner {

    /// How long the output is read on when the command has ended but something that it left behind
    /// holds it open.
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    /// Tells the processes of one command from those of all others, also when they have lost their
    /// parents.
    private static final String MARK = "VISOR_COMMAND";

    /// How often what a killed command has left is looked for; what the kernel holds does not end.
    private static final int MAX_KILLS = 10;

    private static final AtomicLong COUNT = new AtomicLong();

    private final ChildTable table;
    private final ExecChain chain = new ExecChain(new FileBudget());

    /// Makes it.
    ///
    /// @param table where every child of this process is written down
    public ShortCommand(ChildTable table) {
        this.table = table;
    }

    @Override
    public Result run(
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            Duration limit,
            int maxOutput)
            throws InterruptedException {
        Head output = new Head(maxOutput);
        Head errors = new Head(maxOutput);
        String mark = ProcessHandle.current().pid() + "." + COUNT.incrementAndGet() + ".";
        Map<String, String> marked = new HashMap<>(environment);
        marked.put(MARK, mark);
        try {
            StartedProcess started = start(command, marked, workingDirectory, output, errors);
            long pid = started.getProcess().pid();
            try {
                ProcessResult result =
                        started.getFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
                return new Result(
                        ExitStatus.ofShellCode(result.getExitValue()),
                        output.text(),
                        errors.text());
            } finally {
                // The JDK reaps it. Until then nobody may take it for an orphan.
                if (hasEnded(started.getProcess(), mark)) {
                    table.remove(pid);
                }
            }
        } catch (TimeoutException e) {
            throw new ProcessException(
                    command.getFirst()
                            + " did not end within "
                            + Durations.format(limit)
                            + " and was killed",
                    e);
        } catch (IOException e) {
            // The library's own text holds the whole environment.
            int errno = Executables.errno(e);
            throw new ProcessException(
                    Executables.reason(
                            command.getFirst(), workingDirectory, errno, "it cannot be started"),
                    errno,
                    e);
        } catch (ExecutionException e) {
            throw new ProcessException(command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Result run(
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            ProcessSpec process,
            Duration limit,
            int maxOutput)
            throws InterruptedException {
        ExecChain.Linked linked =
                chain.link(
                        command.getFirst(),
                        new Launch(
                                command,
                                environment,
                                workingDirectory,
                                null,
                                new ServiceSpec.PassThrough(),
                                process,
                                command.getFirst(),
                                Launch.TAIL_BYTES));
        List<String> chained = new ArrayList<>(linked.arguments());
        chained.set(0, linked.program());
        return run(chained, linked.environment(), workingDirectory, limit, maxOutput);
    }

    /// The JDK reaps the process itself, so it is written down before anybody looks for orphans.
    private StartedProcess start(
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            OutputStream output,
            OutputStream errors)
            throws IOException {
        ProcessExecutor executor =
                new ProcessExecutor(command)
                        .directory(workingDirectory.toFile())
                        .environment(instead(environment))
                        .redirectInput(InputStream.nullInputStream())
                        .redirectOutput(output)
                        .redirectError(errors)
                        .closeTimeout(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                        .destroyOnExit();
        table.lock().lock();
        try {
            StartedProcess started = executor.start();
            table.put(started.getProcess().pid(), () -> isReaped(started.getProcess()));
            return started;
        } finally {
            table.lock().unlock();
        }
    }

    /// Whether the JDK has reaped it: one that the kernel held until nobody waited for it any more.
    /// Whatever has its pid now is another one.
    private boolean isReaped(Process process) {
        if (process.isAlive()) {
            return false;
        }
        table.remove(process.pid());
        return true;
    }

    /// What to change in visor's own environment to get another one; null removes a variable.
    private static Map<String, @Nullable String> instead(Map<String, String> environment) {
        Map<String, @Nullable String> changes = new HashMap<>();
        System.getenv().keySet().forEach(name -> changes.put(name, null));
        changes.putAll(environment);
        return changes;
    }

    /// Kills a command that still lives, and all that it has started.
    ///
    /// @return whether it has ended; if not, the kernel holds it
    private static boolean hasEnded(Process process, String mark) throws InterruptedException {
        if (!process.isAlive()) {
            return true;
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        Process unused = process.destroyForcibly();
        // What it had started may have started something meanwhile.
        Set<Long> left = marked(mark);
        for (int i = 0; i < MAX_KILLS && !left.isEmpty(); i++) {
            left.forEach(pid -> ProcessSignals.send(pid, Signal.KILL));
            left = marked(mark);
        }
        return process.waitFor(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Those of its processes that have not ended: one that has shows no environment.
    private static Set<Long> marked(String mark) {
        return Marks.find(MARK, mark).keySet();
    }

    /// Keeps the first bytes and drops the others.
    private static final class Head extends OutputStream {

        private final int limit;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Head(int limit) {
            this.limit = limit;
        }

        @Override
        public synchronized void write(int b) {
            if (kept.size() < limit) {
                kept.write(b);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            kept.write(bytes, offset, Math.min(length, limit - kept.size()));
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
