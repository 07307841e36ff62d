package io.visor.upgrade;

import io.visor.model.Hook;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.time.Task;
import io.visor.upgrade.hook.HookResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes another version active while the services of the program have no process. Without a hook
/// that is one rename; with one, the hook is run first, in a task. For the loop.
final class Switching {

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private @Nullable Task task;

    Switching(ProgramParts parts, ProgramUpgrade upgrade) {
        this.parts = parts;
        this.upgrade = upgrade;
    }

    /// Does it.
    ///
    /// @param move the upgrade
    /// @param to the version that is to be active: that of the upgrade, or the one before
    /// @param why why it goes back; empty if it does not
    void begin(Move move, Version to, String why) {
        boolean back = !to.equals(move.to());
        Hook.Point point = back ? Hook.Point.ON_ROLLBACK : Hook.Point.POST_STOP;
        if (!parts.hooks().has(point)) {
            activate(to);
            return;
        }
        long height = upgrade.height();
        task =
                parts.shared()
                        .scheduler()
                        .start(
                                "hook-" + parts.name(),
                                () -> {
                                    Optional<HookResult> result =
                                            parts.hooks().run(point, move, height, why);
                                    parts.shared()
                                            .loop()
                                            .execute(() -> ran(move, to, back, result));
                                });
    }

    private void ran(Move move, Version to, boolean back, Optional<HookResult> result) {
        result.ifPresent(ran -> upgrade.tell(new UpgradeNotice.HookRan(move, ran)));
        boolean failed = result.isPresent() && result.get().verdict() != HookResult.Verdict.GO;
        // What failed must not run on because a hook fails too.
        if (failed && !back) {
            upgrade.dispatch(new UpgradeEvent.SwitchFailed(result.get().why()));
        } else {
            activate(to);
        }
    }

    private void activate(Version version) {
        try {
            parts.shared().versions().activate(parts.name(), version);
        } catch (VisorException e) {
            upgrade.dispatch(new UpgradeEvent.SwitchFailed(e.why()));
            return;
        }
        upgrade.dispatch(
                new UpgradeEvent.Switched(parts.shared().supervisor().isWanted(parts.name())));
    }

    /// Gives up the hook that runs.
    void cancel() {
        if (task != null) {
            task.cancel();
            task = null;
        }
    }
}
