package io.visor.daemon.control;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.FileFailures;
import io.visor.model.ServiceName;
import io.visor.service.Service.Wanted;
import io.visor.store.DurableFiles;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which services the operator wants down, kept across restarts of visor: `{"down": ["a", "b"]}`.
/// All methods are for the instance's loop; the file is written in a task, one at a time.
public final class WantedServices {

    /// No honest file is longer, in bytes.
    private static final long MAX_FILE = 1 << 20;

    private final @Nullable Path file;
    private final Scheduler scheduler;
    private final Loop loop;
    private final TreeSet<ServiceName> down;
    private final List<Consumer<Optional<String>>> waiting = new ArrayList<>();
    private boolean writing;
    private boolean stale;

    private WantedServices(
            @Nullable Path file, Set<ServiceName> down, Scheduler scheduler, Loop loop) {
        this.file = file;
        this.scheduler = scheduler;
        this.loop = loop;
        this.down = new TreeSet<>(down);
    }

    /// Nothing is kept: whoever starts visor again says anew what is to run.
    public static WantedServices forgetful(Scheduler scheduler, Loop loop) {
        return new WantedServices(null, Set.of(), scheduler, loop);
    }

    /// Reads what was kept.
    ///
    /// @param problems told in words why it cannot be read; then every service is wanted up
    public static WantedServices in(
            Path file, Scheduler scheduler, Loop loop, Consumer<String> problems) {
        return new WantedServices(file, read(file, problems), scheduler, loop);
    }

    private static Set<ServiceName> read(Path file, Consumer<String> problems) {
        if (!Files.exists(file)) {
            return Set.of();
        }
        try {
            if (Files.size(file) > MAX_FILE) {
                throw new JsonException("it has more than " + MAX_FILE + " bytes");
            }
            Set<ServiceName> down = new TreeSet<>();
            for (Json item : Json.parse(Files.readAllBytes(file)).items("down")) {
                if (!(item instanceof Json.Str(String name))) {
                    throw new JsonException("\"down\" is no list of names");
                }
                down.add(new ServiceName(name));
            }
            return down;
        } catch (IOException e) {
            problems.accept(problem(FileFailures.why(file, e)));
        } catch (JsonException | IllegalArgumentException e) {
            problems.accept(problem(file + ": " + e.getMessage()));
        }
        return Set.of();
    }

    private static String problem(String why) {
        return "cannot read which services are wanted down: " + why + "; all are wanted up";
    }

    /// What the operator wants of a service.
    public Wanted of(ServiceName name) {
        return down.contains(name) ? Wanted.DOWN : Wanted.UP;
    }

    /// The operator wants something else of a service.
    ///
    /// @param kept called on the loop when that is durable; with the reason if it cannot be
    void set(ServiceName name, Wanted wanted, Consumer<Optional<String>> kept) {
        boolean changed = wanted == Wanted.DOWN ? down.add(name) : down.remove(name);
        if (file == null || !changed && !writing && !stale) {
            kept.accept(Optional.empty());
            return;
        }
        stale = true;
        waiting.add(kept);
        if (!writing) {
            write(file);
        }
    }

    private void write(Path to) {
        writing = true;
        stale = false;
        List<Consumer<Optional<String>>> told = List.copyOf(waiting);
        waiting.clear();
        List<String> names = down.stream().map(ServiceName::text).toList();
        scheduler.start(
                "wanted",
                () -> {
                    Optional<String> failure = write(to, names);
                    loop.execute(() -> written(to, told, failure));
                });
    }

    private static Optional<String> write(Path to, List<String> names) {
        try {
            String text = Json.object("down", names).writePretty() + "\n";
            DurableFiles.write(to, text.getBytes(StandardCharsets.UTF_8));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FileFailures.why(to, e));
        }
    }

    private void written(Path to, List<Consumer<Optional<String>>> told, Optional<String> failure) {
        writing = false;
        stale = stale || failure.isPresent();
        told.forEach(kept -> kept.accept(failure));
        if (!waiting.isEmpty() && !writing) {
            write(to);
        }
    }
}
