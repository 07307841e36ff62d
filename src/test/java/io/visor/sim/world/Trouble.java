package io.visor.sim.world;

import io.visor.chain.SimNode;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ServiceName;
import io.visor.model.Version;
import io.visor.release.SimReleaseSource;
import io.visor.service.Service.Wanted;
import io.visor.service.Supervisor;
import io.visor.sim.SimScheduler;
import io.visor.upgrade.Operator;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// Has things happen to a world: proposals on the chain, what an operator does, and what goes
/// wrong.
final class Trouble {

    private final World world;
    private final SplittableRandom random;
    private final SimScheduler scheduler;
    private Version newest = Version.of("1.0.0");
    private boolean over;

    Trouble(World world) {
        this.world = world;
        this.random = world.random().split();
        this.scheduler = world.scheduler();
    }

    /// Begins.
    void start() {
        double harshness = List.of(0.0, 0.3, 1.0, 3.0).get(random.nextInt(4));
        world.setRates(0.004 * harshness, 0.0004 * harshness, 0.0003 * harshness);
        world.database().setUnreadableRate(0.05 * harshness);
        world.database().setRates(0.002 * harshness, 0.0003 * harshness, 0.002 * harshness);
        again(minutes(6), this::propose);
        again(minutes(20), this::operate);
        again(minutes(15), world::killProcess);
        if (harshness > 0) {
            again(minutes(40 / harshness), world::killVisor);
            again(minutes(80 / harshness), world::cutPower);
            again(minutes(60 / harshness), world::askToEnd);
            again(minutes(25 / harshness), this::changeNode);
            again(minutes(25 / harshness), this::changeHost);
            again(minutes(60 / harshness), this::fillDisk);
            again(minutes(90 / harshness), this::setClock);
        }
    }

    /// Ends; nothing of it is left but what is published and wanted.
    void stop() {
        over = true;
        world.calm();
        world.chain().nodes().forEach(node -> node.set(SimNode.Mode.HONEST));
        world.releases().set(SimReleaseSource.Mode.HONEST);
        world.releases().publishAll();
    }

    private static Duration minutes(double minutes) {
        return Duration.ofMillis((long) (minutes * 60_000));
    }

    private void again(Duration mean, Runnable action) {
        double wait = -Math.log(1 - random.nextDouble()) * mean.toMillis();
        scheduler.at(
                Duration.ofMillis((long) wait),
                () -> {
                    if (!over) {
                        action.run();
                        again(mean, action);
                    }
                });
    }

    private Version next() {
        List<Integer> n = newest.numbers();
        newest =
                switch (random.nextInt(6)) {
                    case 0 -> new Version(List.of(n.get(0) + 1, 0, 0), List.of());
                    case 1, 2 -> new Version(List.of(n.get(0), n.get(1) + 1, 0), List.of());
                    default -> new Version(List.of(n.get(0), n.get(1), n.get(2) + 1), List.of());
                };
        return newest;
    }

    /// A version that is good, was never tried and is wanted by the chain.
    Version proposeLast() {
        Version last = next();
        world.releases().make(last, Releases.Quality.GOOD);
        world.releases().publish(last);
        world.chain().want(random.nextBoolean() ? last : world.chain().min(), last);
        world.note("the chain wants " + last + ", the last one");
        return last;
    }

    private void propose() {
        if (random.nextInt(10) == 0) {
            Version min = world.chain().min();
            world.note("the chain withdraws, and wants " + min);
            world.chain().want(min, min);
            return;
        }
        Version target = next();
        world.releases().make(target, quality());
        if (random.nextInt(3) > 0) {
            world.releases().publish(target);
        } else {
            scheduler.at(minutes(random.nextInt(20)), () -> world.releases().publish(target));
        }
        Version min =
                switch (random.nextInt(4)) {
                    case 0 -> target;
                    case 1 -> world.chain().target();
                    default -> world.chain().min();
                };
        world.note("the chain wants " + min + " to " + target);
        world.chain().want(min.isAbove(target) ? target : min, target);
    }

