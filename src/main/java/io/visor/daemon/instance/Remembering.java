package io.visor.daemon.instance;

import io.visor.daemon.instance.InstanceListener.Level;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.release.ReleaseException;
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
import java.util.HashSet;
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
    private final Owner owner;
    private final Set<ServiceName> foundRunning = new HashSet<>();
    private boolean known;
    private boolean complete;
    private boolean takingIn;
    private boolean over;
    private String told = "";

    /// Whose memory it is.
    interface Owner {

        /// Something is known, and durable, or cannot be: services may be added.
        void onKnown();

        /// All that was kept is known at last, and services may run already.
        void onComplete();

        /// A newer visor has written the database; nothing is known.
        void onNewer(DatabaseException why);

        /// A service that was wanted down runs, and somebody else may have started it.
        void onFoundRunning(ServiceName name);
    }

    Remembering(
            Scheduler scheduler,
            Loop loop,
            Recorder recorder,
            ServiceTable table,
            Upgrader upgrader,
            WantedServices wanted,
            Supervisor supervisor,
            InstanceListener listener,
            Owner owner) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.recorder = recorder;
        this.table = table;
        this.upgrader = upgrader;
        this.wanted = wanted;
        this.supervisor = supervisor;
        this.listener = listener;
        this.owner = owner;
    }

    /// Whether something has been taken in: what was kept, or what stands in for it.
    boolean isKnown() {
        return known;
    }

    /// Whether that is all that was kept.
    boolean isComplete() {
        return complete;
    }

    /// Whether all is known and is not durable yet.
    boolean isTakingIn() {
        return takingIn;
    }

    /// Somebody has told why the database cannot be used.
    void onTold(String why) {
        told = why;
    }

    /// The units have been looked at, and nothing has been done with them yet.
    void onAdopted() {
        supervisor.views().stream()
                .filter(view -> view.spec().unit() != null)
                .filter(view -> view.service().state() instanceof Running)
                .forEach(view -> foundRunning.add(view.spec().name()));
    }

    /// What can be read.
    private sealed interface Reading {

        /// What was kept of an instance.
        record Kept(Map<ProgramName, Remembered> programs, Set<ServiceName> down)
                implements Reading {}

        /// The database is new, and the manifests that tell the rest cannot be read.
        record Lacking(ReleaseException why) implements Reading {}
    }

    /// Begins.
    void begin() {
        ask(
                kept -> {
                    known = true;
                    complete = true;
                    Set<ServiceName> unused = wanted.remember(kept.down);
                    upgrader.remember(kept.programs, owner::onKnown);
                },
                why -> {
                    if (why.kind() == Kind.NEWER) {
                        owner.onNewer(why);
                    } else {
                        tell(why);
                        presume();
                    }
                });
    }

    private void ask(Consumer<Reading.Kept> taken, Consumer<DatabaseException> refused) {
        Database.Work<Map<ProgramName, Remembered>> programs = upgrader.remembered();
        recorder.ask(
                session -> read(programs, session),
                outcome -> {
                    switch (outcome) {
                        case Recorder.Outcome.Done<Reading>(Reading.Kept kept) ->
                                taken.accept(kept);
                        case Recorder.Outcome.Done<Reading>(Reading.Lacking(var why)) ->
                                refused.accept(new DatabaseException(Kind.DISK, why.why(), why));
                        case Recorder.Outcome.Failed<Reading>(DatabaseException why) ->
                                refused.accept(why);
                    }
                });
    }

    private Reading read(Database.Work<Map<ProgramName, Remembered>> programs, Session session) {
        try {
            return new Reading.Kept(programs.in(session), table.down(session));
        } catch (ReleaseException e) {
            return new Reading.Lacking(e);
        }
    }

    /// Says why nothing can be read, unless that was said last.
    private void tell(DatabaseException why) {
        if (!why.why().equals(told)) {
            told = why.why();
            listener.say(
                    Level.ERROR,
                    "store",
                    "cannot read what earlier visors have kept: "
                            + why.why()
                            + "; what runs goes on, no upgrade begins before it can be read");
        }
    }

    private void presume() {
        Supplier<Map<ProgramName, Memory>> manifests = upgrader.toldByManifests();
        scheduler.start(
                "manifests",
                () -> {
                    Map<ProgramName, Memory> read = manifests.get();
                    loop.execute(() -> {
                        known = true;
                        upgrader.presume(read);
                        askLater();
                        owner.onKnown();
                    });
                });
    }

    private void askLater() {
        Timer unused = loop.schedule(AGAIN, this::askAgain);
    }

    private void askAgain() {
        if (!over) {
            ask(
                    this::complete,
                    why -> {
                        tell(why);
                        askLater();
                    });
        }
    }

    private void complete(Reading.Kept kept) {
        if (over) {
            return;
        }
        complete = true;
        takingIn = true;
        wanted.remember(kept.down).forEach(this::stop);
        upgrader.remember(
                kept.programs,
                () -> {
                    takingIn = false;
                    owner.onComplete();
                });
    }

    /// It was started because nobody knew that the operator does not want it, unless it ran before.
    private void stop(ServiceName name) {
        String text =
                name + " was stopped by the operator before visor started, as can be read now; ";
        if (foundRunning.contains(name)) {
            listener.say(
                    Level.WARN,
                    "service",
                    text
                            + "its unit ran already and is left alone; to stop it: visor service"
                            + " stop "
                            + name);
            owner.onFoundRunning(name);
        } else if (supervisor.views().stream().anyMatch(v -> v.spec().name().equals(name))) {
            listener.say(Level.INFO, "service", text + "stopping it");
            supervisor.stop(name);
        }
    }

    /// Visor ends: what is taken up now would only be interrupted.
    void end() {
        over = true;
    }
}
