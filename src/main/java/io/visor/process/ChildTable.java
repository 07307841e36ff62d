package io.visor.process;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Who reaps which child. Orphans are reaped by looking for ended children of any kind, and that
/// must not take the exit status of a child that somebody else waits for. So starting a child
/// together with writing it down, and looking together with reaping, exclude each other: both are
/// done under [#lock].
public final class ChildTable {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Owner> owners = new HashMap<>();

    /// Who waits for a child.
    interface Owner {

        /// The child has ended and is not reaped yet.
        ///
        /// @return whether it is reaped now; if not, its owner does it in a moment
        boolean onEnded();
    }

    /// Held by whoever starts a child or reaps orphans.
    ReentrantLock lock() {
        return lock;
    }

    void put(long pid, Owner owner) {
        lock.lock();
        try {
            owners.put(pid, owner);
        } finally {
            lock.unlock();
        }
    }

    void remove(long pid) {
        lock.lock();
        try {
            owners.remove(pid);
        } finally {
            lock.unlock();
        }
    }

    @Nullable Owner owner(long pid) {
        lock.lock();
        try {
            return owners.get(pid);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return owners.size();
        } finally {
            lock.unlock();
        }
    }
}
