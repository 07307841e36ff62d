package io.visor.process;

import io.visor.model.ServiceSpec;
import io.visor.os.Descriptor;
import io.visor.time.Scheduler;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries what all children write to where it goes: one thread for visor's standard output, one
/// for its standard error, one for logs. None of them waits for another.
final class Outputs implements AutoCloseable {

    /// What lines that have not ended may hold, of all children together.
    private static final long LINE_BYTES = 8 << 20;

    private final Scheduler scheduler;
    private final OutputPump out;
    private final OutputPump err;
    private final OutputPump file;
    private final LogFiles logFiles;
    private final LineCutter.Budget lines = new LineCutter.Budget(LINE_BYTES);

    Outputs(Scheduler scheduler, LogListener logs) {
        this.scheduler = scheduler;
        this.out = new OutputPump(scheduler, "stdout");
        this.err = new OutputPump(scheduler, "stderr");
        this.file = new OutputPump(scheduler, "logs");
        this.logFiles = new LogFiles(scheduler.clock(), logs);
    }

    /// Carries what a child writes to its standard output from now on.
    OutputPump.Flow carryOut(
            Launch launch, Descriptor from, @Nullable LineWatcher watcher, Tail tail) {
        return switch (launch.output()) {
            case ServiceSpec.PassThrough() ->
                    out.carry(from, watched(Targets.inherited(1), watcher), tail);
            case ServiceSpec.ToFile to ->
                    file.carry(from, watched(log(launch, to, true), watcher), tail);
        };
    }

    /// Carries what a child writes to its standard error from now on, if that has a pipe of its
    /// own.
    OutputPump.Flow carryErr(
            Launch launch, Descriptor from, @Nullable LineWatcher watcher, Tail tail) {
        return switch (launch.output()) {
            case ServiceSpec.PassThrough() ->
                    err.carry(from, watched(Targets.inherited(2), watcher), tail);
            case ServiceSpec.ToFile to ->
                    file.carry(from, watched(log(launch, to, false), watcher), tail);
        };
    }

    private OutputPump.Target log(Launch launch, ServiceSpec.ToFile to, boolean stdout) {
        return Targets.log(logFiles, lines, to, launch.service(), stdout);
    }

    private static OutputPump.Target watched(
            OutputPump.Target target, @Nullable LineWatcher watcher) {
        return watcher == null ? target : Targets.watched(target, watcher);
    }

    /// Carries what is on its way, as the last thing.
    ///
    /// @return whether that was done within the limit
    boolean finish(Duration limit) throws InterruptedException {
        boolean finished = true;
        Duration start = scheduler.clock().monotonic();
        for (OutputPump pump : List.of(out, err, file)) {
            Duration left = limit.minus(scheduler.clock().since(start));
            finished &= pump.finish(left.isNegative() ? Duration.ZERO : left);
        }
        return finished;
    }

    @Override
    public void close() {
        out.close();
        err.close();
        file.close();
    }
}
