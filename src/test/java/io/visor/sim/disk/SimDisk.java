package io.visor.sim.disk;

import io.visor.sim.disk.Fault.Moment;
import io.visor.sim.disk.Operation.Kind;
import io.visor.sim.disk.medium.ErrnoException;
import io.visor.sim.disk.medium.Space;
import io.visor.sim.disk.medium.Tree;
import io.visor.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The disk of a simulated machine. Processes use it through [#mount]; a simulation decides what
/// goes wrong with it. All that happens on it follows from the seed and from what is asked of it.
///
/// For one thread at a time.
public final class SimDisk {

    private final Tree tree;
    private final SplittableRandom orders;
    private final SplittableRandom cuts;
    private final Trace trace = new Trace();
    private final List<SimFileSystem> mounts = new ArrayList<>();
    private final List<Expected> expected = new ArrayList<>();
    private Fault.Source faults = operation -> null;
    private boolean pretending;
    private long operations;
    private long changes;

    /// A fault that waits for its operation.
    private record Expected(Predicate<Operation> which, Fault fault) {}

    /// What is done for an operation.
    interface Call<T> {
        T run(Tree tree) throws ErrnoException;
    }

    /// Makes a disk that holds an empty root directory.
    ///
    /// @param clock tells what times files bear
    public SimDisk(long seed, Clock clock) {
        SplittableRandom random = new SplittableRandom(seed);
        this.orders = random.split();
        this.cuts = random.split();
        this.tree = new Tree(clock);
    }

    /// The disk as a new process sees it.
    ///
    /// @param gone makes what is thrown at whoever uses it after the process has died
    public SimFileSystem mount(Supplier<? extends Error> gone) {
        SimFileSystem mount = new SimFileSystem(this, gone);
        mounts.add(mount);
        return mount;
    }

    /// Says who is asked, from now on, what goes wrong with each operation.
    public void setFaults(Fault.Source source) {
        faults = source;
    }

    /// Has the next operation of a kind go wrong.
    public void failNext(Kind kind, Fault fault) {
        failNext(operation -> operation.kind() == kind, fault);
    }

    /// Has the next operation that fits go wrong. Of several faults that wait, the one that was
    /// asked for first comes first.
    public void failNext(Predicate<Operation> which, Fault fault) {
        expected.add(new Expected(which, fault));
    }

    /// From now on flushing does nothing, and says that it was done: a disk that lies, or a program
    /// that has forgotten to flush.
    public void pretendToFlush() {
        pretending = true;
    }

    /// Says how much fits on the disk.
    ///
    /// @param bytes counted in whole pages of 4096
    public void setCapacity(long bytes) {
        space().setCapacity(bytes);
    }

    /// The bytes that are in use, in whole pages of 4096.
    public long used() {
        return space().used();
    }

    Space space() {
        return tree.space();
    }

    /// Cuts the power: every process dies, and only what survives is there from now on.
    ///
    /// @return what was lost, in words, for whoever looks into a failure
    public List<String> cutPower() {
        List.copyOf(mounts).forEach(SimFileSystem::kill);
        return tree.cutPower(cuts);
    }

    /// Makes all durable that is there now, as if it had been there for long.
    public void flush() {
        tree.syncAll();
    }

    /// How many operations were asked for.
    public long operations() {
        return operations;
    }

    /// How many of them were such that change something.
    public long changes() {
        return changes;
    }

    /// The latest operations, and how they ended.
    public List<String> trace() {
        return trace.lines();
    }

    /// Brings names into the order in which a directory happens to have them.
    void shuffle(List<String> names) {
        Collections.shuffle(names, orders);
    }

    void unmount(SimFileSystem mount) {
        mounts.remove(mount);
    }

    /// Does something for a process that does not count as an operation, and does not fail.
    void quietly(Consumer<Tree> action) {
        action.accept(tree);
    }

    /// Does something for a process.
    <T> T run(SimFileSystem process, Kind kind, String path, @Nullable String other, Call<T> call)
            throws ErrnoException {
        process.requireAlive();
        operations++;
        if (kind.changes()) {
            changes++;
        }
        Operation operation = new Operation(operations, kind, path, other);
        try {
            Fault fault = fault(operation);
            process.requireAlive();
            strike(process, fault, Moment.BEFORE);
            T result = pretending && kind == Kind.SYNC ? nothing() : attempt(process, fault, call);
            trace.add(operation, null, false);
            return result;
        } catch (ErrnoException e) {
            trace.add(operation, e.errno(), false);
            throw e;
        } catch (Error e) {
            trace.add(operation, null, true);
            throw e;
        }
    }

    /// What comes of flushing, which is nothing.
    @SuppressWarnings("NullAway")
    private static <T> T nothing() {
        return null;
    }

    private <T> T attempt(SimFileSystem process, @Nullable Fault fault, Call<T> call)
            throws ErrnoException {
        T result;
        try {
            result = call.run(tree);
        } catch (ErrnoException e) {
            strike(process, fault, Moment.AFTER);
            throw e;
        }
        strike(process, fault, Moment.AFTER);
        return result;
    }

    private @Nullable Fault fault(Operation operation) {
        for (Iterator<Expected> waiting = expected.iterator(); waiting.hasNext(); ) {
            Expected next = waiting.next();
            if (next.which.test(operation)) {
                waiting.remove();
                return next.fault;
            }
        }
        return faults.of(operation);
    }

    private static void strike(SimFileSystem process, @Nullable Fault fault, Moment moment)
            throws ErrnoException {
        if (fault == null || fault.moment() != moment) {
            return;
        }
        switch (fault) {
            case Fault.Refusal refusal -> throw new ErrnoException(refusal.errno());
            case Fault.Death _ -> {
                process.kill();
                process.requireAlive();
            }
        }
    }
}
