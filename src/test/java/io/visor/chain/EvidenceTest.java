package io.visor.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.Observation;
import io.visor.model.ProtocolVersions;
import io.visor.model.Version;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class EvidenceTest {

    private static final Version V = Version.of("1.0.0");
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private final Evidence evidence = new Evidence();

    private static Observation at(long height, Duration blockTime) {
        return at("tcp://a:1", height, blockTime);
    }

    private static Observation at(String endpoint, long height, Duration blockTime) {
        return new Observation(
                endpoint,
                "lava",
                new ProtocolVersions(V, V, V, V),
                height,
                T0.plus(blockTime.multipliedBy(height)),
                false,
                T0);
    }

    @Test
    void acceptsAnAdvancingNode() {
        for (int i = 1; i < 10; i++) {
            evidence.judge(at(i, Duration.ofSeconds(15)), Duration.ofSeconds(15L * i));
        }
        assertThat(evidence.blockTime()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void refusesANodeThatCatchesUp() {
        Observation observation =
                new Observation(
                        "tcp://a:1", "lava", new ProtocolVersions(V, V, V, V), 5, T0, true, T0);
        assertThatThrownBy(() -> evidence.judge(observation, Duration.ZERO))
                .hasMessage("tcp://a:1 is catching up, at height 5");
    }

    @Test
    void refusesALowerHeightThanBefore() {
        evidence.judge(at(10, Duration.ofSeconds(1)), Duration.ZERO);
        assertThatThrownBy(
                        () -> evidence.judge(at(9, Duration.ofSeconds(1)), Duration.ofSeconds(1)))
                .hasMessage("tcp://a:1 is at height 9, behind 10 that was seen before");
        assertThatCode(() -> evidence.judge(at(10, Duration.ofSeconds(1)), Duration.ofSeconds(2)))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAHeightThatStandsForAMinute() {
        evidence.judge(at(10, Duration.ofSeconds(1)), Duration.ZERO);
        evidence.judge(at(10, Duration.ofSeconds(1)), Duration.ofSeconds(60));
        assertThatThrownBy(
                        () -> evidence.judge(at(10, Duration.ofSeconds(1)), Duration.ofSeconds(61)))
                .hasMessage("tcp://a:1 stands at height 10 for 1m1s");
        assertThatCode(() -> evidence.judge(at(11, Duration.ofSeconds(1)), Duration.ofSeconds(62)))
                .doesNotThrowAnyException();
    }

    @Test
    void givesASlowChainFourBlockTimes() {
        evidence.judge(at(1, Duration.ofSeconds(30)), Duration.ZERO);
        evidence.judge(at(2, Duration.ofSeconds(30)), Duration.ofSeconds(30));
        evidence.judge(at(2, Duration.ofSeconds(30)), Duration.ofSeconds(150));
        assertThatThrownBy(() ->
                        evidence.judge(at(2, Duration.ofSeconds(30)), Duration.ofSeconds(151)))
                .hasMessageContaining("stands");
    }

    @Test
    void keepsThePollingIntervalBetweenOneSecondAndOneMinute() {
        evidence.judge(at(1, Duration.ofMillis(100)), Duration.ZERO);
        evidence.judge(at(20, Duration.ofMillis(100)), Duration.ofSeconds(2));
        assertThat(evidence.blockTime()).isEqualTo(Duration.ofSeconds(1));
        Evidence slow = new Evidence();
        slow.judge(at(1, Duration.ofMinutes(10)), Duration.ZERO);
        slow.judge(at(2, Duration.ofMinutes(10)), Duration.ofMinutes(10));
        assertThat(slow.blockTime()).isEqualTo(Duration.ofSeconds(60));
    }

    /// A header's time is the node's claim: it may even run backwards.
    @Test
    void survivesBlockTimesThatRunBackwards() {
        evidence.judge(at(1, Duration.ofSeconds(-5)), Duration.ZERO);
        evidence.judge(at(2, Duration.ofSeconds(-5)), Duration.ofSeconds(1));
        assertThat(evidence.blockTime()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aHugeHeightThatWasClaimedOnceDoesNotShutOutTheOthers() {
        Duration second = Duration.ofSeconds(1);
        evidence.judge(at("tcp://liar:1", Long.MAX_VALUE / 1000, Duration.ZERO), Duration.ZERO);
        for (int i = 1; i <= 60; i++) {
            Observation honest = at(1000 + i, second);
            Duration now = Duration.ofSeconds(i);
            assertThatThrownBy(() -> evidence.judge(honest, now)).hasMessageContaining("behind");
        }
        evidence.judge(at(1061, second), Duration.ofSeconds(61));
        evidence.judge(at(1062, second), Duration.ofSeconds(62));
    }

    @Test
    void theEndpointThatClaimedAHugeHeightIsBelievedAgainWhenItAdvances() {
        Duration second = Duration.ofSeconds(1);
        evidence.judge(at(Long.MAX_VALUE / 1000, Duration.ZERO), Duration.ZERO);
        assertThatThrownBy(() -> evidence.judge(at(1000, second), Duration.ofSeconds(61)))
                .hasMessageContaining("behind");
        evidence.judge(at(1001, second), Duration.ofSeconds(62));
    }

    @Test
    void aNodeThatIsBehindAndStandsIsNotBelievedWhenTheOtherStandsToo() {
        Duration second = Duration.ofSeconds(1);
        evidence.judge(at("tcp://b:1", 10, second), Duration.ZERO);
        assertThatThrownBy(() -> evidence.judge(at(9, second), Duration.ofSeconds(30)))
                .hasMessageContaining("behind");
        assertThatThrownBy(() -> evidence.judge(at(9, second), Duration.ofSeconds(70)))
                .hasMessageContaining("behind");
    }
}
