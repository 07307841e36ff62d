package io.visor.it.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.it.Network;
import io.visor.it.Visor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/// What stands in the way of an upgrade because of its backup.
final class BackupErrors {

    private final ErrorScene scene;
    private final ErrorChecks checks;

    BackupErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        refused("no backup can be made: <path> is not there", "backup: {paths: [none]}");
        refused(
                "no backup can be made of <path>: it is no directory; correct"
                        + " upgrade.backup.paths",
                "backup: {paths: [.lavavisor/visor.db]}");
        refused(
                "no backup can be made of <path>: a mount point cannot be put back in one step;"
                        + " name the directories in it in upgrade.backup.paths",
                "backup: {paths: [/proc]}");
        refused(
                "no backup can be made of <path>: it holds the backups; set"
                        + " upgrade.backup.directory",
                "backup: {paths: [.lavavisor]}");
        refused(
                "no backup can be made: it takes <size>, and <directory> has <size> free, of which"
                        + " <size> (upgrade.min-free) must stay; make room, or set"
                        + " upgrade.backup.directory",
                "backup: {paths: [.lavavisor/large]}");
        refused(
                "no backup can be made and put back: it takes <size>, and <directory> has <size>"
                        + " free, of which <size> (upgrade.min-free) must stay; make room, or set"
                        + " upgrade.backup.directory",
                "rollback: restore-backup, backup: {paths: [.lavavisor/large]}");
        addUnreadable();
    }

    private void refused(String why, String upgrade) {
        checks.add(
                "cannot switch <program> to <version>: "
                        + why
                        + "; keeping <version>, next try in <time>",
                row -> {
                    Path home = scene.home();
                    Path folder = home.resolve(".lavavisor");
                    try (Network network = new Network(home)) {
                        network.home(
                                ".",
                                "programs: {lavap: {upgrade: {health-window: 100ms, "
                                        + upgrade.replace(".lavavisor", folder.toString())
                                        + "}}}\n");
                        large(folder.resolve("large").resolve("file"));
                        try (Visor visor =
                                scene.place.start(network.wrap(home, network.devnet.rpcUrl()))) {
                            visor.awaitErr("lavap 1.0.0 is committed");
                            network.propose("1.0.0", "1.1.0");
                            ErrorChecks.assertLogged(row, visor);
                        }
                    }
                });
    }

    /// It was found out when the services were stopped.
    private void addUnreadable() {
        checks.add(
                "cannot switch <program> to <version>: no backup can be made: <path>: permission"
                        + " denied for user <user>; keeping <version>, next try in <time>",
                row -> {
                    Path home = scene.home();
                    Path folder = home.resolve(".lavavisor");
                    Path data = Files.createDirectories(folder.resolve("data"));
                    ErrorScene.allow(Files.createFile(data.resolve("file")), "---------");
                    ErrorScene.give(folder);
                    try (Network network = new Network(home)) {
                        network.home(
                                ".",
                                "programs: {lavap: {upgrade: {health-window: 100ms, backup: {paths:"
                                        + " ["
                                        + data
                                        + "]}}}}\n");
                        try (Visor visor =
                                scene.startAsOther(network.wrap(home, network.devnet.rpcUrl()))) {
                            visor.awaitErr("lavap 1.0.0 is committed");
                            network.propose("1.0.0", "1.1.0");
                            ErrorChecks.assertLogged(row, visor);
                            assertThat(visor.err()).doesNotContain("stopping");
                        }
                    }
                });
    }

    /// A file that is larger than any disk, and takes no room.
    private static void large(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(8L << 40);
        }
    }
}
