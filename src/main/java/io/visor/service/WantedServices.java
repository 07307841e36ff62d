package io.visor.service;

import io.visor.model.ServiceName;
import io.visor.service.Service.Wanted;
import io.visor.store.DatabaseException;
import io.visor.store.Recorder;
import io.visor.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which services the operator wants down. All methods are for the instance's loop.
public final class WantedServices {

    private final @Nullable Recorder recorder;
    private final ServiceTable table;
    private final Clock clock;
    private final TreeSet<ServiceName> down = new TreeSet<>();
    private final Set<ServiceName> notKept = new HashSet<>();
    private boolean remembers;

    /// Nothing is wanted down yet.
    ///
    /// @param recorder keeps it; null: nothing is kept, as whoever starts visor again says anew
    ///   what is to run
    public WantedServices(@Nullable Recorder recorder, ServiceTable table, Clock clock) {
        this.recorder = recorder;
        this.table = table;
        this.clock = clock;
    }

    /// Takes in what was kept, as soon as it can be read. What the operator has wanted since is
    /// newer.
    ///
    /// @return the services that were not known to be wanted down
    public Set<ServiceName> remember(Collection<ServiceName> keptDown) {
        remembers = true;
        Set<ServiceName> late = new TreeSet<>();
        if (recorder != null) {
            late.addAll(keptDown);
            late.removeAll(notKept);
            late.removeAll(down);
            down.addAll(late);
        }
        return late;
    }

    /// Has everything written down, as nothing is any more.
    public void writeEverything() {
        if (recorder != null) {
            // What is asked for again before that is durable has to wait for it too.
            notKept.addAll(down);
            down.forEach(name -> recorder.record(table.want(name, Wanted.DOWN, clock.now())));
        }
    }

    /// What the operator wants of a service.
    public Wanted of(ServiceName name) {
        return down.contains(name) ? Wanted.DOWN : Wanted.UP;
    }

    /// The operator wants something else of a service.
    ///
    /// @param kept called on the loop when that is durable; with the reason if it cannot be
    public void set(ServiceName name, Wanted wanted, Consumer<Optional<String>> kept) {
        boolean changed = wanted == Wanted.DOWN ? down.add(name) : down.remove(name);
        boolean isKept = remembers && !changed && !notKept.contains(name);
        if (recorder == null || isKept) {
            kept.accept(Optional.empty());
            return;
        }
        notKept.add(name);
        recorder.recordNow(
                table.want(name, wanted, clock.now()),
                failure -> {
                    if (failure.isEmpty()) {
                        notKept.remove(name);
                    }
                    kept.accept(failure.map(DatabaseException::why));
                });
    }
}
