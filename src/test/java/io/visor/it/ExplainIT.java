package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.api.ChainStatus;
import io.visor.api.upgrade.Explanation;
import io.visor.devnet.ReleaseHost.Fault;
import io.visor.it.Visor.Result;
import io.visor.json.Json;
import io.visor.model.Version;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Why a program is at its version, as a visor says that runs, and one that ran.
@Execution(ExecutionMode.CONCURRENT)
final class ExplainIT extends OnDevnet {

    private Result explain(Path home, String... more) {
        return place.with("TZ", "UTC")
                .run(
                        Visor.words(
                                more,
                                "upgrade",
                                "explain",
                                "lavap",
                                "--directory",
                                home.toString()));
    }

    private Explanation explained(Path home) {
        Result result = explain(home, "-o", "json");
        assertThat(result.code()).as(result.err()).isZero();
        return Explanation.read(Json.parse(result.out()));
    }

    private Explanation awaitExplained(Path home, Predicate<Explanation> condition) {
        return await().atMost(java.time.Duration.ofSeconds(30))
                .until(() -> explained(home), condition);
    }

    /// What is printed for people: it fits on a terminal, and is what the README shows.
    private void assertShown(String title, Path home) {
        Result result = explain(home);
        assertThat(result.code()).as(result.err()).isZero();
        ReadmeExamples.assertShown(title, result.out());
        assertThat(result.out().lines().filter(line -> !line.contains("://")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void nothingToDo() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            Explanation explanation = explained(home);
            assertThat(explanation.decision()).isEqualTo("up-to-date");
            assertThat(explanation.next().action()).isEqualTo("nothing");
            assertThat(explanation.asked())
                    .satisfies(asked -> {
                        assertThat(asked.target()).isEqualTo("1.0.0");
                        assertThat(asked.height()).isPositive();
                        assertThat(asked.endpoint()).isEqualTo(network.devnet.rpcUrl());
                        assertThat(asked.role()).isEqualTo("consumer");
                        assertThat(asked.current()).isTrue();
                    });
            assertShown("Nothing to do", home);
            Result stopped = place.run("service", "stop", "lavap", "--directory", home.toString());
            assertThat(stopped.code()).as(stopped.err()).isZero();
            assertThat(explained(home).down())
                    .containsExactly(new Explanation.Down("lavap", "stopped", null));
            Result unknown =
                    place.run("upgrade", "history", "postgres", "--directory", home.toString());
            assertThat(unknown.code()).isEqualTo(2);
            assertThat(unknown.err()).contains("\"postgres\" is no program here; known: lavap");
        }
    }

    /// A window that is as far away as can be.
    private static String window() {
        String day =
                ZonedDateTime.now(ZoneOffset.UTC)
                        .plusDays(3)
                        .getDayOfWeek()
                        .getDisplayName(TextStyle.SHORT, Locale.ROOT);
        return day + " 08:00-18:00 UTC";
    }

    @Test
    void waitingForAWindow() throws Exception {
        Path home =
                network.home(
                        "home",
                        "programs: {lavap: {upgrade: {health-window: 300ms, window: \""
                                + window()
                                + "\"}}}\n");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            Explanation explanation =
                    awaitExplained(home, now -> now.upgrade().state().equals("waiting"));
            assertThat(explanation.next().action()).isEqualTo("install");
            assertThat(explanation.next().at()).isNotNull();
            assertThat(explanation.obstacles())
                    .singleElement()
                    .satisfies(obstacle -> {
                        assertThat(obstacle.kind()).isEqualTo("window");
                        assertThat(obstacle.remedy()).isEqualTo("visor upgrade approve lavap");
                    });
            assertShown("Waiting for a window", home);
        }
    }

    @Test
    void heldAfterARollback() throws Exception {
        network.devnet
                .releases()
                .publish(
                        Version.of("1.1.0"),
                        Map.of("exit-after-millis", "150", "exit-code", "7"),
                        0);
        Path home = network.home("home", "programs: {lavap: {upgrade: {health-window: 1s}}}\n");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("lavap is back on 1.0.0; 1.1.0 is on hold until a newer target appears");
            Explanation explanation = explained(home);
            assertThat(explanation.decision()).isEqualTo("held");
            assertThat(explanation.failure())
                    .satisfies(failure -> {
                        assertThat(failure.version()).isEqualTo("1.1.0");
                        assertThat(failure.why()).contains("exited with code 7");
                        assertThat(failure.rolledBack()).isTrue();
                    });
            assertShown("Held after a rollback", home);
            // What starts now has nothing to do with the way back.
            assertThat(visor.err()).doesNotContain("info  service  lavap runs as pid");
            place.run("service", "restart", "lavap", "--directory", home.toString());
            visor.awaitErr("info  service  lavap runs as pid");
        }
    }

    @Test
    void releaseNotPublishedYet() throws Exception {
        network.devnet.releases().breakRelease(Version.of("1.1.0"), Fault.MISSING);
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.propose("1.0.0", "1.1.0");
            visor.awaitErr("keeping 1.0.0, next try in");
            Explanation explanation =
                    awaitExplained(home, now -> now.upgrade().state().equals("retrying"));
            assertThat(explanation.next().action()).isEqualTo("retry");
            assertThat(explanation.upgrade().retryAt()).isNotNull();
            assertThat(explanation.staged()).isNull();
            assertShown("Release not published yet", home);
        }
    }

    @Test
    void chainUnreachable() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            network.devnet.close();
            visor.awaitErr("cannot follow");
            Explanation explanation =
                    awaitExplained(
                            home,
                            now ->
                                    now.chain().isSilent()
                                            && now.chain().endpoints().stream()
                                                    .map(ChainStatus.Endpoint::failure)
                                                    .allMatch(why ->
                                                            String.valueOf(why)
                                                                    .contains("refuses")));
            assertThat(explanation.running()).isNotNull();
            assertThat(explanation.chain().endpoints())
                    .singleElement()
                    .satisfies(endpoint -> {
                        assertThat(endpoint.failure()).isNotEmpty();
                        assertThat(endpoint.failingSince()).isNotNull();
                    });
            assertShown("Chain unreachable", home);
        }
    }

    @Test
    void aVisorThatHasEndedTellsWhatItKnewLast() throws Exception {
        Path home = network.home("home");
        try (Visor visor = wrap(home)) {
            visor.awaitErr("lavap 1.0.0 is committed");
            // Before that it dies by the signal, as any process does that does not catch it yet.
            visor.awaitErr("Process Started");
            visor.signal("TERM");
            assertThat(visor.end().code()).isZero();
        }
        Explanation explanation = explained(home);
        assertThat(explanation.visorStartedAt()).isNull();
        assertThat(explanation.running())
                .satisfies(running -> {
                    assertThat(running.version()).isEqualTo("1.0.0");
                    assertThat(running.good()).isTrue();
                });
        assertThat(explanation.asked())
                .satisfies(asked -> {
                    assertThat(asked.target()).isEqualTo("1.0.0");
                    assertThat(asked.current()).isFalse();
                });
        Result result = explain(home);
        assertThat(result.out())
                .startsWith("No visor runs on " + home)
                .contains("lavap is at 1.0.0, since")
                .contains("As it was heard last, the chain accepts 1.0.0");
    }
}
