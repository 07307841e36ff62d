package io.visor.model;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a program is upgraded.
///
/// @param auto what is done without being asked
/// @param healthWindow how long the new version is watched before the upgrade is committed
/// @param startTimeout how long the services of the program may take to get ready
/// @param rollback what happens when the new version fails
/// @param admission what an upgrade waits for
/// @param hooks the operator's commands that take part
/// @param check a command that a staged release must pass; null: none
/// @param backup what is copied before the switch; null: nothing
public record UpgradePolicy(
        Auto auto,
        Duration healthWindow,
        Duration startTimeout,
        RollbackPolicy rollback,
        AdmissionPolicy admission,
        Map<Hook.Point, Hook> hooks,
        @Nullable Hook check,
        @Nullable BackupPolicy backup) {

    /// What is done without being asked.
    public enum Auto {
        /// Releases are fetched and installed.
        TRUE("true"),
        /// Nothing is fetched: versions that are in `upgrades/` are installed.
        FALSE("false"),
        /// Releases are fetched; those that the network does not require are installed when
        /// somebody approves.
        REQUIRED_ONLY("required-only");

        private final String word;

        Auto(String word) {
            this.word = word;
        }

        /// The word of the configuration file.
        public String word() {
            return word;
        }

        /// Whether releases are fetched.
        public boolean fetches() {
            return this != FALSE;
        }
    }

    public static final UpgradePolicy DEFAULT =
            new UpgradePolicy(
                    Auto.FALSE,
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(5),
                    RollbackPolicy.NEVER);

    public UpgradePolicy {
        hooks = Map.copyOf(hooks);
    }

    /// Upgrades that wait for nothing, with nobody else taking part.
    public UpgradePolicy(
            Auto auto, Duration healthWindow, Duration startTimeout, RollbackPolicy rollback) {
        this(
                auto,
                healthWindow,
                startTimeout,
                rollback,
                AdmissionPolicy.DEFAULT,
                Map.of(),
                null,
                null);
    }

    public UpgradePolicy withAuto(Auto newAuto) {
        return new UpgradePolicy(
                newAuto, healthWindow, startTimeout, rollback, admission, hooks, check, backup);
    }
}
