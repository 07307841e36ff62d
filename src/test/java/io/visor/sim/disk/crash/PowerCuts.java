package io.visor.sim.disk.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.sim.SimScheduler;
import io.visor.sim.disk.Fault;
import io.visor.sim.disk.Fault.Moment;
import io.visor.sim.disk.SimDisk;
import io.visor.sim.disk.SimFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Kills the process and cuts the power at every operation of a piece of work, before and after it,
/// and when the work has been done, under many seeds; and looks at what is there after the one and
/// after the other.
public final class PowerCuts {

    private final Work before;
    private final Work work;

    /// What a process does.
    public interface Work {
        void on(SimFileSystem fileSystem) throws IOException;
    }

    /// What must hold after a restart.
    public interface Check {
        /// Looks at the disk.
        ///
        /// @param done whether the work had been done when the power was cut
        void of(SimFileSystem fileSystem, boolean done) throws IOException;
    }

    /// Thrown through a process that has died.
    public static final class Died extends Error {
        private static final long serialVersionUID = 1;

        public Died() {
            super("the simulated process has died", null, false, false);
        }
    }

    /// Plans power cuts.
    ///
    /// @param before is done and survives, whatever of it is flushed
    public PowerCuts(Work before, Work work) {
        this.before = before;
        this.work = work;
    }

    public static SimDisk disk(long seed) {
        return new SimDisk(seed, new SimScheduler(seed).clock());
    }

    /// Checks every case.
    ///
    /// @throws AssertionError for the first that does not pass, with what happened
    public void check(int seeds, Check check) throws IOException {
        List<String> problems = problems(seeds, check, 1);
        assertThat(problems).isEmpty();
    }

    /// The cases that do not pass, in words.
    ///
    /// @param most after as many it is enough
    public List<String> problems(int seeds, Check check, int most) throws IOException {
        List<String> problems = new ArrayList<>();
        long operations = new Run(0).operations();
        for (long seed = 0; seed < seeds; seed++) {
            for (long number = 1; number <= operations; number++) {
                for (Moment moment : Moment.values()) {
                    new Run(seed).dieAt(number, moment).check(check, false, problems);
                }
            }
            new Run(seed).finish().check(check, true, problems);
            if (problems.size() >= most) {
                return problems;
            }
        }
        return problems;
    }

    /// One case.
    private final class Run {
        private final long seed;
        private final SimDisk disk;
        private final SimFileSystem process;
        private final long start;
        private String end = "at the end";

        Run(long seed) throws IOException {
            this.seed = seed;
            this.disk = disk(seed);
            this.process = disk.mount(Died::new);
            before.on(process);
            this.start = disk.operations();
        }

        long operations() throws IOException {
            work.on(process);
            return disk.operations() - start;
        }

        Run finish() throws IOException {
            work.on(process);
            return this;
        }

        Run dieAt(long number, Moment moment) throws IOException {
            end = moment + " operation " + number;
            disk.failNext(operation -> operation.number() == start + number, Fault.kill(moment));
            try {
                work.on(process);
                throw new AssertionError("it did not get to operation " + number);
            } catch (Died e) {
                assertThat(process.isOpen()).isFalse();
            }
            return this;
        }

        void check(Check check, boolean done, List<String> problems) throws IOException {
            List<String> trace = disk.trace();
            process.kill();
            look(check, done, problems, "killed", trace);
            List<String> lost = disk.cutPower();
            look(
                    check,
                    done,
                    problems,
                    "power cut",
                    Stream.concat(trace.stream(), lost.stream()).toList());
        }

        private void look(
                Check check, boolean done, List<String> problems, String how, List<String> story) {
            try {
                check.of(disk.mount(Died::new), done);
            } catch (AssertionError | IOException e) {
                problems.add(
                        "seed %d, %s %s: %s%n%s"
                                .formatted(seed, how, end, e, String.join("\n", story)));
            }
        }
    }
}
