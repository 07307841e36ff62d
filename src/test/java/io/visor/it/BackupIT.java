package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.visor.api.Listing;
import io.visor.api.upgrade.BackupEntry;
import io.visor.devnet.DevnetChain;
import io.visor.it.Visor.Result;
import io.visor.json.Json;
import io.visor.model.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An operator's data around upgrades: it is copied before, and comes back with the version that
/// had written it.
final class BackupIT extends OnDevnet {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// What a version does with the data: it writes which it is, and lives or dies.
    private Version publish(String text, boolean good) throws IOException {
        Version version = Version.of(text);
        String script =
                """
                #!/bin/sh
                case $1 in version) echo %1$s; exit ;; esac
                echo %1$s > data/state
                [ ! -e refuse-%1$s ] || exit 3
                %2$s
                """
                        .formatted(version, good ? "exec sleep 1000" : "sleep 0.1; exit 3");
        network.devnet.releases().publish(version, script.getBytes(StandardCharsets.UTF_8));
        return version;
    }

    private void propose(Version version) {
        network.devnet.chain().propose(DevnetChain.versions(Version.of("1.0.0"), version), 0);
    }

    private Path home(String rollback, String backup) throws IOException {
        Files.createDirectories(directory.resolve("data"));
        return network.home(
                "home",
                """
                programs:
                  lavap:
                    upgrade:
                      health-window: 300ms
                      rollback: %s
                      backup: %s
                services:
                  - {name: alice, program: lavap, command: lavap rpcprovider, restart: {delay: 50ms}, working-directory: %s}
                """
                        .formatted(rollback, backup, directory));
    }

    private String state() throws IOException {
        return Files.readString(directory.resolve("data").resolve("state")).strip();
    }

