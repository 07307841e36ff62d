package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.model.Signal;
import io.visor.os.OsException;
import io.visor.time.Loop;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Starts processes of a simulation for one visor.
public final class SimLauncher implements ProcessLauncher {

    /// The processes of the simulated machine.
    public interface Kernel {

        /// Starts a process.
        ///
        /// @param onExit told when it has ended, if the visor that started it is alive then
        /// @return nothing if there is no such program
        OptionalLong spawn(Launch launch, ExitListener onExit);

        void signal(long pid, Signal signal);
    }

    private final Kernel kernel;
    private final Loop loop;

    /// Makes a launcher.
    ///
    /// @param loop where ends are told
    public SimLauncher(Kernel kernel, Loop loop) {
        this.kernel = kernel;
        this.loop = loop;
    }

    @Override
    public Plan plan(Launch launch) {
        return new Plan() {
            @Override
            public Child start(ExitListener onExit, @Nullable LineWatcher watcher) {
                OptionalLong pid =
                        kernel.spawn(
                                launch,
                                (ended, status) ->
                                        loop.execute(() -> onExit.onExit(ended, status)));
                if (pid.isEmpty()) {
                    throw new ProcessException(
                            launch.command().getFirst() + " is not there",
                            OsException.ENOENT,
                            null);
                }
                return new SimChild(pid.getAsLong());
            }
        };
    }

    @Override
    public boolean finishOutput(Duration limit) {
        return true;
    }

    /// The failure of a short command that could not be run.
    public static ProcessException failure(String why) {
        return new ProcessException(why, null);
    }

    /// How a short command ended.
    public static CommandRunner.Result result(int code, String output) {
        return new CommandRunner.Result(new ExitStatus.Exited(code), output, "");
    }

    private final class SimChild implements Child {
        private final long pid;

        SimChild(long pid) {
            this.pid = pid;
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public void signal(Signal signal) {
            kernel.signal(pid, signal);
        }

        @Override
        public List<String> lastLines(int most) {
            return List.of();
        }

        @Override
        public String tail() {
            return "";
        }
    }
}
