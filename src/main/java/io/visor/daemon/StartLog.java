package io.visor.daemon;

import io.visor.model.Durations;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.upgrade.Move;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells of starts. The first one of a service after its program was switched is told of with the
/// switch; one that comes later, be it within the health window, is a start like any other.
final class StartLog {

    private static final String SERVICE = "service";
    private static final String UPGRADE = "upgrade";

    private final Journal journal;

    /// The switches that services are being started for.
    private final Map<ProgramName, Switched> switched = new HashMap<>();

    /// The starts that came about before it was told whether their program was switched: between
    /// one process and the next, no words are worth waiting for.
    private final Map<ProgramName, List<Runnable>> early = new HashMap<>();

    /// A switch, and the services that have been started for it.
    private record Switched(Move move, Set<ServiceName> started) {

        Switched(Move move) {
            this(move, new HashSet<>());
        }
    }

    StartLog(Journal journal) {
        this.journal = journal;
    }

    /// A program's services are being ended for a switch.
    void begin(ProgramName program) {
        early.put(program, new ArrayList<>());
    }

    void switched(ProgramName program, Move move) {
        switched.put(program, new Switched(move));
        tellEarly(program);
    }

    void notSwitched(ProgramName program) {
        tellEarly(program);
    }

    /// A program goes back to its last good version.
    void goingBack(ProgramName program, Move move) {
        switched.put(program, new Switched(move));
    }

    /// What starts from now on has nothing to do with the switch.
    void over(ProgramName program) {
        switched.remove(program);
    }

    void started(ServiceSpec spec, long pid, @Nullable Duration down) {
        List<Runnable> starts = spec.program() == null ? null : early.get(spec.program());
        if (starts == null) {
            tell(spec, pid, down);
        } else {
            starts.add(() -> tell(spec, pid, down));
        }
    }

    private void tellEarly(ProgramName program) {
        List<Runnable> starts = early.remove(program);
        if (starts != null) {
            starts.forEach(Runnable::run);
        }
    }

    private void tell(ServiceSpec spec, long pid, @Nullable Duration down) {
        Switched lately = spec.program() == null ? null : switched.get(spec.program());
        Move move = lately != null && lately.started.add(spec.name()) ? lately.move : null;
        String runs = spec.name() + " runs as pid " + pid;
        String wasDown = down == null ? "" : ", was down for " + Durations.format(down);
        if (move == null) {
            journal.info(SERVICE, runs + wasDown);
        } else if (move.from() == null) {
            journal.info(UPGRADE, spec.program() + " " + move.to() + " installed, " + runs);
        } else {
            journal.info(UPGRADE, spec.program() + " " + move + ", " + runs + wasDown);
        }
    }
}
