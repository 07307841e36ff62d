package io.visor.it.errors;

import io.visor.it.Visor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Messages of `visor logs`.
final class LogErrors {

    private static final String SHOW = "cannot show the log of ";
    private static final String ONE = "services: [{name: a, command: b}]\n";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    LogErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addFlags();
        addServices();
        addFiles();
    }

    private static String[] logs(Path home, String... more) {
        return Visor.words(more, "logs", "--directory", home.toString());
    }

    private void says(String message, String config, String... more) {
        checks.ends(message, () -> scene.run(logs(scene.home(config), more)));
    }

    private void addFlags() {
        says(
                "cannot understand <flag>: \"<n>\" is below 0; write how many lines",
                ONE,
                "a",
                "-n",
                "-1");
        says(
                "cannot understand --since: \"<value>\" is neither a duration nor a time; write"
                        + " 10m, 2h or 2026-08-01T02:10:00Z",
                ONE,
                "a",
                "--since",
                "yesterday");
    }

    private void addServices() {
        says(SHOW + "\"<name>\": it is no service of <file>; known: <names>", ONE, "c");
        says(SHOW + "\"<name>\": it is no service of <file>, which has none", "", "c");
        says("<service> has no log yet: <file> is not there", ONE, "a");
    }

    /// A home with a log.
    private Path withLog(String text) throws IOException {
        Path home = scene.home(ONE);
        Files.createDirectories(home.resolve(".lavavisor/services/logs"));
        Files.writeString(log(home), text);
        return home;
    }

    private static Path log(Path home) {
        return home.resolve(".lavavisor/services/logs/a.log");
    }

    private void addFiles() {
        checks.ends(
                "cannot look for logs: <directory>: permission denied for user <user>; run as their"
                        + " owner",
                () -> {
                    Path home = withLog("");
                    ErrorScene.allow(log(home).resolveSibling(""), "---------");
                    return scene.runAsOther(logs(home, "a"));
                });
        checks.ends(
                SHOW + "<service>: <file>: permission denied for user <user>; run as its owner",
                () -> {
                    Path home = withLog("");
                    ErrorScene.allow(log(home), "---------");
                    return scene.runAsOther(logs(home, "a"));
                });
        checks.ends(
                "the lines of this log have no time; files that are older are left out, the rest is"
                        + " shown",
                () -> scene.run(logs(withLog("ready\n"), "a", "--since", "10m")));
    }
}
