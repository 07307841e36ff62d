package io.visor.store;

import io.visor.store.DatabaseException.Kind;
import io.visor.time.Loop;
import io.visor.time.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes to a database what its owner wants kept, in the order in which it was asked to, without
/// keeping the owner waiting. Most of it may be written a moment later, several changes in one
/// transaction; what must be durable before something else happens is written at once, and its
/// owner is told.
///
/// A change that cannot be written now is kept and tried again, as long as not too many wait. A
/// damaged database is set aside and begun anew; its owners are then asked to write down what they
/// know.
public final class Recorder {

    /// Changes wait so long for others. A switch from one process to the next takes less, so that
    /// nothing is written in between.
    private static final Duration GATHER = Duration.ofMillis(25);

    private static final Duration AGAIN = Duration.ofSeconds(10);

    /// More changes than this are not kept; the oldest are dropped.
    private static final int MAX_WAITING = 10_000;

    private final Loop disk;
    private final Loop owner;
    private final Source source;
    private final Listener listener;

    private final Queue<Change> gathered = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean gathering = new AtomicBoolean();

    // What follows belongs to the loop of the disk.
    private final Deque<Change> waiting = new ArrayDeque<>();
    private @Nullable Database database;
    private boolean retrying;
    private boolean failing;
    private boolean closed;

    /// Where the database comes from. Called on the loop of the disk.
    public interface Source {

        /// Opens it.
        ///
        /// @throws DatabaseException if that is not possible
        Database open();

        /// Moves the one that was opened last, and is damaged, out of the way.
        ///
        /// @return where it is now; nothing if it was not there any more
        /// @throws DatabaseException if that is not possible
        Optional<String> setAside();
    }

    /// Told what becomes of the database, on the owner's loop.
    public interface Listener {

        /// Changes cannot be written; it is tried again.
        void onFailing(DatabaseException why);

        /// What waited has been written.
        void onRecovered();

        /// The database was damaged and has been begun anew, empty.
        ///
        /// @param to where the damaged one is now, if it is still there
        void onRebuilt(DatabaseException why, Optional<String> to);

        /// A change was refused whose fault it is itself; it is dropped.
        void onFault(DatabaseException why);
    }

    /// What came of a question, or of a change that was to be durable at once.
    ///
    /// @param <T> the answer
    public sealed interface Outcome<T> {

        /// It was done.
        ///
        /// @param value what it gave
        record Done<T>(T value) implements Outcome<T> {}

        /// It was not done, and is not kept.
        ///
        /// @param why the reason
        record Failed<T>(DatabaseException why) implements Outcome<T> {}
    }

    /// Makes a recorder; the database is opened when it is needed first.
    ///
    /// @param disk where the database is used; nobody else may wait for long there
    /// @param owner where outcomes are told
    public Recorder(Loop disk, Loop owner, Source source, Listener listener) {
        this.disk = disk;
        this.owner = owner;
        this.source = source;
        this.listener = listener;
    }

    /// Has a change written soon.
    public void record(Change change) {
        gathered.add(change);
        if (!gathering.getAndSet(true)) {
            // Not by the loop of the disk: the owner's need not be woken by itself.
            Timer unused = owner.schedule(GATHER, () -> disk.execute(this::flush));
        }
    }

    private void takeGathered() {
        gathering.set(false);
        for (Change next = gathered.poll(); next != null; next = gathered.poll()) {
            if (waiting.size() >= MAX_WAITING) {
                waiting.removeFirst();
            }
            waiting.add(next);
        }
    }

    /// Has a change written at once, after those that wait.
    ///
    /// @param told on the owner's loop, when it is durable or cannot be
    public void recordNow(Change change, Consumer<Optional<DatabaseException>> told) {
        ask(
                session -> {
                    change.in(session);
                    return true;
                },
                outcome ->
                        told.accept(
                                switch (outcome) {
                                    case Outcome.Done<Boolean> _ -> Optional.empty();
                                    case Outcome.Failed<Boolean>(DatabaseException why) ->
                                            Optional.of(why);
                                }));
    }

    /// Asks, or changes something and asks, after the changes that wait.
    ///
    /// @param told the answer, on the owner's loop
    public <T> void ask(Database.Work<T> work, Consumer<Outcome<T>> told) {
        ask(work, told, true);
    }

