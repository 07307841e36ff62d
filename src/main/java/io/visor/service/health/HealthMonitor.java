package io.visor.service.health;

import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Log;
import io.visor.model.HealthSpec.Purpose;
import io.visor.model.VisorException;
import io.visor.process.LineWatcher;
import io.visor.service.health.HealthEvent.Missed;
import io.visor.service.health.HealthEvent.Passed;
import io.visor.service.health.ProbeWorkers.Lane;
import io.visor.time.Clock;
import io.visor.time.Loop;
import io.visor.time.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Asks whether one process works, from its start to its end. Everything but the asking itself
/// happens on one loop, so every method must be called there, and the listener is told there.
public final class HealthMonitor {

    /// The pause before the first question in between; each one doubles it.
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /// Who takes longer to answer is asked among the slow ones.
    static final Duration QUICK = Duration.ofMillis(250);

    /// What a question may take beyond its limit, for the end of what it began, before it counts as
    /// missed although it has not come back.
    static final Duration GRACE = Duration.ofSeconds(2);

    private final HealthMachine machine;
    private final Loop loop;
    private final Clock clock;
    private final ProbeWorkers workers;
    private final Listener listener;
    private final Map<Purpose, Checking> checks = new EnumMap<>(Purpose.class);
    private final @Nullable LogWatch watch;
    private HealthState state;
    private @Nullable Run run;
    private boolean stopped;

    /// Is told how the process does.
    public interface Listener {

        /// There is something new.
        ///
        /// @param pid the process
        void on(long pid, HealthNotice notice);
    }

    /// A process.
    private record Run(long pid, Duration since) {}

    HealthMonitor(
            HealthSpec spec,
            Function<HealthSpec.Probe, Prober> probers,
            Loop loop,
            Clock clock,
            ProbeWorkers workers,
            Listener listener) {
        this.machine = new HealthMachine(spec);
        this.loop = loop;
        this.clock = clock;
        this.workers = workers;
        this.listener = listener;
        this.state = machine.begin().next();
        Map<Log, Runnable> patterns = new LinkedHashMap<>();
        for (Purpose purpose : Purpose.values()) {
            Check check = spec.check(purpose);
            if (check == null) {
                continue;
            }
            if (check.probe() instanceof Log log) {
                Watching watching = new Watching(purpose, check, log);
                checks.put(purpose, watching);
                patterns.merge(log, () -> loop.execute(watching::see), HealthMonitor::both);
            } else {
                checks.put(purpose, new Asking(purpose, check, probers.apply(check.probe())));
            }
        }
        this.watch = patterns.isEmpty() ? null : new LogWatch(patterns);
    }

    private static Runnable both(Runnable a, Runnable b) {
        return () -> {
            a.run();
            b.run();
        };
    }

    /// Looks for what the checks want to see in the output of the process. Lines may be shown to it
    /// before [#start], and on any thread.
    ///
    /// @return nothing if no check looks at the output
    public Optional<LineWatcher> watcher() {
        return Optional.ofNullable(watch);
    }

    /// What is known.
    public HealthState state() {
        return state;
    }

    /// The process runs. Called once; where nothing is checked, the listener is told before this
    /// returns.
    public void start(long pid) {
        if (run != null) {
            throw new IllegalStateException("started twice");
        }
        run = new Run(pid, clock.monotonic());
        take(machine.begin());
    }

    /// The process is gone or about to go: nothing is asked or told any more.
    public void stop() {
        stopped = true;
        checks.values().forEach(Checking::end);
    }

    private void take(HealthMachine.Transition transition) {
        Run current = run;
        if (stopped || current == null) {
            return;
        }
        state = transition.next();
        Set<Purpose> asked = machine.asks(state);
        checks.forEach((purpose, checking) -> {
            if (!asked.contains(purpose)) {
                checking.end();
            }
        });
        for (HealthNotice notice : transition.notices()) {
            if (!stopped) {
                listener.on(current.pid, notice);
            }
        }
        checks.forEach((purpose, checking) -> {
            // The first question of the one before it may have changed what is asked.
            if (!stopped && machine.asks(state).contains(purpose)) {
                checking.begin();
            }
        });
    }

    /// One check.
    private abstract class Checking {

        final Purpose purpose;
        final Check check;
        private @Nullable Timer beat;
        private boolean begun;

        Checking(Purpose purpose, Check check) {
            this.purpose = purpose;
            this.check = check;
        }

        /// Asks for the first time; after that, does nothing.
        void begin() {
            if (!begun) {
                begun = true;
                onBeat();
            }
        }

        void end() {
            if (beat != null) {
                beat.cancel();
            }
        }

        private void onBeat() {
            beat = loop.schedule(check.every(), this::onBeat);
            question();
        }

