package io.visor.process;

import io.visor.model.ExitStatus;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.os.ProcessSignals;
import io.visor.time.Scheduler;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts children with the JDK's `ProcessBuilder`. The JDK leaves a child in visor's own process
/// group, where a signal to the group would hit visor too; `setsid` (util-linux), which replaces
/// itself by the child, gives it one of its own.
public final class ProcessBuilderLauncher implements ProcessLauncher {

    private static final List<Path> SETSID =
            List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

    private final Scheduler scheduler;
    private final Optional<Path> setsid;

    public ProcessBuilderLauncher(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.setsid = SETSID.stream().filter(Files::isExecutable).findFirst();
    }

    @Override
    public Plan plan(Launch launch) {
        String unused =
                Executables.find(
                        launch.command().getFirst(),
                        launch.environment(),
                        launch.workingDirectory());
        return onExit -> start(launch, onExit);
    }

    private Child start(Launch launch, ExitListener onExit) {
        List<String> command = new ArrayList<>();
        setsid.ifPresent(path -> command.add(path.toString()));
        command.add(
                Executables.find(
                        launch.command().getFirst(),
                        launch.environment(),
                        launch.workingDirectory()));
        command.addAll(launch.command().subList(1, launch.command().size()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(launch.workingDirectory().toFile());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        Secret input = launch.input();
        if (input == null) {
            builder.redirectInput(new File("/dev/null"));
        }
        switch (launch.output()) {
            case ServiceSpec.PassThrough() -> {
                builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            case ServiceSpec.ToFile(Path file, var _) -> {
                builder.redirectErrorStream(true);
                builder.redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()));
            }
        }
        Process process;
        try {
            process = builder.start();
            if (input != null) {
                give(process, input);
            }
        } catch (IOException e) {
            throw new ProcessException(reason(launch, e), e);
        }
        scheduler.start(
                "child-" + process.pid(),
                () -> onExit.onExit(process.pid(), ExitStatus.ofShellCode(process.waitFor())));
        return new BuiltChild(process, setsid.isPresent());
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

    /// A child of the JDK's. Its output goes straight to where it belongs, so that its last lines
    /// are not known.
    private record BuiltChild(Process process, boolean hasGroup) implements Child {

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public void signal(Signal signal) {
            if (hasGroup) {
                boolean unused = ProcessSignals.sendToGroup(process.pid(), signal);
            } else if (process.isAlive()) {
                boolean unused = ProcessSignals.send(process.pid(), signal);
            }
        }

        @Override
        public List<String> lastLines(int most) {
            return List.of();
        }
    }
}
