package io.visor.daemon.logs;

import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import io.visor.model.ServiceName;
import io.visor.model.Signal;
import io.visor.os.SignalHandlers;
import io.visor.process.LineCutter;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Prints the log of a service, from its files only: visor need not run.
public final class ServiceLog {

    /// Every line there is.
    public static final long ALL = -1;

    /// How often a log is looked at while it is followed.
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final int BUFFER_BYTES = 64 << 10;
    private static final Pattern LOG = Pattern.compile("(.+)\\.log(\\.1)?");

    private final Path file;
    private final PrintStream out;
    private final PrintStream err;

    /// What is wanted of a log.
    ///
    /// @param service whose log it is
    /// @param since lines before it are left out, where lines have a time; null: none are
    /// @param lines the last ones only, so many; [#ALL]
    /// @param json whether an object is printed for each line
    public record Request(ServiceName service, @Nullable Instant since, long lines, boolean json) {}

    public ServiceLog(Home home, ServiceName service, PrintStream out, PrintStream err) {
        this.file = file(home, service);
        this.out = out;
        this.err = err;
    }

    private static Path file(Home home, ServiceName service) {
        return home.logs().resolve(service + ".log");
    }

    /// The services that have a log in a home.
    public static SortedSet<String> services(Home home) {
        SortedSet<String> names = new TreeSet<>();
        if (!Files.isDirectory(home.logs())) {
            return names;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(home.logs())) {
            for (Path entry : files) {
                Matcher matcher = LOG.matcher(String.valueOf(entry.getFileName()));
                if (matcher.matches()) {
                    names.add(matcher.group(1));
                }
            }
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    "look for logs", FileFailures.why(home.logs(), e) + "; run as their owner");
        }
        return names;
    }

    /// Prints what there is when it begins.
    public void print(Request request) {
        show(request, false, () -> false);
    }

    /// Prints what there is and what comes, until an interrupt, or until nobody reads it any more.
    public void follow(Request request, Scheduler scheduler) {
        Wakeup wakeup = scheduler.wakeup();
        AtomicBoolean interrupted = new AtomicBoolean();
        boolean unusedIfIgnored =
                SignalHandlers.on(
                        Signal.INT,
                        () -> {
                            interrupted.set(true);
                            wakeup.signal();
                        });
        show(
                request,
                true,
                () -> {
                    try {
                        boolean unused = !interrupted.get() && wakeup.await(LOOK);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return false;
                    }
                    return !interrupted.get();
                });
    }

    /// Says whether to look for more when all was printed.
    private interface Going {
        boolean isOn();
    }

    private void show(Request request, boolean follows, Going going) {
        try (LogWalk walk = new LogWalk(file, follows)) {
            if (!walk.exists()) {
                err.println(request.service() + " has no log yet: " + file + " is not there");
            }
            if (request.lines() != ALL) {
                walk.skipToLast(request.lines());
            } else if (request.since() != null) {
                walk.skipBefore(request.since());
            }
            show(request, going, walk);
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    "show the log of " + request.service(),
                    FileFailures.why(file, e) + "; run as its owner");
        }
    }

    private void show(Request request, Going going, LogWalk walk) throws IOException {
        boolean plain = request.since() == null && !request.json();
        LineCutter cutter =
                new LineCutter(
                        new LogFilter(
                                request.service().text(),
                                request.since(),
                                request.json(),
                                out,
                                () ->
                                        err.println(
                                                "the lines of this log have no time; files that"
                                                        + " are older are left out, the rest is"
                                                        + " shown")));
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        boolean on = true;
        while (on) {
            int count = walk.read(buffer.clear());
            if (count == 0) {
                on = going.isOn();
            } else if (plain) {
                out.write(buffer.array(), 0, count);
            } else {
                cutter.feed(buffer.array(), 0, count);
            }
            // Nobody reads: a pager was closed.
            on = on && !out.checkError();
        }
        cutter.finish();
        out.flush();
    }
}
