package io.visor.it.errors;

import io.visor.it.Visor;
import io.visor.it.Visor.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Messages about units of systemd's. What only a broken systemd answers is answered by a stand-in;
/// `SystemdIT` has the real one.
final class SystemdErrors {

    private static final String CONFIG = "services: [{name: a, unit: a.service}]\n";
    private static final String LOADED = "LoadState=loaded";
    private static final String INACTIVE = "ActiveState=inactive";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    SystemdErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addNoSystemd();
        addNoSystemdOfTheUsers();
        addLeftAlone();
        addFailedStarts();
        addTrouble();
        addNotices();
        addLogs();
    }

    private FakeSystemctl fake() throws IOException {
        return new FakeSystemctl(scene.home(CONFIG));
    }

    private Visor start(FakeSystemctl fake) {
        return start(fake.place(scene.place), fake.home());
    }

    private Visor start(Place place, Path home) {
        return place.start(scene.network.flags(home, scene.network.devnet.rpcUrl(), "start"));
    }

    /// Makes what systemd answers.
    private interface Answers {
        FakeSystemctl of(FakeSystemctl fake) throws IOException;
    }

    private void logs(String message, Answers answers) {
        checks.logs(message, () -> start(answers.of(fake())));
    }

    private static String[] running() {
        return new String[] {
            LOADED, "ActiveState=active", "MainPID=" + ProcessHandle.current().pid()
        };
    }

    private void addNoSystemd() {
        checks.ends(
                "cannot start: systemd does not run here (<why>); run visor where it does, or give"
                        + " these services a command instead of a unit",
                () -> {
                    FakeSystemctl fake =
                            fake().fails(
                                            "show",
                                            "System has not been booted with systemd as init system"
                                                    + " (PID 1). Can't operate.");
                    try (Visor visor = start(fake)) {
                        return visor.end();
                    }
                });
    }

    private void addNoSystemdOfTheUsers() {
        checks.ends(
                "cannot start: the machine's systemd has no unit <unit>, and this user's systemd"
                        + " does not run; start that with loginctl enable-linger, or link the unit"
                        + " as root",
                () -> {
                    FakeSystemctl fake =
                            fake().fails("user", "Failed to connect to bus: No medium found");
                    ErrorScene.give(fake.home());
                    ErrorScene.give(fake.home().resolve(".lavavisor"));
                    List<String> command = new ArrayList<>(ErrorScene.other());
                    command.add(Visor.BIN.toString());
                    command.addAll(
                            List.of(
                                    scene.network.flags(
                                            fake.home(), scene.network.devnet.rpcUrl(), "start")));
                    try (Visor visor = fake.place(scene.place).start(command)) {
                        return visor.end();
                    }
                });
    }

    private void addLeftAlone() {
        logs(
                "<service> is left alone: <unit> is masked; run systemctl unmask <unit> and start"
                        + " it",
                fake -> fake.shows("a.service", "LoadState=masked", INACTIVE));
        logs(
                "<service> is left alone: <unit> was stopped by hand; visor service start, or"
                        + " systemctl start, starts it",
                fake ->
                        fake.shows(
                                "a.service",
                                LOADED,
                                INACTIVE,
                                "Restart=always",
                                "InactiveEnterTimestampMonotonic=5"));
        logs(
                "<service> is left alone: <unit> was disabled by hand; visor service start, or"
                        + " systemctl start, starts it",
                fake -> {
                    Path marks = fake.home().resolve(".lavavisor/instances/start/run/units");
                    Files.createDirectories(marks);
                    Files.writeString(marks.resolve("a.service"), "up 6\n");
                    return fake.shows("a.service", LOADED, INACTIVE, "UnitFileState=disabled");
                });
    }

    private void addFailedStarts() {
        logs(
                "cannot start <service>: systemd has no unit <unit>; link it with systemctl link,"
                        + " or create it anew",
                fake -> fake);
        logs(
                "cannot start <service>: systemd cannot load <unit>: <why>; systemd-analyze verify"
                        + " tells more",
                fake -> fake.shows("a.service", "LoadState=bad-setting", INACTIVE));
        logs(
                "cannot start <service>: systemd has given up <unit>: it <how>",
                fake ->
                        fake.shows("a.service", LOADED, INACTIVE)
                                .showsStarted(
                                        "a.service",
                                        LOADED,
                                        "ActiveState=failed",
                                        "Result=timeout"));
        checks.add(
                "<service> is given up: systemd has given up <unit>: it <how>",
                row -> {
                    FakeSystemctl fake = fake().shows("a.service", running());
                    try (Visor visor = start(fake)) {
                        visor.awaitErr("a runs as pid");
                        FakeSystemctl unused =
                                fake.shows(
                                        "a.service",
                                        LOADED,
                                        "ActiveState=failed",
                                        "Result=start-limit-hit");
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
        logs(
                "cannot start <service>: systemd has started nothing of <unit>: a condition of the"
                        + " unit does not hold; systemctl status <unit> says which",
                fake -> fake.shows("a.service", LOADED, INACTIVE));
        logs(
                "cannot start <service>: systemctl <verb> is not allowed (<why>); run visor as"
                        + " root, allow it by polkit, or use units of the user's own",
                fake ->
                        fake.shows("a.service", LOADED, INACTIVE)
                                .fails(
                                        "start",
                                        "Failed to start a.service: Interactive authentication"
                                                + " required."));
        logs(
                "cannot start <service>: <answer>",
                fake ->
                        fake.shows("a.service", LOADED, INACTIVE)
                                .fails("start", "Failed to start a.service: Connection reset"));
        checks.logs(
                "<service>: <unit> runs <file>, not <binary>; have its ExecStart= begin with"
                        + " <link>, then systemctl daemon-reload and visor service restart",
                () -> {
                    Path home =
                            scene.home(
                                    "programs: {lavap: {release: {version-command: 1.0.0}}}\n"
                                            + "services: [a.service]\n");
                    Path unused = ErrorScene.put(home, Files.readAllBytes(Path.of("/bin/echo")));
                    return start(
                            new FakeSystemctl(home)
                                    .shows("a.service", LOADED, INACTIVE)
                                    .showsStarted("a.service", running()));
                });
    }

    private void addTrouble() {
        checks.add(
                "cannot ask systemd for its units: <why>; what they do is not seen until it"
                        + " answers",
                row -> {
                    FakeSystemctl fake = fake().shows("a.service", running());
                    try (Visor visor = start(fake)) {
                        visor.awaitErr("a runs as pid");
                        FakeSystemctl unused = fake.fails("show", "Failed: Connection timed out");
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
        checks.add(
                "cannot stop <service>: <why>",
                row -> {
                    FakeSystemctl fake =
                            fake().shows("a.service", running()).fails("stop", "Failed: no");
                    try (Visor visor = start(fake)) {
                        visor.awaitErr("a runs as pid");
                        String[] stop = {"service", "stop", "a", "--timeout", "1s", "--directory"};
                        Visor.Result unused =
                                scene.run(Visor.words(new String[] {fake.home().toString()}, stop));
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
        logs(
                "cannot have systemd read its units again: <why>",
                fake ->
                        fake.shows("a.service", LOADED, INACTIVE, "NeedDaemonReload=yes")
                                .fails("daemon-reload", "Failed to reload daemon: no"));
        logs(
                "cannot have <units> started with the machine: <why>; it is started now all the"
                        + " same",
                fake ->
                        fake.shows("a.service", LOADED, INACTIVE, "UnitFileState=disabled")
                                .fails("enable", "Failed to enable unit: no"));
        logs(
                "cannot write down that <unit> runs: <why>; if it is stopped by hand, a visor that"
                        + " is started then may start it again",
                fake -> {
                    noMarks(fake.home());
                    return fake.shows("a.service", running());
                });
        checks.add(
                "cannot write down that <unit> is stopped: <why>; a visor that is started before it"
                        + " runs again leaves it alone",
                row -> {
                    FakeSystemctl fake = fake().shows("a.service", running());
                    noMarks(fake.home());
                    try (Visor visor = start(fake)) {
                        visor.awaitErr("a runs as pid");
                        String[] stop = {"service", "stop", "a", "--timeout", "1s", "--directory"};
                        Visor.Result unused =
                                scene.run(Visor.words(new String[] {fake.home().toString()}, stop));
                        ErrorChecks.assertLogged(row, visor);
                    }
                });
        logs(
                "cannot read what was kept of <unit>: <why>",
                fake -> {
                    Files.createDirectories(
                            fake.home()
                                    .resolve(".lavavisor/instances/start/run/units/a.service/x"));
                    return fake.shows("a.service", LOADED, INACTIVE);
                });
    }

    private static void noMarks(Path home) throws IOException {
        Path run = Files.createDirectories(home.resolve(".lavavisor/instances/start/run"));
        Files.writeString(run.resolve("units"), "");
    }

    private void addNotices() {
        checks.logs(
                "cannot tell systemd how visor does: <why>",
                () -> start(scene.place.with("NOTIFY_SOCKET", "/nowhere"), scene.home("")));
    }

    private void addLogs() {
        checks.ends(
                "cannot show the log of <service>: journalctl cannot be started; run it where"
                        + " systemd runs",
                () -> {
                    FakeSystemctl fake = fake();
                    String[] command = {"logs", "a", "--directory", fake.home().toString()};
                    Path only = Files.createDirectories(fake.home().resolve("only"));
                    for (String tool : new String[] {"sh", "dirname", "readlink", "env"}) {
                        Files.createSymbolicLink(
                                only.resolve(tool), Path.of("/usr/bin").resolve(tool));
                    }
                    return scene.place.with("PATH", only.toString()).run(command);
                });
        checks.ends(
                "cannot show the log of <service>: journalctl ended with code 1; run as root, or as"
                        + " a user of the group systemd-journal",
                () -> {
                    FakeSystemctl fake = fake();
                    Path journalctl =
                            Files.writeString(
                                    fake.home().resolve("fake/journalctl"), "#!/bin/sh\nexit 1\n");
                    ErrorScene.allow(journalctl, "rwxr-xr-x");
                    String[] command = {"logs", "a", "--directory", fake.home().toString()};
                    return fake.place(scene.place).run(command);
                });
    }
}
