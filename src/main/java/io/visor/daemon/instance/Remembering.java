package io.visor.daemon.instance;

import io.visor.daemon.instance.InstanceListener.Level;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.service.ServiceState.Running;
import io.visor.service.ServiceTable;
import io.visor.service.Supervisor;
import io.visor.service.WantedServices;
import io.visor.store.Database;
import io.visor.store.DatabaseException;
import io.visor.store.DatabaseException.Kind;
import io.visor.store.Recorder;
import io.visor.store.Session;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Timer;
import io.visor.upgrade.Upgrader;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.UpgradeRecords.Remembered;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Takes in what earlier visors have kept. What runs must not stand still because the database
/// cannot be read: then what the manifests tell stands in for it, and it is asked again until it
/// answers. For the loop.
final class Remembering {

    /// How often a database that could not be read is asked again.
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Loop loop;
    private final Recorder recorder;
    private final ServiceTable table;
    private final Upgrader upgrader;
    private final WantedServices wanted;
    private final Supervisor supervisor;
    private final InstanceListener listener;
    private boolean known;
    private boolean complete;
    private boolean over;

    Remembering(
            Scheduler scheduler,
            Loop loop,
            Recorder recorder,
            ServiceTable table,
            Upgrader upgrader,
            WantedServices wanted,
            Supervisor supervisor,
            InstanceListener listener) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.recorder = recorder;
        this.table = table;
        this.upgrader = upgrader;
        this.wanted = wanted;
        this.supervisor = supervisor;
        this.listener = listener;
    }

    /// Whether something has been taken in: what was kept, or what stands in for it.
    boolean isKnown() {
        return known;
    }

    /// Whether that is all that was kept.
    boolean isComplete() {
        return complete;
    }

    /// What was kept of an instance.
    private record Kept(Map<ProgramName, Remembered> programs, Set<ServiceName> down) {}

    /// Begins.
    ///
    /// @param then called when something is known and durable, or cannot be, so that services may
    ///   be added
    /// @param late called when the rest is known as well, if that was not all
    /// @param onNewer called instead if a newer visor has written the database
    void begin(Runnable then, Runnable late, Consumer<DatabaseException> onNewer) {
        ask(
                kept -> {
                    known = true;
                    complete = true;
                    Set<ServiceName> unused = wanted.remember(kept.down);
                    upgrader.remember(kept.programs, then);
                },
                why -> {
                    if (why.kind() == Kind.NEWER) {
                        onNewer.accept(why);
                    } else {
                        presume(then, late);
                    }
                });
    }

    private void ask(Consumer<Kept> told, Consumer<DatabaseException> refused) {
        Database.Work<Map<ProgramName, Remembered>> programs = upgrader.remembered();
        recorder.ask(
                session -> read(programs, session),
                outcome -> {
                    switch (outcome) {
                        case Recorder.Outcome.Done<Kept>(Kept kept) -> told.accept(kept);
                        case Recorder.Outcome.Failed<Kept>(DatabaseException why) ->
                                refused.accept(why);
                    }
                });
    }

    private Kept read(Database.Work<Map<ProgramName, Remembered>> programs, Session session) {
        try {
            return new Kept(programs.in(session), table.down(session));
        } catch (DatabaseException e) {
            // Tables that are not as visor made them would keep upgrades from beginning for ever.
            throw e.kind() == Kind.FAULT ? new DatabaseException(Kind.CORRUPT, e.why(), e) : e;
        }
    }

    private void presume(Runnable then, Runnable late) {
        Supplier<Map<ProgramName, Memory>> manifests = upgrader.toldByManifests();
        scheduler.start(
                "manifests",
                () -> {
                    Map<ProgramName, Memory> told = manifests.get();
                    loop.execute(() -> {
                        known = true;
                        upgrader.presume(told);
                        then.run();
                        askLater(late);
                    });
                });
    }

    private void askLater(Runnable late) {
        Timer unused = loop.schedule(AGAIN, () -> askAgain(late));
    }

    private void askAgain(Runnable late) {
        if (!over) {
            ask(kept -> complete(kept, late), _ -> askLater(late));
        }
    }

    private void complete(Kept kept, Runnable late) {
        if (over) {
            return;
        }
        complete = true;
        wanted.remember(kept.down).forEach(this::stop);
        upgrader.remember(kept.programs, late);
    }

    private void stop(ServiceName name) {
        supervisor.views().stream()
                .filter(view -> view.spec().name().equals(name))
                .forEach(this::stop);
    }

    /// Its process was started because nobody knew that the operator does not want it. A unit may
    /// have been started by somebody else, who wants it.
    private void stop(Supervisor.View view) {
        ServiceName name = view.spec().name();
        String text = "was stopped by the operator before visor started, as can be read now; ";
        if (view.spec().unit() != null && view.service().state() instanceof Running) {
            listener.say(
                    Level.WARN,
                    name.text(),
                    text
                            + "its unit runs and is left alone; to stop it: visor service stop "
                            + name);
        } else {
            listener.say(Level.INFO, name.text(), text + "stopping it");
            supervisor.stop(name);
        }
    }

    /// Visor ends: what is taken up now would only be interrupted.
    void end() {
        over = true;
    }
}
