package io.visor.sim.world;

import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Version;
import io.visor.sim.world.Processes.Running;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Hours of a visor's life, from one seed.
public final class Simulation {

    private static final Duration TROUBLE = Duration.ofHours(3);

    /// As long as the longest pause between attempts, and more.
    private static final Duration SETTLE = Duration.ofMinutes(40);

    private static final Duration LIMIT = Duration.ofHours(3);

    private Simulation() {}

    /// What came of a seed.
    ///
    /// @param seed which
    /// @param upgrades how many ended, well or not
    /// @param lives how many visors there were
    public record Report(long seed, int upgrades, int lives) {}

    /// A rule was broken.
    public static final class Failure extends AssertionError {

        private static final long serialVersionUID = 1;

        private final transient List<String> notes;

        Failure(long seed, Throwable cause, List<String> notes) {
            super("seed " + seed + ": " + cause, cause);
            this.notes = notes;
        }

        /// What happened last, newest last.
        public List<String> notes() {
            return notes;
        }
    }

    /// Runs a seed.
    ///
    /// @throws Failure if a rule is broken
    public static Report run(long seed) {
        return run(seed, Mutation.NONE);
    }

    /// Runs a seed with a mistake in it. On a virtual thread, as simulated tasks are: to go from
    /// one to another is then no affair of the kernel's.
    static Report run(long seed, Mutation mutation) {
        AtomicReference<@Nullable Report> report = new AtomicReference<>();
        AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                report.set(simulate(seed, mutation));
                            } catch (Failure e) {
                                failure.set(e);
                            }
                        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
        Failure failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return Objects.requireNonNull(report.get());
    }

    private static Report simulate(long seed, Mutation mutation) {
        World world = new World(seed, mutation);
        try {
            run(world);
            return new Report(seed, world.upgrades(), world.lives());
        } catch (AssertionError | RuntimeException e) {
            throw new Failure(seed, e, world.notes());
        } finally {
            world.scheduler().close();
            world.database().close();
        }
    }

    private static void run(World world) {
        Trouble trouble = new Trouble(world);
        world.startVisor();
        trouble.start();
        world.runFor(TROUBLE);
        trouble.stop();
        world.note("all is well from now on");
        world.startVisor();
        world.runFor(SETTLE);
        Version last = trouble.proposeLast();
        Duration end = world.scheduler().now().plus(LIMIT);
        while (!hasArrived(world, last)) {
            if (world.scheduler().now().compareTo(end) > 0) {
                throw new Violation("it reaches the target", where(world, last));
            }
            trouble.makeWay(last);
            world.runFor(Duration.ofMinutes(10));
        }
    }

    private static boolean hasArrived(World world, Version last) {
        return world.isUp()
                && world.scenario().programs().stream()
                        .allMatch(program -> hasArrived(world, program, last));
    }

    private static boolean hasArrived(World world, ProgramSpec program, Version last) {
        ProgramName name = program.name();
        List<Running> running =
                world.processes().all().stream()
                        .filter(process -> name.equals(process.program()))
                        .toList();
        return world.program(name).state().isOver()
                && last.equals(world.program(name).active())
                && running.size() == world.scenario().services()
                && running.stream().allMatch(p -> Objects.equals(p.version(), last));
    }

    private static String where(World world, Version last) {
        StringBuilder text = new StringBuilder("not all run " + last);
        if (world.isUp()) {
            world.scenario()
                    .programs()
                    .forEach(program -> text.append("; ").append(world.program(program.name())));
        }
        return text.append("; ").append(world.processes().all()).toString();
    }
}
