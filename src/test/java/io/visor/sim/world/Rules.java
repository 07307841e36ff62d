package io.visor.sim.world;

import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.ServiceName;
import io.visor.model.Version;
import io.visor.sim.world.Processes.Running;
import io.visor.upgrade.Move;
import io.visor.upgrade.Program;
import io.visor.upgrade.UpgradeNotice;
import io.visor.upgrade.UpgradeState;
import io.visor.upgrade.UpgradeState.RollingBack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must always hold, whatever happens.
final class Rules {

    private final World world;
    private final Map<ProgramName, Version> links = new HashMap<>();
    private final Map<ProgramName, Set<Version>> failed = new HashMap<>();
    private final Map<ProgramName, Set<Version>> notJudged = new HashMap<>();
    private final Map<ProgramName, Set<Version>> heldVersions = new HashMap<>();
    private final Set<ProgramName> heldPrograms = new HashSet<>();
    private final Map<ProgramName, Integer> resumptions = new HashMap<>();
    private final Map<ProgramName, Version> goingBack = new HashMap<>();
    private final Map<ProgramName, Version> askedFor = new HashMap<>();
    private final Set<String> down = new HashSet<>();
    private final Serving serving;
    private long linksAt = -1;

    Rules(World world) {
        this.world = world;
        this.serving = new Serving(world);
    }

    /// After every step.
    void check() {
        if (world.disk().changes() != linksAt) {
            world.scenario().programs().forEach(this::checkLink);
            linksAt = world.disk().changes();
        }
        if (world.isUp() && world.critical() > 1) {
            throw new Violation("one at a time", "two programs are between stop and trust");
        }
        serving.check();
    }

    /// A visor is started.
    void startAnew() {
        serving.startAnew();
    }

    /// The power was cut: a link that was not flushed may be the one before.
    void forgetLinks() {
        links.clear();
        linksAt = -1;
    }

    private void checkLink(ProgramSpec program) {
        ProgramName name = program.name();
        Optional<Observer.Link> link = world.observer().link(program, world.scenario().wrap());
        if (link.isEmpty()) {
            return;
        }
        Version version =
                link.get()
                        .content()
                        .flatMap(bytes -> Releases.identify(name, bytes))
                        .orElseThrow(() ->
                                new Violation(
                                        "the link names a whole release",
                                        name + ": " + link.get().target()));
        Version before = links.put(name, version);
        if (before == null || before.equals(version) || !world.isUp()) {
            return;
        }
        switched(name, before, version);
    }

    private void switched(ProgramName name, Version before, Version version) {
        Program program = world.program(name);
        boolean back =
                program.state() instanceof RollingBack || version.equals(goingBack.get(name));
        boolean asked = version.equals(askedFor.get(name));
        if (version.isBelow(before) && !back && !asked) {
            throw new Violation("never down", name + " " + before + " → " + version);
        }
        if (back || asked) {
            return;
        }
        if (heldPrograms.contains(name)
                || heldVersions.getOrDefault(name, Set.of()).contains(version)) {
            throw new Violation("a hold holds", name + " " + version + " was on hold");
        }
        Requirement requirement = program.requirement();
        if (failed.getOrDefault(name, Set.of()).contains(version)
                && requirement != null
                && !before.isBelow(requirement.min())) {
            throw new Violation("a version that failed is not tried again", name + " " + version);
        }
    }

    /// A process is about to start.
    void onSpawn(
            String mark, @Nullable ProgramName program, Optional<byte[]> content, String path) {
        for (Running other : world.processes().all()) {
            if (other.mark().equals(mark)) {
                throw new Violation("never two", mark + " runs as pid " + other.pid() + " already");
            }
        }
        if (world.isRecalled() && down.contains(mark.substring(mark.lastIndexOf('/') + 1))) {
            throw new Violation("what is wanted down stays down", mark);
        }
        serving.onStart(mark.substring(mark.lastIndexOf('/') + 1));
        if (program == null) {
            return;
        }
        if (content.flatMap(bytes -> Releases.identify(program, bytes)).isEmpty()) {
            throw new Violation("only what was verified runs", path);
        }
        if (!world.observer().hasManifest(path)) {
            throw new Violation("only what was verified runs", path + " has no manifest");
        }
    }

    /// A process is asked to end.
    void onSignal(Running process) {
        ProgramName name = process.program();
        if (world.mayStop(process.service()) || world.isKeptDown(process.service())) {
            return;
        }
        if (name != null) {
            UpgradeState state = world.program(name).state();
            if (state instanceof UpgradeState.Stopping || state instanceof RollingBack) {
                return;
            }
        }
        throw new Violation(
                "a healthy process is not stopped without need",
                process.mark() + (name == null ? "" : " in " + world.program(name).state()));
    }

    /// An upgrade has something to tell.
    void onNotice(ProgramName name, UpgradeNotice notice) {
        Requirement requirement = world.program(name).requirement();
        switch (notice) {
            case UpgradeNotice.Begun(Move move) -> {
                goingBack.remove(name);
                askedFor.remove(name);
                if (move.urgency().isAsked()) {
                    askedFor.put(name, move.to());
                }
                if (!move.urgency().isAsked()
                        && requirement != null
                        && (move.to().isBelow(requirement.min())
                                || move.to().isAbove(requirement.target()))) {
                    throw new Violation(
                            "never outside of what the network asks for",
                            name + " " + move + " with " + requirement);
                }
            }
            case UpgradeNotice.RollingBack(Move _, Version back, String _, var _) -> {
                if (requirement != null && back.isBelow(requirement.min())) {
                    throw new Violation("never below min", name + " goes back to " + back);
                }
                goingBack.put(name, back);
            }
            case UpgradeNotice.RolledBack(Move move, Version _, String _) ->
                    failed.computeIfAbsent(name, _ -> new HashSet<>()).add(move.to());
            case UpgradeNotice.NotJudged(Version version, String _) ->
                    notJudged.computeIfAbsent(name, _ -> new HashSet<>()).add(version);
            case UpgradeNotice.Committed(Move move, boolean _, var _) ->
                    failed.getOrDefault(name, new HashSet<>()).remove(move.to());
            default -> {}
        }
    }

    /// How often somebody has asked for a program to be resumed.
    int resumptions(ProgramName name) {
        return resumptions.getOrDefault(name, 0);
    }

    /// An order has left a hold.
    ///
    /// @param resumptions how many there were when it was given: one since then may have lifted it
    ///   by now, also if nobody has heard of that yet
    void held(ProgramName name, @Nullable Version version, int resumptions) {
        if (resumptions != resumptions(name)) {
            return;
        }
        if (version == null) {
            heldPrograms.add(name);
        } else {
            heldVersions.computeIfAbsent(name, _ -> new HashSet<>()).add(version);
        }
    }

    void resuming(ProgramName name) {
        resumptions.merge(name, 1, Integer::sum);
        heldPrograms.remove(name);
        heldVersions.remove(name);
        failed.remove(name);
    }

    /// All holds of the operator are gone, as the database was lost; and so is what became of a
    /// version whose release does not tell it, if somebody was told that it does not.
    void databaseLost() {
        heldPrograms.clear();
        heldVersions.clear();
        down.clear();
        notJudged.forEach((name, versions) ->
                versions.stream()
                        .filter(version -> !world.observer().hasVerdict(name, version))
                        .forEach(failed.getOrDefault(name, new HashSet<>())::remove));
    }

    void wantedDown(ServiceName service) {
        down.add(service.text());
    }

    void wantedUp(ServiceName service) {
        down.remove(service.text());
    }
}
