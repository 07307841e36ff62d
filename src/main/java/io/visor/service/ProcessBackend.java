package io.visor.service;

import io.visor.model.ExitStatus;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.VisorException;
import io.visor.process.Child;
import io.visor.process.Launch;
import io.visor.process.Marks;
import io.visor.process.ProcessLauncher;
import io.visor.time.Loop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Services as visor's own children.
public final class ProcessBackend implements ServiceBackend {

    private final ProcessLauncher launcher;
    private final Loop loop;
    private final Map<String, String> environment;
    private final ActiveBinaries binaries;
    private final String markPrefix;
    private final Map<ServiceName, Child> children = new HashMap<>();

    /// Makes a backend.
    ///
    /// @param environment what children inherit
    /// @param markPrefix `<home>/<instance>/`
    public ProcessBackend(
            ProcessLauncher launcher,
            Loop loop,
            Map<String, String> environment,
            ActiveBinaries binaries,
            String markPrefix) {
        this.launcher = launcher;
        this.loop = loop;
        this.environment = Map.copyOf(environment);
        this.binaries = binaries;
        this.markPrefix = markPrefix;
    }

    @Override
    public void start(ServiceSpec spec, Reporter reporter) {
        Child child;
        try {
            Launch launch =
                    new Launch(
                            command(spec),
                            environment(spec),
                            spec.workingDirectory(),
                            spec.output());
            child =
                    launcher.launch(
                            launch,
                            (pid, status) ->
                                    loop.execute(() -> exited(spec, pid, status, reporter)));
        } catch (VisorException e) {
            reporter.onSpawnFailed(e.why());
            return;
        }
        children.put(spec.name(), child);
        reporter.onSpawned(child.pid());
    }

    private void exited(ServiceSpec spec, long pid, ExitStatus status, Reporter reporter) {
        Child child = children.get(spec.name());
        if (child != null && child.pid() == pid) {
            children.remove(spec.name());
        }
        reporter.onExited(pid, status);
    }

    private List<String> command(ServiceSpec spec) {
        List<String> command = new ArrayList<>(spec.command());
        if (spec.program() != null) {
            Path binary = binaries.of(spec.program());
            String name = String.valueOf(binary.getFileName());
            if (command.getFirst().equals(name) || command.getFirst().endsWith("/" + name)) {
                command.set(0, binary.toString());
            }
        }
        return command;
    }

    private Map<String, String> environment(ServiceSpec spec) {
        Map<String, String> result = new HashMap<>(environment);
        result.putAll(spec.environment());
        result.merge(
                "PATH", binaries.linkDirectory().toString(), (path, first) -> first + ":" + path);
        result.put(Marks.VARIABLE, markPrefix + spec.name());
        return result;
    }

    @Override
    public void send(ServiceSpec spec, long pid, Signal signal) {
        Child child = children.get(spec.name());
        if (child != null && child.pid() == pid) {
            child.signal(signal);
        }
    }
}
