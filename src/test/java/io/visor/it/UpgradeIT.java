package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.api.upgrade.UpgradeEntry;
import io.visor.it.Visor.Result;
import io.visor.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Orders about upgrades, and their history.
@Execution(ExecutionMode.CONCURRENT)
final class UpgradeIT extends OnDevnet {

    private Result upgrade(Path home, String... words) {
        return place.run(
                Visor.words(
                        new String[] {"--directory", home.toString()},
                        Visor.words(words, "upgrade")));
    }

    private String done(Path home, String... words) {
        Result result = upgrade(home, words);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    private List<UpgradeEntry> history(Path home, String... more) {
        String out = done(home, Visor.words(more, "history", "-o", "json"));
        return Json.parse(out).items("items").stream().map(UpgradeEntry::read).toList();
    }

    @Test
    void whatIsPreparedIsHereAndNothingStops() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            String pid = visor.awaitErr("runs as pid (\\d+)").group(1);
            visor.awaitErr("lavap 1.0.0 is committed");
            assertThat(done(home, "prepare", "1.1.0"))
                    .matches("lavap 1\\.1\\.0 is staged and verified, .* L1 \\(checksum\\)\n");
            assertThat(home.resolve(".lavavisor/upgrades/v1.1.0/lavap")).exists();
            Json json = Json.parse(done(home, "prepare", "lavap", "v1.1.0", "-o", "json"));
            assertThat(json.bool("done")).isTrue();
            assertThat(json.string("program")).isEqualTo("lavap");
            assertThat(ProcessHandle.of(Long.parseLong(pid))).isPresent();

            int downloads = network.devnet.releases().downloads();
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(network.devnet.releases().downloads()).isEqualTo(downloads);
        }
    }

    @Test
    void whatIsOnHoldWaitsUntilItIsResumed() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            assertThat(done(home, "hold", "--reason", "holidays")).isEqualTo("lavap is on hold\n");
            network.propose("1.0.0", "1.1.0");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(done(home, "explain"))
                                    .contains("1.1.0 is staged and verified")
                                    .contains("lavap is on hold since ")
                                    .contains("(holidays)")
                                    .contains("To lift that: visor upgrade resume lavap"));
            assertThat(done(home, "approve"))
                    .isEqualTo(
                            "lavap 1.1.0 is approved; it stays on hold until visor upgrade resume"
                                    + " lavap\n");
            assertThat(visor.err()).doesNotContain("stopping lavap");
            assertThat(done(home, "resume")).isEqualTo("lavap is not on hold any more\n");
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(done(home, "resume")).isEqualTo("nothing of lavap is on hold\n");
        }
    }

    @Test
    void whatIsOnHoldIsKnownAsSoonAsTheDatabaseCanBeRead() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            done(home, "hold", "--reason", "holidays");
        }
        Path database = home.resolve(".lavavisor/visor.db");
        Path aside = home.resolve("visor.db");
        Files.move(database, aside);
        Files.createDirectory(database);
        try (Visor visor = wrap(home)) {
            visor.awaitErr("cannot write \\S+visor.db");
            visor.awaitErr("lavap runs as pid");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap target 1\\.1\\.0");
            assertThat(done(home, "explain"))
                    .contains("What visor has kept of earlier upgrades and holds cannot be read");
            Result resume = upgrade(home, "resume");
            assertThat(resume.code()).isEqualTo(1);
            assertThat(resume.err()).contains("what is on hold is not known");

            Files.delete(database);
            Files.move(aside, database);
            visor.awaitErr("visor.db is written again");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(done(home, "explain"))
                                    .contains("lavap is on hold since ")
                                    .contains("(holidays)"));
            assertThat(visor.err()).doesNotContain("stopping lavap");
            assertThat(done(home, "resume")).isEqualTo("lavap is not on hold any more\n");
            visor.awaitErr("lavap 1.1.0 is committed");
        }
    }

    /// What is known is written down anew, and nothing into a file that is gone.
    @Test
    void whatIsOnHoldOutlastsTheRemovalOfTheDatabase() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            done(home, "hold", "--reason", "holidays");
            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.delete(home.resolve(".lavavisor/visor.db" + suffix));
            }
            done(home, "hold", "lavap", "9.9.9");
            visor.awaitErr("visor.db was damaged \\(it was removed");
        }
        network.propose("1.0.0", "1.1.0");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap target 1.1.0");
            assertThat(done(home, "explain", "-o", "json")).contains("holidays", "9.9.9");
            visor.awaitErr("lavap 1.1.0 is staged");
            assertThat(visor.err()).doesNotContain("stopping lavap");
        }
    }

    @Test
    void whatIsApprovedWaitsForNoWindow() throws Exception {
        Path home =
                network.home(
                        "home",
                        "programs: {lavap: {upgrade: {health-window: 300ms, auto: required-only}}}"
                                + "\n");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(done(home, "explain"))
                                    .contains("It waits:")
                                    .contains("programs.lavap.upgrade.auto")
                                    .contains("visor upgrade approve lavap"));
            assertThat(place.run("status", "--directory", home.toString()).out())
                    .contains("upgrade to 1.1.0 waits (approval), staged");
            assertThat(done(home, "approve", "lavap")).isEqualTo("lavap 1.1.0 is approved\n");
            visor.awaitErr("lavap 1.1.0 is committed");
        }
    }

    @Test
    void whatIsApprovedIsFetchedWhereNothingIsByItself() throws Exception {
        Path home =
                network.home(
                        "home",
                        """
                        programs: {lavap: {upgrade: {health-window: 300ms}}}
                        services:
                          - {name: consumer, program: lavap, command: lavap rpcconsumer x.yml}
                        """);
        try (Visor visor = start(home, "start")) {
            visor.awaitErr("nothing runs yet, next try in");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(done(home, "explain"))
                                    .contains("programs.lavap.upgrade.auto = \"false\"")
                                    .contains("fetched and installed: visor upgrade approve"));
            assertThat(done(home, "approve")).isEqualTo("lavap 1.0.0 is approved\n");
            visor.awaitErr("lavap 1.0.0 is committed");
        }
    }

    @Test
    void goesBackAndHoldsWhatItLeaves() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(done(home, "rollback"))
                    .isEqualTo("lavap goes back to 1.0.0; 1.1.0 is on hold\n");
            visor.awaitErr("lavap 1.1.0 → 1.0.0, lavap runs as pid");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(done(home, "explain"))
                                    .contains("lavap runs 1.0.0, since")
                                    .contains("1.1.0 is on hold since")
                                    .contains("(rolled back to 1.0.0)"));
            assertThat(done(home, "resume", "1.1.0"))
                    .isEqualTo("lavap 1.1.0 is not on hold any more\n");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> visor.err().split("lavap 1.1.0 is committed", -1).length == 3);
        }
    }

    @Test
    void theHistoryTellsEveryPointOfEveryUpgradeAlsoWhenVisorHasEnded() throws Exception {
        Path home = network.home("home");
        List<UpgradeEntry> running;
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap 1.1.0 is committed");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> "COMMITTED".equals(history(home).getFirst().outcome()));
            running = history(home);
            assertThat(done(home, "history"))
                    .contains("NUMBER  PROGRAM  FROM   TO     BEGUN")
                    .containsPattern("2 +lavap +1\\.0\\.0  1\\.1\\.0 .* committed\n")
                    .containsPattern("1 +lavap +- +1\\.0\\.0 .* committed\n");
            assertThat(done(home, "history", "lavap", "-n", "1"))
                    .contains("1.1.0")
                    .contains("1 more; see them with -n 2\n");
            assertThat(done(home, "history", "--number", "2"))
                    .startsWith("upgrade 2 of lavap: 1.0.0 -> 1.1.0, recommended, committed\n")
                    .containsSubsequence(
                            "DETECTED", "VERIFIED", "STAGED", "STOPPED", "SWITCHED", "COMMITTED");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
        }
        assertThat(running).hasSize(2);
        assertThat(running.getFirst().transitionStatus().at("COMMITTED"))
                .hasValueSatisfying(
                        committed -> assertThat(committed.status()).isEqualTo("success"));
        assertThat(running.getFirst().transitionStatus().at("ROLLED_BACK")).isEmpty();
        assertThat(history(home)).isEqualTo(running);
        assertThat(upgrade(home, "history", "--number", "2").err())
                .isEqualTo(
                        "No visor runs on "
                                + home.resolve(".lavavisor")
                                + ". This is what it has written down.\n");
    }

    /// It ran beside its own second run, and beside the services.
    @Test
    void aHookThatOutlivesVisorIsEndedByTheNextOne() throws Exception {
        Path home =
                network.home(
                        "home",
                        """
                        programs:
                          lavap:
                            upgrade:
                              health-window: 100ms
                              hooks:
                                post-stop: "sh -c '[ $0 = 1.0.0 ] || echo $$ >> hooks; [ ! -f hooks ] || [ $(wc -l < hooks) != 1 ] || exec sleep 1000'"
                        """);
        Path hooks = home.resolve(".lavavisor/hooks");
        long hook;
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            await().until(() -> Files.exists(hooks) && Files.size(hooks) > 0);
            hook = Long.parseLong(Files.readAllLines(hooks).getFirst());
            visor.signal("KILL");
            visor.end();
        }
        try (Visor visor = wrap(home)) {
            visor.awaitErr("a hook was left running by a visor that is gone \\(pid " + hook);
            visor.awaitErr("lavap 1.1.0 is committed");
            assertThat(OnHome.isAlive(hook)).isFalse();
        }
    }

    @Test
    void readingWhatAStoppedVisorHasLeftChangesNothing() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            long pid = Long.parseLong(visor.awaitErr("runs as pid (\\d+)").group(1));
            visor.awaitErr("lavap 1.0.0 is committed");
            visor.signal("KILL");
            visor.end();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        List<Path> before = files(home);
        byte[] database = Files.readAllBytes(home.resolve(".lavavisor/visor.db"));
        assertThat(done(home, "explain")).contains("lavap is at 1.0.0, since");
        assertThat(history(home)).hasSize(1);
        assertThat(files(home)).isEqualTo(before);
        assertThat(Files.readAllBytes(home.resolve(".lavavisor/visor.db"))).isEqualTo(database);
        for (String order : List.of("approve", "hold", "resume", "rollback", "prepare")) {
            Result result = upgrade(home, order, "lavap");
            assertThat(result.code()).isEqualTo(3);
            assertThat(result.err())
                    .isEqualTo(
                            "cannot "
                                    + order
                                    + " lavap: no visor runs on "
                                    + home.resolve(".lavavisor")
                                    + "; start one with visor start\n");
        }
    }

    private static List<Path> files(Path home) throws Exception {
        try (Stream<Path> files = Files.walk(home)) {
            return files.sorted().toList();
        }
    }

    @Test
    void servicesAndUpgradesShowTheirStatesInTheSnapshottersForm() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            Json status =
                    Json.parse(
                            place.run("status", "--directory", home.toString(), "-o", "json")
                                    .out());
            Json states = status.items("services").getFirst().at("transitionStatus").orElseThrow();
            assertThat(states.string("STARTED", "status")).isEqualTo("success");
            assertThat(states.write()).contains("\"error\":null");
            assertThat(states.integer("STARTED", "extra", "pid")).isPositive();
            assertThat(states.integer("STARTED", "timestamp")).isPositive();
            assertThat(states.write()).contains("\"FAILED\":null");

            Json entry = Json.parse(done(home, "history", "-o", "json")).items("items").getFirst();
            Json upgrade = entry.at("transitionStatus").orElseThrow();
            assertThat(upgrade.string("SWITCHED", "status")).isEqualTo("success");
            assertThat(upgrade.integer("SWITCHED", "timestamp")).isPositive();
            assertThat(upgrade.write()).contains("\"ABANDONED\":null");
        }
    }
}
