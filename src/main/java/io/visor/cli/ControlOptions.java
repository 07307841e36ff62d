package io.visor.cli;

import io.visor.api.ControlClient;
import io.visor.api.ControlException;
import io.visor.daemon.explain.StoppedInstance;
import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import io.visor.model.InstanceName;
import io.visor.model.Names;
import io.visor.model.VisorConfig;
import io.visor.model.VisorException;
import io.visor.time.Clock;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which running instance is asked.
final class ControlOptions {

    /// How many instances a refusal names.
    private static final int MAX_NAMES = 10;

    @Mixin private HomeOptions home = new HomeOptions();

    @Option(
            names = "--instance",
            paramLabel = "NAME",
            description =
                    "The instance to ask (default: \"start\" if it runs, else the only one that"
                            + " does).")
    private @Nullable String instance;

    /// The time of this process.
    static Clock clock() {
        return new SystemScheduler((_, _) -> {}).clock();
    }

    /// Something that is asked of an instance.
    interface Question<T> {
        T of(ControlClient client) throws InterruptedException;
    }

    /// Asks the instance.
    ///
    /// @param what what cannot be done if it does not answer: a verb and its object
    <T> T ask(Console console, String what, Question<T> question) throws InterruptedException {
        Home where = home.home(console);
        try {
            return question.of(client(where, what));
        } catch (ControlException e) {
            throw failure(where, what, e);
        }
    }

    /// Something that is read out of what an instance has left.
    interface Reading<T> {
        T of(StoppedInstance stopped, VisorConfig config);
    }

    /// What came of a question.
    ///
    /// @param value the answer
    /// @param stopped where nobody runs, so that the answer is what was known last; null: a visor
    ///   has answered
    record Answer<T>(T value, @Nullable Home stopped) {}

    /// Asks the instance, or what it has left if it does not run.
    ///
    /// @param what what cannot be done: a verb and its object
    <T> Answer<T> askOrRead(Console console, String what, Question<T> question, Reading<T> reading)
            throws InterruptedException {
        try {
            return new Answer<>(ask(console, what, question), null);
        } catch (NobodyException e) {
            Home where = home.home(console);
            InstanceName name = left(where, what).orElseThrow(() -> e);
            VisorConfig config = home.config(console);
            StoppedInstance stopped = new StoppedInstance(where, name, config, clock());
            if (stopped.isRunning()) {
                throw CannotException.now(
                        what,
                        "a visor runs as "
                                + name
                                + " on "
                                + where
                                + ", and does not answer; see its log",
                        e);
            }
            return new Answer<>(reading.of(stopped, config), where);
        }
    }

    /// The instance that has left something; nothing if none has.
    private Optional<InstanceName> left(Home where, String what) {
        List<InstanceName> left = folders(where, what, _ -> true);
        Optional<InstanceName> meant =
                left.stream()
                        .filter(name ->
                                instance == null
                                        ? name.equals(Instances.START)
                                        : name.text().equals(instance))
                        .findFirst();
        if (meant.isPresent() || instance != null || left.isEmpty()) {
            return meant;
        }
        if (left.size() > 1) {
            throw CannotException.untilChanged(
                    what,
                    "no visor runs on "
                            + where
                            + ", and "
                            + left.size()
                            + " instances have; name one with --instance: "
                            + names(left));
        }
        return Optional.of(left.getFirst());
    }

    /// The failure as this command's.
    private static VisorException failure(Home where, String what, ControlException e) {
        return switch (e.kind()) {
            case NOBODY -> nobody(where, what);
            case UNKNOWN, IMPOSSIBLE, DENIED -> CannotException.untilChanged(what, e.why());
            case REFUSED, BROKEN -> CannotException.now(what, e.why(), e);
        };
    }

    private static NobodyException nobody(Home where, String what) {
        return new NobodyException(
                what, "no visor runs on " + where + "; start one with visor start");
    }

    private ControlClient client(Home where, String what) throws InterruptedException {
        if (instance != null) {
            return named(where, what, instance);
        }
        ControlClient start = client(where, Instances.START);
        if (start.isAnswered()) {
            return start;
        }
        List<InstanceName> running = running(where, what);
        return switch (running.size()) {
            case 0 -> throw nobody(where, what);
            case 1 -> client(where, running.getFirst());
            default ->
                    throw CannotException.untilChanged(
                            what,
                            running.size()
                                    + " instances run on "
                                    + where
                                    + "; name one with --instance: "
                                    + names(running));
        };
    }

    private static ControlClient named(Home where, String what, String text)
            throws InterruptedException {
        InstanceName name;
        try {
            name = new InstanceName(text);
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "understand --instance", String.valueOf(e.getMessage()));
        }
        ControlClient client = client(where, name);
        if (client.isAnswered()) {
            return client;
        }
        List<InstanceName> running = running(where, what);
        throw new NobodyException(
                what,
                "no visor runs as "
                        + name
                        + " on "
                        + where
                        + "; "
                        + (running.isEmpty()
                                ? "start one with visor start"
                                : "running: " + names(running)));
    }

    private static String names(List<InstanceName> names) {
        return names.stream()
                        .limit(MAX_NAMES)
                        .map(InstanceName::text)
                        .collect(Collectors.joining(", "))
                + (names.size() > MAX_NAMES ? ", …" : "");
    }

    private static ControlClient client(Home where, InstanceName name) {
        return new ControlClient(where.instance(name).root(), clock());
    }

    private static List<InstanceName> running(Home where, String what) throws InterruptedException {
        List<InstanceName> running = new ArrayList<>();
        for (InstanceName name : withSocket(where, what)) {
            if (client(where, name).isAnswered()) {
                running.add(name);
            }
        }
        return running;
    }

    private static List<InstanceName> withSocket(Home where, String what) {
        return folders(
                where,
                what,
                folder ->
                        Files.exists(
                                folder.resolve(ControlClient.SOCKET), LinkOption.NOFOLLOW_LINKS));
    }

    private static List<InstanceName> folders(Home where, String what, Predicate<Path> which) {
        try (Stream<Path> folders = Files.list(where.instances())) {
            return folders.filter(which)
                    .map(folder -> String.valueOf(folder.getFileName()))
                    .filter(Names::isName)
                    .map(InstanceName::new)
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw CannotException.now(what, FileFailures.why(where.instances(), e), e);
        } catch (UncheckedIOException e) {
            throw CannotException.now(what, where.instances() + ": " + e.getMessage(), e);
        }
    }
}
