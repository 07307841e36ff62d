package io.visor.service.health;

import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ProcessSpec;
import io.visor.process.CommandRunner;
import io.visor.process.Executables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs a command, as the service's process is run: what the service may set must not get more
/// rights than the service has.
final class ExecProber implements Prober {

    private static final int OUTPUT_BYTES = 16 << 10;

    private final HealthSpec.Exec probe;
    private final CommandRunner commands;
    private final Path workingDirectory;
    private final Map<String, String> environment;
    private final ProcessSpec process;

    ExecProber(
            HealthSpec.Exec probe,
            CommandRunner commands,
            Path workingDirectory,
            Map<String, String> environment,
            ProcessSpec process) {
        this.probe = probe;
        this.commands = commands;
        this.workingDirectory = workingDirectory;
        this.environment = Map.copyOf(environment);
        this.process = process;
    }

    @Override
    public Answer ask(Duration limit) throws InterruptedException {
        List<String> command = new ArrayList<>(probe.command());
        command.set(0, Executables.find(command.getFirst(), environment, workingDirectory));
        CommandRunner.Result result =
                commands.run(command, environment, workingDirectory, process, limit, OUTPUT_BYTES);
        return switch (result.status()) {
            case ExitStatus.Exited(int code) when code == 0 -> new Answer.Good();
            case ExitStatus.Exited(int code) -> bad("exited with " + code, result);
            case ExitStatus.Signaled signaled -> bad("was ended by " + signaled, result);
        };
    }

    private Answer bad(String how, CommandRunner.Result result) {
        String errors = Reasons.lastLine(result.errors());
        String last = errors.isEmpty() ? Reasons.lastLine(result.output()) : errors;
        return new Answer.Bad(
                Reasons.name(probe) + " " + how + (last.isEmpty() ? "" : ": \"" + last + "\""));
    }
}
