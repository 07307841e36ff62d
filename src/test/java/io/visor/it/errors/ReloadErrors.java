package io.visor.it.errors;

import io.visor.it.Visor;
import io.visor.it.errors.ErrorsPage.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Messages about a configuration that is read again.
final class ReloadErrors {

    private static final String BEFORE = "services: [{name: a, command: sleep 1000}]\n";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    ReloadErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addNohup();
        reloaded(
                "cannot reload <file>: <n> problems; nothing is changed", "services: [{nam: a}]\n");
        reloaded("cannot reload <file>: <why>; nothing is changed", "a: " + "[".repeat(30));
        reloaded("cannot reload: <why>; nothing is changed", "services: [alice.service]\n");
        reloaded(
                "cannot reload: <service> follows <program>, which this visor was not started with;"
                        + " nothing is changed, restart visor",
                """
                programs: {lily: {release: {github: a/b, asset: lily}}}
                services: [{name: a, program: lily, command: lily daemon}]
                """);
        reloaded(
                "cannot reload: the configuration lists no services any more; nothing is changed,"
                        + " stop visor if that is meant",
                "services: []\n");
        reloaded(
                "chain and programs of the configuration have changed: that takes a restart of"
                        + " visor",
                "programs: {lavap: {upgrade: {health-window: 7s}}}\n" + BEFORE);
    }

    private void addNohup() {
        checks.logs(
                "SIGHUP is ignored, as nohup has it: it does not reload the configuration; start"
                        + " visor with setsid instead, or restart it to reload",
                () ->
                        scene.startBy(
                                List.of("nohup"),
                                scene.network.flags(
                                        scene.home(""), scene.network.devnet.rpcUrl(), "start")));
    }

    /// What is said of another configuration than the one that visor was started with.
    private void reloaded(String message, String config) {
        checks.add(message, row -> reload(row, config));
    }

    private void reload(Row row, String config) throws IOException {
        Path home = scene.home(BEFORE);
        try (Visor visor =
                scene.place.start(
                        scene.network.flags(home, scene.network.devnet.rpcUrl(), "start"))) {
            visor.awaitErr("a runs as pid");
            Path file = home.resolve(".lavavisor/config.yml");
            Path next = Files.writeString(file.resolveSibling("next.yml"), config);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            visor.signal("HUP");
            ErrorChecks.assertLogged(row, visor);
        }
    }
}
