package io.visor.upgrade;

import io.visor.model.Durations;
import io.visor.model.ServiceSpec;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.upgrade.UpgradeState.BackStopping;
import io.visor.upgrade.UpgradeState.BackWatching;
import io.visor.upgrade.UpgradeState.Opening;
import io.visor.upgrade.UpgradeState.RollingBack;
import io.visor.upgrade.UpgradeState.Stopping;
import io.visor.upgrade.UpgradeState.Watching;
import java.util.List;

/// Tells the machine of a program what its services do. For the loop.
final class ServiceEvents {

    /// So many of the last lines of a version that failed are kept.
    private static final int KEPT_LINES = 10;

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private final Supervisor supervisor;
    private int startedTold = -1;

    ServiceEvents(ProgramParts parts, ProgramUpgrade upgrade) {
        this.parts = parts;
        this.upgrade = upgrade;
        this.supervisor = parts.shared().supervisor();
    }

    /// A service of the program has something to tell.
    void on(ServiceSpec spec, ServiceNotice notice) {
        if (notice instanceof ServiceNotice.Ended ended && !ended.asked()) {
            String why =
                    spec.name()
                            + " exited with "
                            + ended.status()
                            + " after "
                            + Durations.format(ended.ran())
                            + ended.output().quotedLine();
            upgrade.dispatch(new UpgradeEvent.Fell(why, lastLines(ended)));
        } else if (notice instanceof ServiceNotice.NotStarted(String why)) {
            upgrade.dispatch(new UpgradeEvent.Fell(spec.name() + " cannot be started: " + why));
        } else if (notice instanceof ServiceNotice.Unhealthy(long _, String why)) {
            upgrade.dispatch(new UpgradeEvent.Fell(spec.name() + " " + why));
        } else if (notice instanceof ServiceNotice.NotReady(long _, String why)) {
            upgrade.dispatch(new UpgradeEvent.Fell(spec.name() + " is not ready any more: " + why));
        }
        look();
    }

    /// What a process wrote last, where it is kept why a version failed. Reading it takes time.
    private List<String> lastLines(ServiceNotice.Ended ended) {
        boolean isWatched =
                upgrade.program().state() instanceof Watching
                        || upgrade.program().state() instanceof RollingBack;
        return isWatched ? ended.output().lines(KEPT_LINES) : List.of();
    }

    /// Tells the machine where the services are, if it waits for that. What it is told may be done
    /// at once, so that it may wait for something else then.
    void look() {
        if (waitsForRest(upgrade.program().state()) && supervisor.isAtRest(parts.name())) {
            upgrade.dispatch(new UpgradeEvent.AtRest());
        }
        Program program = upgrade.program();
        boolean waits = waitsForStart(program.state());
        if (waits && startedTold != program.generation() && supervisor.isUp(parts.name())) {
            startedTold = program.generation();
            upgrade.dispatch(new UpgradeEvent.Started());
        }
        if (waits && supervisor.isReady(parts.name())) {
            upgrade.dispatch(new UpgradeEvent.Ready());
        }
    }

    private static boolean waitsForRest(UpgradeState state) {
        return state instanceof Stopping
                || state instanceof RollingBack back && back.leg() instanceof BackStopping;
    }

    private static boolean waitsForStart(UpgradeState state) {
        return state instanceof Watching(Move _, Opening _, int _)
                || state instanceof RollingBack back
                        && back.leg() instanceof BackWatching(Opening _);
    }
}
