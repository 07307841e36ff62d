package io.visor.daemon.instance;

import io.visor.daemon.instance.InstanceListener.Level;
import io.visor.model.Chance;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.Version;
import io.visor.release.ActiveLink;
import io.visor.release.Manifest;
import io.visor.release.ReleaseEvent;
import io.visor.release.ReleaseException;
import io.visor.release.ReleaseException.Kind;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.upgrade.ActiveVersions;
import io.visor.upgrade.Program;
import io.visor.upgrade.Upgrader;
import io.visor.upgrade.record.Verdicts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The programs of an instance at its start: which version of each is active, and whether it may be
/// run.
final class Programs {

    private final InstancePlan plan;
    private final Surroundings surroundings;
    private final ActiveVersions versions;
    private final Upgrader upgrader;
    private final Consumer<ReleaseEvent> releases;
    private final Map<ProgramName, Entry> entries = new LinkedHashMap<>();
    private final Map<ProgramName, Role> roles = new HashMap<>();
    private final Set<ProgramName> guessed = new HashSet<>();

    private record Entry(ProgramSpec spec, VersionStore store, Stager stager) {}

    Programs(
            InstancePlan plan,
            Surroundings surroundings,
            ActiveVersions versions,
            Upgrader upgrader,
            Consumer<ReleaseEvent> releases) {
        this.plan = plan;
        this.surroundings = surroundings;
        this.versions = versions;
        this.upgrader = upgrader;
        this.releases = releases;
    }

    /// Which of the chain's versions binds each program.
    Map<ProgramName, Role> roles() {
        return roles;
    }

    /// Reads which versions are active.
    ///
    /// @throws ReleaseException if the links cannot be read
    void read(InstanceListener listener) {
        plan.config().programs().values().stream()
                .sorted((a, b) -> a.name().text().compareTo(b.name().text()))
                .forEach(program -> read(program, listener));
    }

    private void read(ProgramSpec program, InstanceListener listener) {
        VersionStore store = surroundings.store(program);
        Stager stager = surroundings.stager(program, store, releases);
        entries.put(program.name(), new Entry(program, store, stager));
        roles.put(program.name(), program.roleAmong(plan.services()));
        Optional<Version> homes =
                new ActiveLink(store, plan.home().bin(), program.binary()).active();
        Optional<Version> fallback =
                plan.mode() == InstancePlan.Mode.START
                        ? Optional.empty()
                        : homes.or(() -> highest(store));
        ActiveLink own = new ActiveLink(store, plan.bin(), program.binary());
        surroundings
                .backups(program)
                .resume(own::activate)
                .ifPresent(version ->
                        listener.say(
                                Level.WARN,
                                "upgrade",
                                "the data of "
                                        + program.name()
                                        + " "
                                        + version
                                        + " is back: visor ended while it was restored"));
        if (plan.mode() == InstancePlan.Mode.START && own.active().isEmpty()) {
            relink(program, store, own, listener);
        }
        if (own.active().isEmpty() && homes.isEmpty()) {
            guessed.add(program.name());
        }
        versions.add(store, own, fallback);
        versions.active(program.name())
                .ifPresent(version -> listener.onActive(program.name(), version));
    }

    /// A link that was removed, or leads nowhere, takes no service down whose binary is here: it
    /// names again what was good last.
    private void relink(
            ProgramSpec program, VersionStore store, ActiveLink own, InstanceListener listener) {
        try {
            Version good = Verdicts.read(store, plan.name().text()).lastGood();
            if (good != null) {
                Path unused = store.verified(good);
                own.activate(good);
                listener.say(
                        Level.WARN,
                        "upgrade",
                        own.path()
                                + " named no version; it names "
                                + good
                                + " again, which was good here last");
            }
        } catch (ReleaseException e) {
            listener.say(
                    Level.WARN,
                    "upgrade",
                    own.path()
                            + " names no version, and what was good here last cannot be used: "
                            + e.why());
        }
    }

    private static Optional<Version> highest(VersionStore store) {
        List<Version> local = store.local();
        return local.isEmpty() ? Optional.empty() : Optional.of(local.getLast());
    }

    /// Hands the programs to the upgrader; on the loop.
    void add() {
        entries.values()
                .forEach(entry ->
                        upgrader.add(
                                entry.spec,
                                entry.store,
                                entry.stager,
                                surroundings.hooks(entry.spec, entry.store),
                                surroundings.backups(entry.spec),
                                new Chance(surroundings.random())));
    }

    /// Looks at the active binaries before anything is started, so that no start has to wait for
    /// it. For a task.
    ///
    /// @return the programs whose active version may not be run
    List<ProgramName> verify(InstanceListener listener) throws InterruptedException {
        List<ProgramName> broken = new ArrayList<>();
        for (Map.Entry<ProgramName, Entry> entry : entries.entrySet()) {
            Optional<Version> active = versions.active(entry.getKey());
            if (active.isPresent()) {
                try {
                    // The same version anew is no upgrade, so that no hold keeps it out.
                    Manifest unused =
                            entry.getValue()
                                    .stager
                                    .stage(
                                            active.get(),
                                            entry.getValue().spec.upgrade().auto().fetches());
                } catch (ReleaseException e) {
                    listener.say(
                            Level.ERROR,
                            "release",
                            "cannot run " + entry.getKey() + " " + active.get() + ": " + e.why());
                    // What the disk does not give now it may give later: its services are started
                    // when it does, and no other version takes its place.
                    if (e.kind() != Kind.DISK) {
                        broken.add(entry.getKey());
                    }
                }
            }
        }
        return broken;
    }

    /// A version that was chosen because it is here, and not because it ran here, is not run where
    /// the network has told that it is too new. On the loop.
    void reconsider() {
        for (ProgramName name : guessed) {
            Program program = upgrader.program(name);
            Requirement requirement = program.requirement();
            Version active = program.active();
            if (requirement != null && active != null && requirement.target().isBelow(active)) {
                upgrader.distrust(name);
            }
        }
    }
}
