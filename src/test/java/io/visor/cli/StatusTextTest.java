package io.visor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.api.ChainStatus;
import io.visor.api.InstanceStatus;
import io.visor.api.Next;
import io.visor.api.ProgramStatus;
import io.visor.api.ServiceStatus;
import io.visor.api.TransitionStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatusTextTest {

    private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");
    private static final StatusText TEXT = new StatusText(NOW, ZoneId.of("UTC"), false);

    private static final ServiceStatus RUNNING =
            new ServiceStatus(
                    "alice-ETH1",
                    "lavap",
                    "process",
                    "running",
                    null,
                    ServiceStatus.Wanted.UP,
                    8123L,
                    NOW.minus(Duration.ofDays(12)),
                    Duration.ofNanos(1_800_000),
                    0,
                    null,
                    null,
                    null,
                    false,
                    TransitionStatus.NONE);

    private static final ServiceStatus BACKOFF =
            new ServiceStatus(
                    "evm-server",
                    null,
                    "process",
                    "backoff",
                    "exited: code 1, and this is a very long reason\nfor it",
                    ServiceStatus.Wanted.UP,
                    null,
                    NOW.minusSeconds(60),
                    null,
                    3,
                    new ServiceStatus.Retry(3, 5, NOW.plusSeconds(4)),
                    null,
                    null,
                    false,
                    TransitionStatus.NONE);

    private static InstanceStatus status() {
        return new InstanceStatus(
                "start",
                "visor start",
                "0.1.0",
                7,
                NOW,
                InstanceStatus.Phase.RUNNING,
                new ChainStatus(
                        "lava-mainnet-1",
                        new ChainStatus.Latest(2814407, NOW, NOW.minusSeconds(3), "tcp://a:1"),
                        List.of(
                                new ChainStatus.Endpoint("tcp://a:1", null, null, null),
                                new ChainStatus.Endpoint(
                                        "tcp://b:1", "refuses " + "x".repeat(90), NOW, NOW))),
                List.of(
                        new ProgramStatus(
                                "lavap",
                                "5.4.1",
                                NOW.minus(Duration.ofDays(12)),
                                new ProgramStatus.Required("5.0.0", "6.0.0", false),
                                List.of(),
                                "install",
                                new ProgramStatus.UpgradeStatus(
                                        "staging",
                                        null,
                                        "5.4.1",
                                        "6.0.0",
                                        "recommended",
                                        1,
                                        0,
                                        null,
                                        null,
                                        null,
                                        List.of(),
                                        null),
                                new Next(Next.STAGE, "6.0.0", null))),
                List.of(RUNNING, BACKOFF));
    }

    @Test
    void factsFirstInEightyColumns() {
        String text = TEXT.instance(status());
        assertThat(text)
                .startsWith(
                        """
                        lava-mainnet-1   height 2814407, 3s ago   from tcp://a:1, 1 of 2 endpoints
                          tcp://b:1 failed, 0ms ago: refuses xxxxxxx\
                        """)
                .contains(
                        """

                        PROGRAM  RUNNING  REQUIRED      SINCE  NEXT
                        lavap    5.4.1    6.0.0 target  12d    fetching 6.0.0

                        SERVICE     BACKEND  STATE             PID   UP   RESTARTS  HEALTH
                        alice-ETH1  process  running           8123  12d  0         -
                        evm-server  process  backoff (3 of 5)  -     -    3         next try in\
                        """);
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void coloursMarkStatesOnly() {
        String coloured =
                new StatusText(NOW, ZoneId.of("UTC"), true).services(List.of(RUNNING, BACKOFF));
        assertThat(coloured)
                .contains("\u001b[32mrunning\u001b[0m")
                .contains("\u001b[33mbackoff (3 of 5)\u001b[0m");
        assertThat(coloured.replaceAll("\u001b\\[[0-9]+m", ""))
                .isEqualTo(TEXT.services(List.of(RUNNING, BACKOFF)));
    }

    @Test
    void nothingThatAServiceSaysReachesTheTerminalAsAControl() {
        assertThat(TEXT.services(List.of(BACKOFF)).lines()).hasSize(2);
    }
}
