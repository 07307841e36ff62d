package io.visor.it.errors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// Messages about processes that cannot be what their service says.
final class ProcessErrors {

    private static final String START = "cannot start <service>: ";

    /// A machine without one of the tools.
    private static final String WITHOUT_CHOOM =
            "mount --bind /dev/null \"$(command -v choom)\" && exec \"$0\" \"$@\"";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    ProcessErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addRights();
        addRoot();
        addTools();
        addPlaces();
    }

    private static String service(String keys) {
        return "services: [{name: a, command: sleep 1000, " + keys + "}]\n";
    }

    private String[] start(Path home) {
        return scene.network.flags(home, scene.network.devnet.rpcUrl(), "start");
    }

    /// What somebody is told who is not root, and may have 4096 open files.
    private void asOther(String why, String keys) {
        checks.logs(
                START + why,
                () -> {
                    Path home = scene.home(service(keys));
                    ErrorScene.give(home.resolve(".lavavisor"));
                    List<String> by = new ArrayList<>(List.of("prlimit", "--nofile=1024:4096"));
                    by.addAll(ErrorScene.other());
                    return scene.startBy(by, start(home));
                });
    }

    private void addRights() {
        asOther(
                "its limit <limit>, <value>, is above visor's own hard limit, <n>; lower it, or"
                        + " start visor with a higher one",
                "limits: {nofile: 5000}");
        asOther(
                "its oom-score, <n>, is below visor's own, <n>, which needs CAP_SYS_RESOURCE; raise"
                        + " it, or run visor as root",
                "oom-score: -1000");
        asOther(
                "its nice, <n>, is below visor's own, <n>, which needs CAP_SYS_NICE; raise it, or"
                        + " run visor as root",
                "nice: -20");
        checks.logs(
                START + "<program> may not be executed, or not in <directory>",
                () -> {
                    Path closed = ErrorScene.allow(scene.home(), "---------");
                    Path home = scene.home(service("working-directory: " + closed));
                    ErrorScene.give(home.resolve(".lavavisor"));
                    return scene.startBy(ErrorScene.other(), start(home));
                });
    }

    private void addRoot() {
        checks.logs(
                START
                        + "only root can give a process to another user or group (capabilities"
                        + " CAP_SETUID and CAP_SETGID); run visor as root, or leave user and group"
                        + " out",
                () -> {
                    Assumptions.assumeTrue(ErrorScene.isRoot(), "only root has it to lose");
                    return scene.startBy(
                            List.of("setpriv", "--bounding-set=-setuid,-setgid", "--"),
                            start(scene.home(service("user: nobody"))));
                });
    }

    private void addTools() {
        checks.logs(
                START
                        + "it <has what>, and this machine has no <tool> to set that; install"
                        + " <package>",
                () -> {
                    List<String> unshare = List.of("unshare", "--mount", "sh", "-c", WITHOUT_CHOOM);
                    Assumptions.assumeTrue(isDone(unshare), "no mounts of one's own here");
                    return scene.startBy(unshare, start(scene.home(service("oom-score: 500"))));
                });
        checks.logs(
                START + "<program>: env would take it for a variable; give it a path without =",
                () -> {
                    Path home =
                            scene.home(
                                    "services: [{name: a, command: ./a=b, umask: 022, environment:"
                                            + " {LD_BIND_NOW: \"1\"}}]\n");
                    Path program = home.resolve(".lavavisor/a=b");
                    ErrorScene.allow(Files.writeString(program, "#!/bin/sh\n"), "rwxr-xr-x");
                    return scene.place.start(start(home));
                });
    }

    private static boolean isDone(List<String> by) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(by);
        command.add("true");
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private void addPlaces() {
        checks.logs(
                "cannot switch <program> to <version>: <word> has characters that the locale cannot"
                        + " name; set LC_ALL=C.UTF-8; nothing runs yet, next try in <time>",
                () ->
                        scene.place
                                .with("LC_ALL", "C")
                                .start(
                                        scene.network.flags(
                                                scene.home(),
                                                scene.network.devnet.rpcUrl(),
                                                "wrap",
                                                "--auto-download",
                                                "--cmd",
                                                "./ä")));
    }
}
