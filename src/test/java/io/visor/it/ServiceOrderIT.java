package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.it.Visor.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What whoever starts and stops services is told when it does not come about at once.
final class ServiceOrderIT extends OnHome {

    private static final String DEAF =
            """
            services:
              - name: a
                command: "sh -c 'trap \\"\\" TERM; echo up; sleep 1000'"
                stop: {grace: %s}
            """;

    /// Starts visor, and waits until it takes orders.
    private Visor started(String services) throws Exception {
        config(services);
        Visor visor = startVisor();
        await().until(() -> service("list").code() == 0);
        return visor;
    }

    private Visor startedDeaf(String grace) throws Exception {
        Visor visor = started(DEAF.formatted(grace));
        Path log = home.resolve(".lavavisor/services/logs/a.log");
        await().until(() -> Files.exists(log) && Files.size(log) > 0);
        return visor;
    }

    private Result service(String... words) {
        return place.run(order(words));
    }

    private String[] order(String... words) {
        return Visor.words(onHome(words), "service");
    }

    @Test
    void ofTwoOppositeCommandsTheEarlierOneIsToldAtOnce() throws Exception {
        try (Visor visor = startedDeaf("1m")) {
            long pid = pid(visor, "a");
            try (Visor stop = place.start(order("stop", "a"))) {
                visor.awaitErr("stopping a \\(pid");
                assertThat(service("start", "a", "--timeout", "1ms").err())
                        .isEqualTo(
                                "cannot start a: it is still stopping as pid "
                                        + pid
                                        + " after 1ms; visor goes on with it\n");
                Result superseded = stop.end();
                assertThat(superseded.code()).isEqualTo(1);
                assertThat(superseded.err())
                        .isEqualTo(
                                "cannot stop a: a later command has it started; see visor service"
                                        + " status\n");
            }
            try (Visor start = place.start(order("start", "a"))) {
                await().untilAsserted(() -> {
                    assertThat(service("stop", "a", "--timeout", "1ms").code()).isEqualTo(1);
                    assertThat(start.isAlive()).isFalse();
                });
                assertThat(start.end().err())
                        .isEqualTo(
                                "cannot start a: a later command has it stopped; see visor service"
                                        + " status\n");
            }
        }
    }

    @Test
    void whoWaitsForAStartIsToldThatVisorStops() throws Exception {
        try (Visor visor = startedDeaf("3s");
                Visor restart = place.start(order("restart", "a"))) {
            visor.awaitErr("stopping a \\(pid");
            visor.signal("TERM");
            assertThat(restart.end().err())
                    .isEqualTo("cannot restart a: visor is being stopped; start it again\n");
        }
    }

    @Test
    void aStartSaysWhatItWaitsForAndReturnsWhenItRuns() throws Exception {
        try (Visor _ =
                        started(
                                """
                                services:
                                  - {name: a, command: sleep 1000, health: {exec: test -e ok, every: 100ms}}
                                  - {name: b, command: sleep 1000, after: [{service: a, is: healthy}]}
                                """);
                Visor start = place.start(order("start", "b"))) {
            start.awaitErr("b waits until a is healthy");
            Files.createFile(home.resolve(".lavavisor/ok"));
            Result result = start.end();
            assertThat(result.code()).isZero();
            assertThat(result.out()).matches("b runs as pid \\d+\n");
            assertThat(result.err()).isEqualTo("b waits until a is healthy\n");
        }
    }

    @Test
    void aPrerequisiteThatHasFailedForGoodIsNamedAtOnce() throws Exception {
        String why = "waits until a is completed-successfully; a has failed: it exited: code 1";
        try (Visor visor =
                started(
                        """
                        services:
                          - {name: a, command: "false", restart: {mode: "no"}}
                          - {name: b, command: sleep 1000, after: [{service: a, is: completed-successfully}]}
                        """)) {
            visor.awaitErr("b " + why);
            Result start = service("start", "b");
            assertThat(start.code()).isEqualTo(1);
            assertThat(start.err())
                    .isEqualTo("cannot start b: it " + why + "; see to that first\n");
            assertThat(service("status", "b").out()).contains("waiting: " + why);
        }
    }
}
