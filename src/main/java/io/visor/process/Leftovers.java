package io.visor.process;

import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.os.ProcessSignals;
import io.visor.time.Clock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// What an earlier visor of the same instance has left running: every process that bears the
/// instance's mark, and every one in the session of a process that was written down. Nothing is
/// started before all of it has ended.
public final class Leftovers {

    private static final Path PROC = Path.of("/proc");
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    /// How often somebody is told that a process does not even end by `SIGKILL`.
    private static final Duration TELL_AGAIN = Duration.ofSeconds(10);

    private final String markPrefix;
    private final RunRecords records;
    private final Function<String, StopPolicy> policies;
    private final Clock clock;
    private final Listener listener;

    /// Told what is done.
    public interface Listener {

        /// Processes of a service were found.
        void onFound(String service, Set<Long> pids);

        /// Processes do not end by `SIGKILL`; they are waited for.
        ///
        /// @param since how long already
        void onStuck(String service, Set<Long> pids, Duration since);
    }

    /// Makes a sweep.
    ///
    /// @param markPrefix `<home>/<instance>/`
    /// @param policies how a service's processes are asked to end; also asked for services that
    ///   exist no more
    public Leftovers(
            String markPrefix,
            RunRecords records,
            Function<String, StopPolicy> policies,
            Clock clock,
            Listener listener) {
        this.markPrefix = markPrefix;
        this.records = records;
        this.policies = policies;
        this.clock = clock;
        this.listener = listener;
    }

    /// Ends all of them; returns when none is left.
    ///
    /// @throws InterruptedException if the calling task is cancelled
    public void end() throws InterruptedException {
        Map<String, Stop> stops = new HashMap<>();
        for (Map<String, Set<Long>> found = find(); !found.isEmpty(); found = find()) {
            for (Map.Entry<String, Set<Long>> entry : found.entrySet()) {
                stops.computeIfAbsent(entry.getKey(), Stop::new).goOn(entry.getValue());
            }
            clock.sleep(LOOK_AGAIN);
        }
    }

    private Map<String, Set<Long>> find() {
        Map<String, Set<Long>> found = new TreeMap<>();
        Marks.find(markPrefix)
                .forEach((pid, service) ->
                        found.computeIfAbsent(service, _ -> new TreeSet<>()).add(pid));
        Map<Long, String> sessions = new HashMap<>();
        records.living().forEach((service, id) -> sessions.put(id.pid(), service));
        if (!sessions.isEmpty()) {
            addSessions(sessions, found);
        }
        return found;
    }

    private static void addSessions(Map<Long, String> sessions, Map<String, Set<Long>> found) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(String.valueOf(entry.getFileName()));
                ProcessId.stat(pid)
                        .filter(stat -> !stat.isGone())
                        .map(stat -> sessions.get(stat.session()))
                        .ifPresent(service ->
                                found.computeIfAbsent(service, _ -> new TreeSet<>()).add(pid));
            }
        } catch (IOException e) {
            throw new ProcessException(PROC + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// The stop of one service's processes.
    private final class Stop {

        private final String service;
        private final StopPolicy policy;
        private final Duration began = clock.monotonic();
        private final Set<Long> told = new HashSet<>();
        private final Set<Long> asked = new HashSet<>();
        private int step = -1;
        private Duration next = Duration.ZERO;
        private Duration tellAt = clock.monotonic().plus(TELL_AGAIN);

        Stop(String service) {
            this.service = service;
            this.policy = policies.apply(service);
        }

        void goOn(Set<Long> pids) {
            Duration now = clock.monotonic();
            if (told.addAll(pids)) {
                listener.onFound(service, pids);
            }
            if (step < 0 || step < policy.steps().size() && now.compareTo(next) >= 0) {
                step++;
                asked.clear();
                next =
                        step < policy.steps().size()
                                ? now.plus(policy.steps().get(step).grace())
                                : now;
            }
            boolean kills = step >= policy.steps().size();
            Signal signal = kills ? Signal.KILL : policy.steps().get(step).signal();
            for (long pid : pids) {
                // One that appeared since is asked as well.
                if (asked.add(pid) || kills) {
                    // One that has become another user's is waited for, and told of as stuck.
                    var unused = ProcessSignals.send(pid, signal);
                }
            }
            if (kills && now.compareTo(tellAt) >= 0) {
                tellAt = now.plus(TELL_AGAIN);
                listener.onStuck(service, pids, now.minus(began));
            }
        }
    }
}
