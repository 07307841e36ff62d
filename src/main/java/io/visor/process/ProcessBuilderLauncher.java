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
    private final ExecChain chain;
    private final Optional<Path> setsid;

    /// Makes a launcher.
    ///
    /// @param chain what stands before commands
    public ProcessBuilderLauncher(Scheduler scheduler, ExecChain chain) {
        this.scheduler = scheduler;
        this.chain = chain;
        this.setsid = SETSID.stream().filter(Files::isExecutable).findFirst();
    }

    @Override
    public Plan plan(Launch launch) {
        ExecChain.Linked unused = link(launch);
        return onExit -> start(launch, onExit);
    }

    private ExecChain.Linked link(Launch launch) {
        return chain.link(
                Executables.find(
                        launch.command().getFirst(),
                        launch.environment(),
                        launch.workingDirectory()),
                launch);
    }

    private Child start(Launch launch, ExitListener onExit) {
        ExecChain.Linked linked = link(launch);
        List<String> command = new ArrayList<>();
        setsid.ifPresent(path -> command.add(path.toString()));
        command.add(linked.program());
        command.addAll(linked.arguments().subList(1, linked.arguments().size()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(launch.workingDirectory().toFile());
        builder.environment().clear();
        builder.environment().putAll(linked.environment());
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