    /// @param mayAskAgain whether it is asked again if the database is begun anew: after its owners
    ///   have written down what they know, as it was asked after that
    private <T> void ask(Database.Work<T> work, Consumer<Outcome<T>> told, boolean mayAskAgain) {
        disk.execute(() -> {
            takeGathered();
            try {
                List<T> answer = new ArrayList<>();
                write(session -> answer.add(work.in(session)));
                owner.execute(() -> told.accept(new Outcome.Done<>(answer.getLast())));
            } catch (DatabaseException e) {
                boolean begunAnew = e.kind() == Kind.CORRUPT;
                owner.execute(
                        begunAnew && mayAskAgain
                                ? () -> ask(work, told, false)
                                : () -> told.accept(new Outcome.Failed<>(e)));
            } catch (RuntimeException e) {
                // Whoever waits is answered also where visor is at fault.
                DatabaseException fault = new DatabaseException(Kind.FAULT, String.valueOf(e), e);
                owner.execute(() -> {
                    listener.onFault(fault);
                    told.accept(new Outcome.Failed<>(fault));
                });
            }
        });
    }

    private void flush() {
        takeGathered();
        if (closed || retrying || waiting.isEmpty()) {
            return;
        }
        try {
            write(null);
        } catch (DatabaseException e) {
            if (e.kind() == Kind.CORRUPT) {
                // It is begun anew, and nothing waits.
                return;
            }
            retrying = true;
            Timer unused = disk.schedule(AGAIN, this::retry);
        }
    }

    private void retry() {
        retrying = false;
        flush();
    }

    /// Writes what waits, and something more.
    ///
    /// @throws DatabaseException if that is not possible now; what waits goes on waiting, unless
    ///   the database was damaged and is begun anew
    private void write(@Nullable Change more) {
        try {
            transactWithoutFaulty(more);
        } catch (DatabaseException e) {
            switch (e.kind()) {
                case CORRUPT -> rebuild(e);
                case NEWER, OLDER, DISK, BUSY -> fail(e);
                // It is the fault of what was asked, and the database is well.
                case FAULT -> {}
            }
            throw e;
        }
        if (failing) {
            failing = false;
            owner.execute(listener::onRecovered);
        }
    }

    private void fail(DatabaseException why) {
        close(database);
        database = null;
        if (!failing) {
            failing = true;
            owner.execute(() -> listener.onFailing(why));
        }
    }

    private void transactWithoutFaulty(@Nullable Change more) {
        try {
            transact(more);
        } catch (DatabaseException e) {
            if (e.kind() != Kind.FAULT) {
                throw e;
            }
            dropFaulty();
            transact(more);
        }
    }

    private void transact(@Nullable Change more) {
        if (closed) {
            throw new DatabaseException(Kind.DISK, "the database is closed", null);
        }
        Database open = database == null ? source.open() : database;
        database = open;
        open.transaction(session -> {
            waiting.forEach(change -> change.in(session));
            if (more != null) {
                more.in(session);
            }
            return true;
        });
        waiting.clear();
    }

    /// What waits is dropped: those who know will write it all down.
    private void rebuild(DatabaseException why) {
        close(database);
        database = null;
        try {
            Optional<String> to = source.setAside();
            waiting.clear();
            owner.execute(() -> listener.onRebuilt(why, to));
        } catch (DatabaseException e) {
            fail(e);
            throw e;
        }
    }

    /// Writes the changes that wait one by one, and drops those that are refused.
    private void dropFaulty() {
        Deque<Change> rest = new ArrayDeque<>(waiting);
        waiting.clear();
        try {
            while (!rest.isEmpty()) {
                waiting.add(rest.removeFirst());
                writeOne();
            }
        } finally {
            // What was not tried goes on waiting where the disk fails in the middle.
            waiting.addAll(rest);
        }
    }

    private void writeOne() {
        try {
            transact(null);
        } catch (DatabaseException e) {
            if (e.kind() != Kind.FAULT) {
                throw e;
            }
            waiting.clear();
            owner.execute(() -> listener.onFault(e));
        }
    }

    private static void close(@Nullable Database open) {
        if (open != null) {
            try {
                open.close();
            } catch (DatabaseException e) {
                // What was committed is there, and nothing else is asked of it any more.
                return;
            }
        }
    }

    /// Writes what waits, if it can be written, and closes the database.
    ///
    /// @param done called on the loop of the disk
    public void close(Runnable done) {
        disk.execute(() -> {
            if (!closed) {
                retry();
                closed = true;
                close(database);
                database = null;
            }
            done.run();
        });
    }
}