    private Releases.Quality quality() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> Releases.Quality.BAD;
            case 2 -> Releases.Quality.FLAKY;
            case 3 -> Releases.Quality.SLOW;
            case 4 -> Releases.Quality.DEAF;
            default -> Releases.Quality.GOOD;
        };
    }

    private void changeNode() {
        List<SimNode> nodes = world.chain().nodes();
        SimNode.Mode[] modes = SimNode.Mode.values();
        SimNode.Mode mode =
                random.nextBoolean() ? SimNode.Mode.HONEST : modes[random.nextInt(modes.length)];
        nodes.get(random.nextInt(nodes.size())).set(mode);
    }

    private void changeHost() {
        SimReleaseSource.Mode[] modes = SimReleaseSource.Mode.values();
        world.releases()
                .set(
                        random.nextBoolean()
                                ? SimReleaseSource.Mode.HONEST
                                : modes[random.nextInt(modes.length)]);
    }

    private void fillDisk() {
        world.note("the disk is full");
        world.setDiskFull(true);
        scheduler.at(minutes(random.nextInt(15)), () -> world.setDiskFull(false));
    }

    private void setClock() {
        scheduler.jumpWallClock(minutes(random.nextInt(240) - 120));
    }

    /// Lifts all that the operator has stopped, and approves what waits for it.
    void makeWay(Version version) {
        SimVisor visor = world.visor();
        if (visor == null || !visor.instance().hasBegun()) {
            return;
        }
        visor.loop()
                .execute(() -> {
                    for (ProgramSpec program : world.scenario().programs()) {
                        Operator operator = visor.instance().upgrader().operator(program.name());
                        resume(operator, program.name());
                        operator.approve(version, reply -> world.note("makes way: " + reply));
                    }
                    for (Supervisor.View view : visor.instance().supervisor().views()) {
                        want(visor, view.spec().name(), Wanted.UP);
                    }
                });
    }

    private void operate() {
        SimVisor visor = world.visor();
        if (visor == null || !visor.instance().hasBegun()) {
            return;
        }
        visor.loop()
                .execute(() -> {
                    if (!visor.instance().isStopping()) {
                        if (random.nextInt(3) == 0) {
                            service(visor);
                        } else {
                            program(visor);
                        }
                    }
                });
    }

    private void service(SimVisor visor) {
        List<Supervisor.View> views = List.copyOf(visor.instance().supervisor().views());
        if (views.isEmpty()) {
            return;
        }
        ServiceName name = views.get(random.nextInt(views.size())).spec().name();
        if (random.nextBoolean()) {
            want(visor, name, Wanted.DOWN);
            scheduler.at(
                    minutes(1 + random.nextInt(20)),
                    () -> {
                        SimVisor later = world.visor();
                        if (later != null && later.instance().hasBegun()) {
                            later.loop().execute(() -> want(later, name, Wanted.UP));
                        }
                    });
        } else if (!isBeingUpgraded(visor, name)) {
            world.note("restart " + name);
            world.touch(name.text());
            world.rules().wantedUp(name);
            visor.instance().supervisor().restart(name);
            visor.instance().wanted().set(name, Wanted.UP, _ -> {});
        }
    }

    /// Starts and restarts are refused then.
    private boolean isBeingUpgraded(SimVisor visor, ServiceName name) {
        return visor.instance().supervisor().views().stream()
                .filter(view -> view.spec().name().equals(name))
                .map(view -> view.spec().program())
                .anyMatch(
                        program -> program != null && world.program(program).state().isCritical());
    }

    private void want(SimVisor visor, ServiceName name, Wanted wanted) {
        boolean known =
                visor.instance().supervisor().views().stream()
                        .anyMatch(view -> view.spec().name().equals(name));
        if (!known
                || visor.instance().isStopping()
                || wanted == Wanted.UP && isBeingUpgraded(visor, name)) {
            return;
        }
        world.note("wanted " + wanted + ": " + name);
        world.touch(name.text());
        if (wanted == Wanted.UP) {
            world.rules().wantedUp(name);
            visor.instance().supervisor().start(name);
        } else {
            visor.instance().supervisor().stop(name);
        }
        visor.instance()
                .wanted()
                .set(
                        name,
                        wanted,
                        failure -> {
                            if (failure.isEmpty()
                                    && wanted == Wanted.DOWN
                                    && !world.scenario().wrap()) {
                                world.rules().wantedDown(name);
                            }
                        });
    }

    private void program(SimVisor visor) {
        List<ProgramSpec> programs = world.scenario().programs();
        ProgramName name = programs.get(random.nextInt(programs.size())).name();
        Operator operator = visor.instance().upgrader().operator(name);
        Version target = world.chain().target();
        switch (random.nextInt(6)) {
            case 0 -> hold(operator, name, target);
            case 1 -> hold(operator, name, null);
            case 2 -> {
                resume(operator, name);
            }
            case 3 -> operator.approve(null, reply -> world.note("approve: " + reply));
            case 4 -> {
                world.note("rollback of " + name);
                int resumptions = world.rules().resumptions(name);
                operator.rollback(
                        null,
                        random.nextBoolean(),
                        false,
                        reply -> {
                            world.note(reply.toString());
                            if (reply instanceof Operator.Reply.Done) {
                                Version active = visor.instance().upgrader().program(name).active();
                                if (active != null) {
                                    world.rules().held(name, active, resumptions);
                                }
                            }
                        });
            }
            default -> operator.prepare(null, reply -> world.note("prepare: " + reply));
        }
    }

    /// From the asking on it may, and from the answer on it does, take effect.
    private void resume(Operator operator, ProgramName name) {
        world.note("resume " + name);
        world.rules().resuming(name);
        operator.resume(
                null,
                reply -> {
                    world.note(reply.toString());
                    world.rules().resuming(name);
                });
    }

    private void hold(
            Operator operator,
            ProgramName name,
            @org.jspecify.annotations.Nullable Version version) {
        world.note("hold " + name + " " + version);
        int resumptions = world.rules().resumptions(name);
        operator.hold(
                version,
                "because",
                reply -> {
                    world.note(reply.toString());
                    boolean switching = world.isUp() && world.program(name).state().isCritical();
                    // The upgrade that is being watched, or comes back, goes on.
                    if (reply instanceof Operator.Reply.Done && !switching) {
                        world.rules().held(name, version, resumptions);
                    }
                });
        // It holds until somebody lifts it, who mostly does.
        scheduler.at(
                minutes(random.nextInt(40)),
                () -> {
                    SimVisor visor = world.visor();
                    if (visor != null && visor.instance().hasBegun() && random.nextInt(4) > 0) {
                        visor.loop()
                                .execute(() ->
                                        resume(visor.instance().upgrader().operator(name), name));
                    }
                });
    }
}