    private void awaitState(Visor visor, String version) {
        await().alias(visor.err())
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> state().equals(version));
    }

    private List<Path> backups(Path home) throws IOException {
        Path folder = home.resolve(".lavavisor/backups/start/lavap");
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    @Test
    void dataIsCopiedWhileTheServicesAreStopped() throws Exception {
        Path home = home("auto", "{paths: [" + directory.resolve("data") + "], keep: 2}");
        propose(publish("3.1.0", true));
        try (Visor visor = start(home, "start", "--auto-download")) {
            awaitState(visor, "3.1.0");
            for (String next : List.of("3.1.1", "3.1.2", "3.1.3")) {
                propose(publish(next, true));
                visor.awaitErr("lavap " + next + " is committed");
                assertThat(state()).isEqualTo(next);
            }
            await().atMost(PATIENCE).until(() -> backups(home).size() == 2);
            assertThat(backups(home).getLast().resolve("1-data/state")).hasContent("3.1.2\n");
            assertThat(visor.err()).contains("6 B backed up to " + backups(home).getLast());
            assertListed(home);
        }
        assertListed(home);
    }

    /// Whether a visor runs or not.
    private void assertListed(Path home) throws IOException {
        Result result =
                place.run(
                        "upgrade",
                        "backups",
                        "lavap",
                        "--directory",
                        home.toString(),
                        "-o",
                        "json");
        assertThat(result.code()).as(result.err()).isZero();
        List<BackupEntry> listed =
                Listing.read(Json.parse(result.out()), BackupEntry::read).items();
        assertThat(listed)
                .extracting(BackupEntry::from, BackupEntry::to, BackupEntry::bytes)
                .containsExactly(tuple("3.1.2", "3.1.3", 6L), tuple("3.1.1", "3.1.2", 6L));
        assertThat(listed.reversed())
                .extracting(entry -> Path.of(entry.directory()))
                .containsExactlyElementsOf(backups(home));
        assertThat(place.run("upgrade", "backups", "--directory", home.toString()).out())
                .contains(listed.getFirst().directory());
    }

    @Test
    void aBadReleaseLeavesTheDataAsItWas() throws Exception {
        Path home = home("restore-backup", "{paths: [" + directory.resolve("data") + "]}");
        propose(publish("3.1.0", true));
        try (Visor visor = start(home, "start", "--auto-download")) {
            awaitState(visor, "3.1.0");
            Files.writeString(directory.resolve("data").resolve("block"), "written by 3.1.0");
            propose(publish("3.1.1", false));
            visor.awaitErr("lavap is back on 3.1.0");
            assertThat(visor.err()).contains("the data of 3.1.0 is back");
            assertThat(state()).isEqualTo("3.1.0");
            assertThat(directory.resolve("data").resolve("block")).hasContent("written by 3.1.0");
            assertThat(directory.resolve(".data.visor-replaced").resolve("state"))
                    .hasContent("3.1.1\n");
        }
    }

    private Result rollback(Path home, String version) {
        return place.run(
                "upgrade",
                "rollback",
                "lavap",
                version,
                "--restore",
                "--directory",
                home.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"stopped", "running"})
    void anOperatorGoesBackToAVersionWithItsData(String when) throws Exception {
        Path home =
                home("auto", "{paths: [" + directory.resolve("data") + "], when: " + when + "}");
        Path block = directory.resolve("data").resolve("block");
        propose(publish("3.1.0", true));
        try (Visor visor = start(home, "start", "--auto-download")) {
            awaitState(visor, "3.1.0");
            Files.writeString(block, "written by 3.1.0");
            propose(publish("3.1.1", true));
            visor.awaitErr("lavap 3.1.1 is committed");
            Files.writeString(block, "written by 3.1.1");
            Result rollback = rollback(home, "3.1.0");
            assertThat(rollback.code()).as(rollback.err()).isZero();
            visor.awaitErr("the data of 3.1.0 is back");
            visor.awaitErr("lavap 3.1.1 → 3.1.0, alice runs as pid ");
            assertThat(visor.err()).doesNotContain("cannot switch");
            assertThat(block).hasContent("written by 3.1.0");
            awaitState(visor, "3.1.0");
        }
    }

    /// The version that it was to go back to fails as well: then the data is that of the moment
    /// before, not that of a backup from an upgrade long ago.
    @Test
    void aRollbackThatFailsBringsBackTheDataOfTheMomentBefore() throws Exception {
        Path home = home("restore-backup", "{paths: [" + directory.resolve("data") + "], keep: 9}");
        Path data = directory.resolve("data");
        propose(publish("3.1.0", true));
        try (Visor visor = start(home, "start", "--auto-download")) {
            awaitState(visor, "3.1.0");
            propose(publish("3.1.1", true));
            visor.awaitErr("lavap 3.1.1 is committed");
            propose(publish("3.1.2", false));
            visor.awaitErr("lavap is back on 3.1.1");
            Files.writeString(data.resolve("block"), "written by 3.1.1 since");
            // The old version does not run any more, as where a disk or a peer has changed.
            Files.writeString(directory.resolve("refuse-3.1.0"), "");
            Result rollback = rollback(home, "3.1.0");
            assertThat(rollback.code()).as(rollback.err()).isZero();
            visor.awaitErr("the data of 3.1.0 is back");
            visor.awaitErr("lavap 3.1.0 failed its health window");
            assertThat(visor.err()).doesNotContain("cannot switch");
            await().alias(visor.err())
                    .atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(data.resolve("block")).hasContent("written by 3.1.1 since"));
            assertThat(state()).isEqualTo("3.1.1");
        }
    }

    @Test
    void aCrashWhileDataComesBackIsBroughtToItsEnd() throws Exception {
        Path home = home("restore-backup", "{paths: [" + directory.resolve("data") + "]}");
        propose(publish("3.1.0", true));
        place = place.with("VISOR_JAVA_OPTIONS", "-Dvisor.kill.at=before-MOVE_IN");
        try (Visor visor = start(home, "start", "--auto-download")) {
            awaitState(visor, "3.1.0");
            propose(publish("3.1.1", false));
            assertThat(visor.end().code()).isEqualTo(137);
        }
        assertThat(directory.resolve("data")).doesNotExist();
        place = place.with("VISOR_JAVA_OPTIONS", "");
        try (Visor visor = start(home, "start", "--auto-download")) {
            visor.awaitErr("lavap is back on 3.1.0");
            assertThat(visor.err()).contains("visor ended while it was restored");
            assertThat(state()).isEqualTo("3.1.0");
        }
    }

    @Test
    void withoutABackupNothingIsStopped() throws Exception {
        Path home = home("auto", "{paths: [" + directory.resolve("none") + "], when: running}");
        propose(publish("3.1.0", true));
        try (Visor visor = start(home, "start", "--auto-download")) {
            awaitState(visor, "3.1.0");
            propose(publish("3.1.1", true));
            visor.awaitErr("cannot switch lavap to 3.1.1");
            assertThat(visor.err()).contains("none is not there");
            Files.createDirectories(directory.resolve("none"));
            assertThat(state()).isEqualTo("3.1.0");
        }
    }
}
