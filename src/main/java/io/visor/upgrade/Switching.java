package io.visor.upgrade;

import io.visor.model.BackupPolicy;
import io.visor.model.Hook;
import io.visor.model.Version;
import io.visor.model.VisorException;
import io.visor.time.Task;
import io.visor.upgrade.hook.HookResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes another version active while the services of the program have no process. As a rule that
/// is one rename; a copy of data and a hook come first, in a task. For the loop.
final class Switching {

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private @Nullable Task task;

    /// What becomes of the program's data.
    ///
    /// @param isSaved whether it is copied
    /// @param isReplaced whether older data takes its place, after that
    private record Data(boolean isSaved, boolean isReplaced) {

        boolean stays() {
            return !isSaved && !isReplaced;
        }
    }

    /// What is to be done.
    ///
    /// @param move the upgrade
    /// @param to the version that is to be active: that of the upgrade, or the one before
    /// @param why why it goes back; empty if it does not
    private record Order(Move move, Version to, String why) {

        boolean isBack() {
            return !to.equals(move.to());
        }

        Hook.Point point() {
            return isBack() ? Hook.Point.ON_ROLLBACK : Hook.Point.POST_STOP;
        }
    }

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
        Order order = new Order(move, to, why);
        DataCopies copies = new DataCopies(parts, notice -> onLoop(() -> upgrade.tell(notice)));
        Data data = data(order, copies);
        if (data.stays() && !parts.hooks().has(order.point())) {
            activate(to);
            return;
        }
        long height = upgrade.height();
        task = parts.start("switch", () -> prepare(order, data, copies, height), this::failed);
    }

    private Data data(Order order, DataCopies copies) {
        return order.isBack()
                ? new Data(false, copies.comesBack())
                : new Data(
                        copies.isSaved(order.move, BackupPolicy.When.STOPPED),
                        order.move.urgency() == Move.Urgency.RESTORING);
    }

    /// In a task.
    private void prepare(Order order, Data data, DataCopies copies, long height)
            throws InterruptedException {
        try {
            if (data.isSaved) {
                copies.save(order.move);
            }
            if (data.isReplaced) {
                copies.restore(order.move, order.to);
            }
        } catch (VisorException e) {
            failed(e.why());
            return;
        }
        Optional<HookResult> result =
                parts.hooks().run(order.point(), order.move, height, order.why);
        onLoop(() -> ran(order, data, result));
    }

    private void failed(String why) {
        onLoop(() -> upgrade.dispatch(new UpgradeEvent.SwitchFailed(why)));
    }

    private void onLoop(Runnable action) {
        parts.shared().loop().execute(action);
    }

    private void ran(Order order, Data data, Optional<HookResult> result) {
        result.ifPresent(ran -> upgrade.tell(new UpgradeNotice.HookRan(order.move, ran)));
        boolean failed = result.isPresent() && result.get().verdict() != HookResult.Verdict.GO;
        // What failed must not run on because a hook fails too, nor on the data of another version.
        if (failed && !order.isBack() && !data.isReplaced) {
            upgrade.dispatch(new UpgradeEvent.SwitchFailed(result.get().why()));
        } else {
            activate(order.to);
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

    /// Gives up the copy or the hook that is under way.
    void cancel() {
        if (task != null) {
            task.cancel();
            task = null;
        }
    }
}
