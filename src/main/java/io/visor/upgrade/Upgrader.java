package io.visor.upgrade;

import io.visor.model.Chance;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.store.Change;
import io.visor.store.Database;
import io.visor.store.FaultPoints;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.hook.Hooks;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeRecords.Remembered;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Owns the upgrades of an instance's programs. Decisions, and everything between stop and start,
/// happen on one loop, so every method must be called there; what may take time happens in tasks.
public final class Upgrader {

    private final UpgradeRecords records;
    private final ProgramParts.Shared shared;
    private final Map<ProgramName, ProgramUpgrade> programs = new LinkedHashMap<>();
    private final Deque<Runnable> events = new ArrayDeque<>();
    private final Deque<ProgramUpgrade> waitingForTurn = new ArrayDeque<>();
    private @Nullable ProgramUpgrade turn;
    private boolean draining;
    private boolean closed;

    /// Makes an owner without programs.
    ///
    /// @param records where everything is kept
    /// @param faults told of every effect
    /// @param home tells one home and instance from another
    public Upgrader(
            Loop loop,
            Scheduler scheduler,
            Supervisor supervisor,
            ActiveVersions versions,
            UpgradeRecords records,
            FaultPoints faults,
            String home,
            UpgradeListener listener) {
        this.records = records;
        this.shared =
                new ProgramParts.Shared(
                        loop,
                        scheduler,
                        supervisor,
                        versions,
                        records,
                        faults,
                        home,
                        listener,
                        this::dispatch,
                        new Queue());
        supervisor.listen(this::onService);
    }

    /// Takes a program over; its active version is already known to the active versions.
    ///
    /// @param hooks the operator's commands
    /// @param backups the copies of its data
    /// @param chance varies the pauses between attempts
    public void add(
            ProgramSpec spec,
            VersionStore store,
            Stager stager,
            Hooks hooks,
            Backups backups,
            Chance chance) {
        ProgramParts parts = new ProgramParts(shared, spec, store, stager, hooks, backups);
        programs.put(spec.name(), new ProgramUpgrade(parts, chance));
    }

    /// Reads what is remembered of the programs; for [#remember]. Throws a
    /// [io.visor.release.ReleaseException] if the database is new and the manifests cannot be read.
    public Database.Work<Map<ProgramName, Remembered>> remembered() {
        Map<ProgramName, Optional<Version>> active = new LinkedHashMap<>();
        programs.forEach((name, program) ->
                active.put(name, Optional.ofNullable(program.program().active())));
        Map<ProgramName, ProgramUpgrade> known = Map.copyOf(programs);
        return records.remembered(
                active, name -> Objects.requireNonNull(known.get(name)).records().fromManifests());
    }

    /// Takes in what is remembered; before [#begin], or before that is called again.
    ///
    /// @param then called when it is durable, or cannot be, how often visor was interrupted
    public void remember(Map<ProgramName, Remembered> all, Runnable then) {
        all.forEach((name, remembered) -> managed(name).remember(remembered));
        List<Change> interruptions =
                programs.values().stream()
                        .flatMap(program ->
                                program.records().interruption(program.program().active()).stream())
                        .toList();
        if (interruptions.isEmpty()) {
            then.run();
        } else {
            records.now(
                    session -> interruptions.forEach(change -> change.in(session)),
                    _ -> then.run());
        }
    }

    /// What can be known of the programs where the database cannot be read.
    ///
    /// @return reads files; for a task
    public Supplier<Map<ProgramName, Memory>> toldByManifests() {
        Map<ProgramName, ProgramUpgrade> known = new LinkedHashMap<>(programs);
        return () -> {
            Map<ProgramName, Memory> all = new LinkedHashMap<>();
            known.forEach((name, program) -> all.put(name, program.records().fromManifestsIfAny()));
            return all;
        };
    }

    /// Goes on with what can be known, until [#remember]; before [#begin].
    public void presume(Map<ProgramName, Memory> all) {
        all.forEach((name, memory) -> managed(name).presume(memory));
    }

    /// Has all that is known written down, as nothing is any more.
    public void writeEverything() {
        programs.values()
                .forEach(
                        program -> records.record(program.records().everything(program.program())));
    }

    /// Where a program stands.
    public Program program(ProgramName name) {
        return managed(name).program();
    }

    /// Lets every program's services start, or takes up what an earlier visor left. Where that is
    /// not remembered yet, the services start and no upgrade begins: it is called again when it is.
    public void begin() {
        programs.values().forEach(ProgramUpgrade::begin);
    }

    /// The network asks for versions of a program.
    public void require(ProgramName name, Requirement requirement) {
        managed(name).require(requirement);
    }

    /// Whether a program is between the stop of its services and the end of their health window.
    public boolean isSwitching() {
        return programs.values().stream()
                .anyMatch(program -> program.program().state().isCritical());
    }

    /// Whether a program's services are kept from starting until its versions are switched.
    public boolean isBetweenVersions(ProgramName name) {
        return switch (program(name).state()) {
            case UpgradeState.Stopping _, UpgradeState.Switching _ -> true;
            case RollingBack back -> !(back.leg() instanceof BackWatching);
            case UpgradeState.Watching _, UpgradeState.Over _, UpgradeState.Preparing _ -> false;
        };
    }

    /// What somebody may ask of a program's upgrades.
    public Operator operator(ProgramName name) {
        return new Operator(managed(name));
    }

    /// All that is known of a program's upgrades.
    public Standing standing(ProgramName name) {
        ProgramName busy =
                programs.entrySet().stream()
                        .filter(entry -> entry.getValue().needsTurn())
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(null);
        return managed(name).standing(busy);
    }

    /// The active version of a program may not be run: it counts as none.
    public void distrust(ProgramName name) {
        managed(name).distrust();
    }

    /// Gives up what is being staged; no upgrade takes another step.
    public void close() {
        if (!closed) {
            closed = true;
            programs.values().forEach(ProgramUpgrade::close);
        }
    }

    private ProgramUpgrade managed(ProgramName name) {
        ProgramUpgrade program = programs.get(name);
        if (program == null) {
            throw new IllegalArgumentException("no program " + name);
        }
        return program;
    }

    private void onService(ServiceSpec spec, ServiceNotice notice) {
        ProgramUpgrade program = spec.program() == null ? null : programs.get(spec.program());
        if (program != null && !closed) {
            program.onService(spec, notice);
        }
    }

    /// Takes an event. One that an effect of another one brings waits until that one's effects are
    /// all done.
    private void dispatch(ProgramUpgrade program, UpgradeEvent event) {
        events.add(() -> take(program, event));
        if (draining) {
            return;
        }
        draining = true;
        try {
            for (Runnable next = events.poll(); next != null; next = events.poll()) {
                next.run();
            }
        } finally {
            draining = false;
        }
    }

    private void take(ProgramUpgrade program, UpgradeEvent event) {
        if (!closed) {
            program.take(event);
            passTurn();
        }
    }

    /// Gives the turn to the next program that waits for it, if nobody has it.
    private void passTurn() {
        while (turn == null || !turn.needsTurn()) {
            // One that an earlier visor left between stop and trust has no turn, and keeps the
            // others off all the same.
            turn = isSwitching() ? null : waitingForTurn.poll();
            if (turn == null) {
                return;
            }
            turn.onTurn();
        }
    }

    private final class Queue implements ProgramParts.Turns {

        @Override
        public void await(ProgramUpgrade program) {
            waitingForTurn.add(program);
        }

        @Override
        public void look() {
            passTurn();
        }
    }
}
