package io.visor.upgrade;

import io.visor.model.ProgramName;

/// Told what happens to upgrades, on the upgrader's loop.
@FunctionalInterface
public interface UpgradeListener {

    void on(ProgramName program, UpgradeNotice notice);
}
