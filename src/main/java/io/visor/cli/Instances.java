package io.visor.cli;

import io.visor.daemon.Daemon;
import io.visor.daemon.instance.InstancePlan;
import io.visor.daemon.instance.InstancePlan.Mode;
import io.visor.model.CannotException;
import io.visor.model.CommandLine;
import io.visor.model.Environment;
import io.visor.model.Home;
import io.visor.model.InstanceName;
import io.visor.model.ProgramSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.Secret;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Sha256;
import io.visor.model.StopPolicy;
import io.visor.model.VisorConfig;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Starts instances for the commands that run one.
final class Instances {

    /// What the instance of `visor start` is called.
    static final InstanceName START = new InstanceName("start");

    private final Console console;

    Instances(Console console) {
        this.console = console;
    }

    /// Keeps the services of a configuration.
    ///
    /// @param keyring the password of the keyring; null: none
    /// @param read reads the configuration, now and whenever it is to be read again
    /// @return the exit code
    int start(Home home, @Nullable Secret keyring, Supplier<VisorConfig> read)
            throws InterruptedException {
        VisorConfig config = read.get();
        return Daemon.run(
                new InstancePlan(
                        home,
                        START,
                        Mode.START,
                        config,
                        config.services(),
                        "visor start",
                        console.environment(),
                        null,
                        keyring,
                        read),
                VisorVersion.TEXT);
    }

    /// What a wrap is given.
    ///
    /// @param command the text behind `--cmd`
    /// @param name the instance's name; null: derived from the command
    /// @param stop how the child is asked to end
    /// @param probes where probes are served; null: nowhere
    /// @param keyring the password of the keyring; null: none
    /// @param title what the instance is, for the message that a second one gets
    record Wrap(
            String command,
            @Nullable String name,
            StopPolicy stop,
            @Nullable InetSocketAddress probes,
            @Nullable Secret keyring,
            String title) {}

    /// Keeps one command.
    ///
    /// @return the child's exit code
    int wrap(Home home, VisorConfig config, ProgramSpec program, Wrap wrap)
            throws InterruptedException {
        List<String> words = words(wrap.command(), program);
        InstanceName name = name(wrap.name(), words);
        ServiceSpec service =
                new ServiceSpec(
                        new ServiceName(serviceName(words)),
                        program.name(),
                        words,
                        console.workingDirectory(),
                        Environment.EMPTY,
                        RestartPolicy.POD,
                        wrap.stop(),
                        new ServiceSpec.PassThrough());
        return Daemon.run(
                new InstancePlan(
                        home,
                        name,
                        Mode.WRAP,
                        config,
                        List.of(service),
                        wrap.title(),
                        console.environment(),
                        wrap.probes(),
                        wrap.keyring(),
                        null),
                VisorVersion.TEXT);
    }

    /// The words of a command. The program's name, or a path that ends in it, means the active
    /// binary; a word that is neither a path nor on PATH is the program's first argument, as
    /// LavaVisor has it.
    private List<String> words(String command, ProgramSpec program) {
        List<String> words;
        try {
            words = new ArrayList<>(CommandLine.split(command));
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "understand --cmd", e.getMessage() + "; quote it as a shell would");
        }
        if (words.isEmpty()) {
            throw CannotException.untilChanged(
                    "understand --cmd",
                    "it is empty; write the command to run, such as --cmd 'lavap rpcconsumer"
                            + " x.yml'");
        }
        String first = words.getFirst();
        if (program.isNamedBy(first)) {
            if (first.contains("/")) {
                console.err().println(first + " stands for the active binary of " + program.name());
            }
        } else if (!first.contains("/") && !isOnPath(first)) {
            words.addFirst(program.binary());
        }
        return words;
    }

    private boolean isOnPath(String name) {
        for (String entry : console.environment().getOrDefault("PATH", "").split(":")) {
            try {
                Path candidate = console.workingDirectory().resolve(entry).resolve(name);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return true;
                }
            } catch (InvalidPathException e) {
                // What the locale cannot name is not there.
                continue;
            }
        }
        return false;
    }

    private static String serviceName(List<String> words) {
        String first = words.getFirst();
        String base = sanitized(first.substring(first.lastIndexOf('/') + 1));
        return base.isEmpty() ? "command" : base;
    }

    /// `rpcconsumer-x-3f2a9c` for `lavap rpcconsumer x.yml`: the same command in the same directory
    /// is the same instance.
    private InstanceName name(@Nullable String given, List<String> words) {
        if (given != null) {
            try {
                return new InstanceName(given);
            } catch (IllegalArgumentException e) {
                throw CannotException.untilChanged(
                        "understand --instance", String.valueOf(e.getMessage()));
            }
        }
        StringBuilder text = new StringBuilder();
        words.stream()
                .skip(1)
                .filter(word -> !word.startsWith("-"))
                .limit(2)
                .map(word ->
                        sanitized(
                                word.substring(word.lastIndexOf('/') + 1)
                                        .replaceFirst("\\.ya?ml$", "")))
                .filter(word -> !word.isEmpty())
                .forEach(word -> text.append(word, 0, Math.min(30, word.length())).append('-'));
        String key = console.workingDirectory() + "\0" + String.join("\0", words);
        String digest =
                Sha256.of(Sha256.digester().digest(key.getBytes(StandardCharsets.UTF_8))).hex();
        return new InstanceName((text.isEmpty() ? "wrap-" : text) + digest.substring(0, 6));
    }

    private static String sanitized(String word) {
        return word.replaceAll("[^A-Za-z0-9._-]", "").replaceFirst("^[^A-Za-z0-9]+", "");
    }
}
