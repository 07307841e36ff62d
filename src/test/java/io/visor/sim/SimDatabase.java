package io.visor.sim;

import io.visor.sim.SimScheduler.Killed;
import io.visor.store.Database;
import io.visor.store.DatabaseException;
import io.visor.store.DatabaseException.Kind;
import io.visor.store.Recorder;
import io.visor.store.Schema;
import io.visor.store.Session;
import io.visor.store.SqliteDatabase;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/// SQLite with what can go wrong with it. It keeps its promise: what was committed stays, whatever
/// happens to visor or to the power.
public final class SimDatabase {

    private final List<Schema> schemas;
    private final SplittableRandom random;

    /// Of its own, so that a seed goes on meaning what it meant before there was such a fault.
    private final SplittableRandom reading;

    private SqliteDatabase real;
    private double fullRate;
    private double damageRate;
    private double killRate;
    private double unreadableRate;
    private int hiddenFor;
    private boolean full;
    private int damagedIn;

    /// An empty one, to which nothing happens yet.
    ///
    /// @param seed of what makes it unreadable
    public SimDatabase(List<Schema> schemas, SplittableRandom random, long seed) {
        this.schemas = schemas;
        this.random = random;
        this.reading = new SplittableRandom(seed);
        this.real = SqliteDatabase.inMemory(schemas);
    }

    /// How often it is full, damaged, or visor killed while it is used.
    public void setRates(double newFullRate, double newDamageRate, double newKillRate) {
        fullRate = newFullRate;
        damageRate = newDamageRate;
        killRate = newKillRate;
    }

    /// How often a visor that starts cannot read it. One of its next tries succeeds.
    public void setUnreadableRate(double rate) {
        unreadableRate = rate;
    }

    /// Has it be unreadable.
    ///
    /// @param tries how often; 0: no more
    public void hideFor(int tries) {
        hiddenFor = tries;
    }

    /// Has it found damaged by a transaction to come, once.
    ///
    /// @param transactions by which, from 1
    public void damageIn(int transactions) {
        damagedIn = transactions;
    }

    /// Whether nothing can be written.
    public void setFull(boolean isFull) {
        full = isFull;
    }

    /// What was kept, as nobody's process sees it.
    public SqliteDatabase real() {
        return real;
    }

    public void close() {
        real.close();
    }

    /// The database as one visor sees it.
    ///
    /// @param alive whether that visor lives
    /// @param kill ends that visor
    public Recorder.Source source(BooleanSupplier alive, Runnable kill) {
        if (reading.nextDouble() < unreadableRate) {
            hiddenFor = 1 + reading.nextInt(10);
        }
        return new Recorder.Source() {
            @Override
            public Database open() {
                requireAlive(alive);
                if (hiddenFor > 0) {
                    hiddenFor--;
                    throw new DatabaseException(Kind.DISK, "input/output error", null);
                }
                return new View(alive, kill);
            }

            @Override
            public Optional<String> setAside() {
                requireAlive(alive);
                real.close();
                real = SqliteDatabase.inMemory(schemas);
                return Optional.of("damaged");
            }
        };
    }

    private static void requireAlive(BooleanSupplier alive) {
        if (!alive.getAsBoolean()) {
            throw new Killed();
        }
    }

    private final class View implements Database {

        private final BooleanSupplier alive;
        private final Runnable kill;

        View(BooleanSupplier alive, Runnable kill) {
            this.alive = alive;
            this.kill = kill;
        }

        @Override
        public <T> T transaction(Work<T> work) {
            requireAlive(alive);
            dieMaybe();
            boolean refused = full || random.nextDouble() < fullRate;
            if (random.nextDouble() < damageRate || damagedIn > 0 && --damagedIn == 0) {
                throw new DatabaseException(Kind.CORRUPT, "damaged", null);
            }
            T result =
                    real.transaction(session -> {
                        long before = changes(session);
                        T done = work.in(session);
                        if (refused && changes(session) > before) {
                            throw new DatabaseException(Kind.DISK, "the disk is full", null);
                        }
                        return done;
                    });
            dieMaybe();
            return result;
        }

        /// A full disk can still be read.
        private static long changes(Session session) {
            return session.one("SELECT total_changes()", row -> row.number(1)).orElse(0L);
        }

        private void dieMaybe() {
            if (random.nextDouble() < killRate) {
                kill.run();
                throw new Killed();
            }
        }

        @Override
        public void close() {
            // What was committed is there.
        }
    }
}