        /// It is time for a question that counts.
        abstract void question();

        void pass() {
            take(machine.on(state, new Passed(purpose)));
        }

        void miss(String why, Duration asked, boolean counts) {
            Run current = run;
            if (current != null) {
                Duration from = asked.minus(current.since);
                take(machine.on(state, new Missed(purpose, why, from, counts)));
            }
        }
    }

    /// A check whose answer comes with the output.
    private final class Watching extends Checking {

        private final Log log;
        private boolean seen;

        Watching(Purpose purpose, Check check, Log log) {
            super(purpose, check);
            this.log = log;
        }

        @Override
        void question() {
            if (seen) {
                passForGood();
            } else {
                miss(
                        "no line of its output matches \"" + log.pattern() + "\"",
                        clock.monotonic(),
                        true);
            }
        }

        void see() {
            if (!seen) {
                seen = true;
                if (run != null && machine.asks(state).contains(purpose)) {
                    passForGood();
                }
            }
        }

        /// What was seen stays so.
        private void passForGood() {
            end();
            for (int i = 0; i < check.successes(); i++) {
                pass();
            }
        }
    }

    /// A check that asks somebody.
    private final class Asking extends Checking {

        private final Prober prober;
        private Lane lane;
        private @Nullable Question open;
        private boolean due;
        private boolean everPassed;
        private Duration pause = FIRST_PAUSE;
        private @Nullable Timer inBetween;

        Asking(Purpose purpose, Check check, Prober prober) {
            super(purpose, check);
            this.prober = prober;
            this.lane = isCommand() ? Lane.COMMAND : Lane.QUICK;
        }

        private boolean isCommand() {
            return check.probe() instanceof HealthSpec.Exec;
        }

        @Override
        void question() {
            if (open == null) {
                due = true;
                ask();
            } else if (open.isLost()) {
                miss(HealthMonitor.late(check), open.missed(), true);
            } else {
                due = true;
            }
        }

        private void ask() {
            Question question = new Question(this);
            open = question;
            question.job = workers.submit(lane, question::run);
        }

        /// An answer has come; that of a question which is not wanted any more is dropped.
        void answered(Question question, Answer answer, Duration asked, Duration took) {
            if (open != question) {
                return;
            }
            open = null;
            if (!isCommand()) {
                lane = took.compareTo(QUICK) > 0 ? Lane.SLOW : Lane.QUICK;
            }
            boolean counts = due;
            due = false;
            switch (answer) {
                case Answer.Good() -> {
                    everPassed = true;
                    pass();
                }
                case Answer.Bad(String why) -> {
                    askInBetween();
                    miss(why, asked, counts);
                }
            }
        }

        /// A service that starts is soon ready, and is not kept waiting for the next beat.
        private void askInBetween() {
            if (everPassed || purpose == Purpose.LIVENESS || pause.compareTo(check.every()) >= 0) {
                return;
            }
            inBetween =
                    loop.schedule(
                            pause,
                            () -> {
                                if (open == null) {
                                    ask();
                                }
                            });
            pause = pause.multipliedBy(2);
        }

        @Override
        void end() {
            super.end();
            if (inBetween != null) {
                inBetween.cancel();
            }
            if (open != null && open.job != null) {
                open.job.cancel();
            }
            open = null;
        }
    }

    private static String late(Check check) {
        return Reasons.late(Reasons.name(check.probe()), check.timeout());
    }

    /// One question on its way through a worker.
    private final class Question {

        private final Asking asking;
        private ProbeWorkers.@Nullable Job job;
        private volatile @Nullable Duration since;
        private @Nullable Duration counted;

        Question(Asking asking) {
            this.asking = asking;
        }

        /// Whether a worker has been busy with it for longer than it may be, and that has not been
        /// counted yet.
        boolean isLost() {
            Duration from = counted == null ? since : counted;
            return from != null
                    && clock.since(from).compareTo(asking.check.timeout().plus(GRACE)) > 0;
        }

        /// Counts it as missed.
        ///
        /// @return when it was asked
        Duration missed() {
            Duration asked = since;
            counted = clock.monotonic();
            return asked == null ? counted : asked;
        }

        /// Called by a worker.
        void run() throws InterruptedException {
            Duration asked = clock.monotonic();
            since = asked;
            Answer answer = new Answer.Bad("its " + asking.purpose.word() + " check broke down");
            try {
                answer = asking.prober.ask(asking.check.timeout());
            } catch (VisorException e) {
                answer = new Answer.Bad(e.why());
            } finally {
                Answer found = answer;
                Duration took = clock.since(asked);
                loop.execute(() -> asking.answered(this, found, asked, took));
            }
        }
    }
}
