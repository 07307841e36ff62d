package io.visor.sim.world;

import io.visor.model.ExitStatus;
import io.visor.model.ProgramName;
import io.visor.model.Signal;
import io.visor.model.Version;
import io.visor.process.Launch;
import io.visor.process.Marks;
import io.visor.process.ProcessLauncher.ExitListener;
import io.visor.sim.SimScheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The processes of the machine.
final class Processes {

    private final SimScheduler scheduler;
    private final SplittableRandom random;
    private final Releases releases;
    private final Mutation mutation;
    private final Map<Long, Running> running = new LinkedHashMap<>();
    private long nextPid = 1000;
    private boolean calm;

    /// A process.
    ///
    /// @param mark which service it is of: `<home>/<instance>/<service>`
    /// @param version what it runs; null if it follows no program
    record Running(
            long pid,
            String mark,
            @Nullable ProgramName program,
            @Nullable Version version,
            Releases.Quality quality,
            SimScheduler.Life parent,
            ExitListener onExit) {

        String service() {
            return mark.substring(mark.lastIndexOf('/') + 1);
        }
    }

    Processes(
            SimScheduler scheduler, SplittableRandom random, Releases releases, Mutation mutation) {
        this.mutation = mutation;
        this.scheduler = scheduler;
        this.random = random;
        this.releases = releases;
    }

    List<Running> all() {
        return List.copyOf(running.values());
    }

    /// From now on only what is bad by itself ends by itself.
    void calm() {
        calm = true;
    }

    Running spawn(
            Launch launch,
            @Nullable ProgramName program,
            @Nullable Version version,
            SimScheduler.Life parent,
            ExitListener onExit) {
        long pid = nextPid++;
        String mark = launch.environment().getOrDefault(Marks.VARIABLE, "");
        Releases.Quality quality =
                version == null ? Releases.Quality.GOOD : releases.quality(version);
        Running process = new Running(pid, mark, program, version, quality, parent, onExit);
        running.put(pid, process);
        endByItself(process);
        return process;
    }

    private void endByItself(Running process) {
        switch (process.quality) {
            case BAD -> endIn(process, random.nextInt(20_000), new ExitStatus.Exited(1));
            case FLAKY -> {
                if (!calm) {
                    endIn(process, random.nextInt(3_600_000), new ExitStatus.Exited(1));
                }
            }
            case GOOD, SLOW, DEAF -> {
                if (!calm && random.nextInt(20) == 0) {
                    endIn(process, random.nextInt(1_800_000), new ExitStatus.Exited(2));
                }
            }
        }
    }

    private void endIn(Running process, long millis, ExitStatus status) {
        scheduler.at(Duration.ofMillis(millis), () -> end(process.pid, status));
    }

    /// A process ends, if it has not.
    void end(long pid, ExitStatus status) {
        Running process = running.remove(pid);
        boolean isTold = mutation != Mutation.NO_EXIT || pid % 10 != 0;
        if (process != null && !process.parent.isDead() && isTold) {
            process.onExit.onExit(pid, status);
        }
    }

    void signal(long pid, Signal signal) {
        Running process = running.get(pid);
        if (process == null) {
            return;
        }
        int number = signal.number();
        if (signal == Signal.KILL) {
            endIn(process, random.nextInt(5), new ExitStatus.Signaled(number));
            return;
        }
        switch (process.quality) {
            case GOOD, BAD, FLAKY ->
                    endIn(process, random.nextInt(50), new ExitStatus.Signaled(number));
            case SLOW ->
                    endIn(process, 1000 + random.nextInt(45_000), new ExitStatus.Signaled(number));
            case DEAF -> {}
        }
    }

    /// The power is gone.
    void vanish() {
        running.clear();
    }
}
