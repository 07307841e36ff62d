package io.visor.upgrade;

import io.visor.model.Hook;
import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.release.ReleaseException.Kind;
import io.visor.time.Task;
import io.visor.upgrade.hook.HookResult;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings the release of an upgrade here, and tries it, in a task. One at a time; for the loop.
final class StagingTask {

    /// How often `upgrades/` is looked at for a version that may not be fetched.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /// When a hook is asked again that said "not now"; as long as Mender waits.
    static final Duration NOT_NOW_PAUSE = Duration.ofSeconds(60);

    private final ProgramParts parts;
    private final Candidates candidates;
    private final Consumer<UpgradeEvent> events;
    private @Nullable Task task;
    private int number;

    /// What is to be staged.
    ///
    /// @param move the upgrade
    /// @param floor the lowest version that will do; null if only that of the upgrade will
    /// @param held versions that failed here
    /// @param mayFetch whether it may be fetched
    /// @param height the chain's height, 0 if it is not known
    record Order(
            Move move, @Nullable Version floor, Set<Version> held, boolean mayFetch, long height) {}

    /// Stages nothing yet.
    ///
    /// @param events takes what comes of it, on the loop
    StagingTask(ProgramParts parts, Consumer<UpgradeEvent> events) {
        this.parts = parts;
        this.candidates = new Candidates(parts.stager(), parts.store());
        this.events = events;
    }

    /// Begins, in the place of what was being staged.
    void begin(Order order) {
        cancel();
        int mine = number;
        Version version = order.move().to();
        task =
                parts.start(
                        "stage",
                        () -> tell(stage(order, mine), mine),
                        why -> tell(new UpgradeEvent.StagingFailed(version, why, null), mine));
    }

    /// Gives up what is being staged.
    void cancel() {
        number++;
        if (task != null) {
            task.cancel();
            task = null;
        }
    }

    private void tell(UpgradeEvent event, int mine) {
        parts.shared()
                .loop()
                .execute(() -> {
                    // A staging that was given up has nothing to say any more.
                    if (mine == number) {
                        events.accept(event);
                    }
                });
    }

    private UpgradeEvent stage(Order order, int mine) throws InterruptedException {
        Version version = order.move().to();
        try {
            Optional<UpgradeEvent> refused = askBeforeFetch(order, mine);
            if (refused.isPresent()) {
                return refused.get();
            }
            Manifest manifest =
                    candidates.stage(
                            version,
                            order.floor(),
                            order.held(),
                            order.mayFetch(),
                            () -> tell(new UpgradeEvent.Lasting(version), mine));
            Move real = order.move().to(manifest.version());
            if (parts.hooks().hasCheck()) {
                tell(new UpgradeEvent.Lasting(version), mine);
            }
            return parts.hooks()
                    .check(real, order.height())
                    .<UpgradeEvent>map(why -> new UpgradeEvent.StagingFailed(version, why, null))
                    .orElseGet(() -> new UpgradeEvent.Staged(version, manifest.version()));
        } catch (ReleaseException e) {
            return e.kind() == Kind.NOT_HERE
                    ? new UpgradeEvent.StagingFailed(
                            version,
                            e.why()
                                    + "; use --auto-download, or put the binary at "
                                    + parts.store().binary(version),
                            LOOK_AGAIN)
                    : new UpgradeEvent.StagingFailed(version, e.why(), null);
        }
    }

    private Optional<UpgradeEvent> askBeforeFetch(Order order, int mine)
            throws InterruptedException {
        Version version = order.move().to();
        if (!order.mayFetch()
                || !parts.hooks().has(Hook.Point.PRE_FETCH)
                || parts.store().manifest(version).isPresent()) {
            return Optional.empty();
        }
        tell(new UpgradeEvent.Lasting(version), mine);
        Optional<HookResult> result =
                parts.hooks().run(Hook.Point.PRE_FETCH, order.move(), order.height(), "");
        if (result.isEmpty()) {
            return Optional.empty();
        }
        HookResult ran = result.get();
        parts.shared()
                .loop()
                .execute(() -> {
                    if (mine == number) {
                        parts.shared()
                                .listener()
                                .on(parts.name(), new UpgradeNotice.HookRan(order.move(), ran));
                    }
                });
        return switch (ran.verdict()) {
            case GO -> Optional.empty();
            case NOT_NOW ->
                    Optional.of(new UpgradeEvent.StagingFailed(version, ran.why(), NOT_NOW_PAUSE));
            case FAILED -> Optional.of(new UpgradeEvent.StagingFailed(version, ran.why(), null));
        };
    }
}
