package io.visor.service;

import io.visor.model.ExitStatus;
import io.visor.model.Secret;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.VisorException;
import io.visor.process.Child;
import io.visor.process.ExecChain;
import io.visor.process.Launch;
import io.visor.process.LineWatcher;
import io.visor.process.Marks;
import io.visor.process.ProcessLauncher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Services as visor's own children.
public final class ProcessBackend implements ServiceBackend {

    private final ProcessLauncher launcher;
    private final Map<String, String> environment;
    private final ActiveBinaries binaries;
    private final String markPrefix;
    private final Function<ServiceSpec, @Nullable Secret> inputs;
    private final Map<ServiceName, Process> processes = new HashMap<>();

    /// What is kept of a service from start to start.
    private static final class Process {
        private @Nullable Planned planned;
        private @Nullable Planned prepared;
        private @Nullable Child child;
    }

    /// A start with a certain binary.
    private record Planned(@Nullable Path binary, ProcessLauncher.Plan plan) {}

    /// Makes a backend.
    ///
    /// @param launcher tells of ends on the supervisor's loop
    /// @param environment what children inherit
    /// @param markPrefix `<home>/<instance>/`
    /// @param inputs what a service's process finds in its standard input; null: nothing
    public ProcessBackend(
            ProcessLauncher launcher,
            Map<String, String> environment,
            ActiveBinaries binaries,
            String markPrefix,
            Function<ServiceSpec, @Nullable Secret> inputs) {
        this.launcher = launcher;
        this.environment = Map.copyOf(environment);
        this.binaries = binaries;
        this.markPrefix = markPrefix;
        this.inputs = inputs;
    }

    private Process process(ServiceSpec spec) {
        return processes.computeIfAbsent(spec.name(), _ -> new Process());
    }

    /// No child is a unit.
    @Override
    public void look(List<ServiceSpec> units) {}

    /// Children are never adopted.
    @Override
    public void adopt(ServiceSpec spec, Reporter reporter) {}

    @Override
    public void prepare(ServiceSpec spec, Path binary) {
        process(spec).prepared = plan(spec, binary);
    }

    private Planned plan(ServiceSpec spec, @Nullable Path binary) {
        Launch launch =
                new Launch(
                        command(spec, binary),
                        environment(spec),
                        spec.workingDirectory(),
                        inputs.apply(spec),
                        spec.output(),
                        spec.process(),
                        spec.name().text(),
                        spec.restart().readsOutput()
                                ? Launch.SEARCHED_TAIL_BYTES
                                : Launch.TAIL_BYTES);
        return new Planned(binary, launcher.plan(launch));
    }

    @Override
    public void start(ServiceSpec spec, @Nullable LineWatcher watcher, Reporter reporter) {
        Process process = process(spec);
        try {
            Path binary = spec.program() == null ? null : binaries.of(spec.program());
            Planned planned = planned(process, spec, binary);
            process.child =
                    planned.plan.start(
                            (pid, status) -> exited(process, pid, status, reporter), watcher);
            reporter.onSpawned(process.child.pid());
        } catch (VisorException e) {
            // What was found once may have gone or moved: it is looked for again the next time.
            process.planned = null;
            reporter.onSpawnFailed(e.why());
        }
    }

    /// The start that was planned for this binary, by an earlier start or ahead of this one.
    private Planned planned(Process process, ServiceSpec spec, @Nullable Path binary) {
        for (Planned candidate : new @Nullable Planned[] {process.planned, process.prepared}) {
            if (candidate != null && Objects.equals(candidate.binary, binary)) {
                process.planned = candidate;
                return candidate;
            }
        }
        Planned made = plan(spec, binary);
        process.planned = made;
        return made;
    }

    private static void exited(Process process, long pid, ExitStatus status, Reporter reporter) {
        Child child = process.child;
        LastOutput output = LastOutput.NONE;
        if (child != null && child.pid() == pid) {
            output = new LastOutput(child::tail, child::lastLines);
            process.child = null;
        }
        reporter.onExited(pid, status, output);
    }

    @Override
    public void end(ServiceSpec spec) {
        throw new IllegalStateException(spec.name() + " is no unit: its process is sent signals");
    }

    @Override
    public void forget(ServiceSpec spec) {
        processes.remove(spec.name());
    }

    private static List<String> command(ServiceSpec spec, @Nullable Path binary) {
        List<String> command = new ArrayList<>(spec.command());
        if (binary != null) {
            String name = String.valueOf(binary.getFileName());
            if (command.getFirst().equals(name) || command.getFirst().endsWith("/" + name)) {
                command.set(0, binary.toString());
            }
        }
        return command;
    }

    /// The whole environment of a service's process.
    public Map<String, String> environment(ServiceSpec spec) {
        Map<String, String> result = new HashMap<>(environment);
        result.putAll(ExecChain.variables(spec.process()));
        result.putAll(spec.environment().all());
        result.merge(
                "PATH", binaries.linkDirectory().toString(), (path, first) -> first + ":" + path);
        result.put(Marks.VARIABLE, markPrefix + spec.name());
        return result;
    }

    @Override
    public void send(ServiceSpec spec, long pid, Signal signal) {
        Child child = process(spec).child;
        if (child != null && child.pid() == pid) {
            child.signal(signal);
        }
    }
}
