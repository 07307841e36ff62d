package io.visor.model;

import java.time.Duration;

/// How a program is upgraded.
///
/// @param auto whether releases are fetched without being asked; if not, only versions that are in
///   `upgrades/` are used
/// @param healthWindow how long the new version is watched before the upgrade is committed
/// @param startTimeout how long the services of the program may take to get ready
/// @param rollback what happens when the new version fails
public record UpgradePolicy(
        boolean auto, Duration healthWindow, Duration startTimeout, RollbackPolicy rollback) {

    public static final UpgradePolicy DEFAULT =
            new UpgradePolicy(
                    false, Duration.ofSeconds(60), Duration.ofMinutes(5), RollbackPolicy.NEVER);

    public UpgradePolicy withAuto(boolean newAuto) {
        return new UpgradePolicy(newAuto, healthWindow, startTimeout, rollback);
    }
}
