package io.visor.config;

import io.visor.json.Json;
import io.visor.model.AdmissionPolicy;
import io.visor.model.BackupPolicy;
import io.visor.model.CommandLine;
import io.visor.model.Durations;
import io.visor.model.Hook;
import io.visor.model.MaintenanceWindow;
import io.visor.model.Sizes;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Shows how a program is upgraded.
final class UpgradeWriter {

    private UpgradeWriter() {}

    static Json write(UpgradePolicy policy) {
        AdmissionPolicy admission = policy.admission();
        return Json.object(
                "auto",
                auto(policy.auto()),
                "health-window",
                Durations.exact(policy.healthWindow()),
                "start-timeout",
                Durations.exact(policy.startTimeout()),
                "rollback",
                policy.rollback().word(),
                "window",
                admission.windows().isEmpty()
                        ? null
                        : admission.windows().stream().map(MaintenanceWindow::toString).toList(),
                "window-binds",
                admission.bindsAll() ? "all" : "recommended",
                "delay",
                Durations.exact(admission.delay()),
                "spread",
                Durations.exact(admission.spread()),
                "not-before-height",
                admission.notBeforeHeight() == 0 ? null : admission.notBeforeHeight(),
                "deadline",
                admission.deadline() == null ? null : Durations.exact(admission.deadline()),
                "min-free",
                Sizes.exact(admission.minFree()),
                "hooks",
                hooks(policy.hooks()),
                "check",
                policy.check() == null ? null : hook(policy.check()),
                "backup",
                backup(policy.backup()));
    }

    private static Object auto(Auto auto) {
        return switch (auto) {
            case TRUE -> true;
            case FALSE -> false;
            case REQUIRED_ONLY -> auto.word();
        };
    }

    private static Json.@Nullable Obj hooks(Map<Hook.Point, Hook> hooks) {
        if (hooks.isEmpty()) {
            return null;
        }
        Map<String, Json> shown = new LinkedHashMap<>();
        new TreeMap<>(hooks).forEach((point, hook) -> shown.put(point.word(), hook(hook)));
        return new Json.Obj(shown);
    }

    private static Json.Obj hook(Hook hook) {
        return Json.object(
                "command",
                CommandLine.join(hook.command()),
                "working-directory",
                hook.workingDirectory().toString(),
                "timeout",
                Durations.exact(hook.timeout()),
                "retries",
                hook.retries());
    }

    private static Json.@Nullable Obj backup(@Nullable BackupPolicy backup) {
        return backup == null
                ? null
                : Json.object(
                        "paths",
                        backup.paths().stream().map(Path::toString).toList(),
                        "directory",
                        backup.directory() == null ? null : backup.directory().toString(),
                        "when",
                        backup.when().word(),
                        "keep",
                        backup.keep());
    }
}
