package io.visor.upgrade.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Version;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class MemoryTest {

    private static final Version V1 = Version.of("1.0.0");
    private static final Version V2 = Version.of("2.0.0");

    private static Hold hold(Version version, Hold.By by) {
        return new Hold(version, by, "why", Instant.EPOCH);
    }

    /// What is remembered while visor runs was not what a later visor read.
    @Test
    void aVersionThatIsGoodIsNeitherApprovedNorBlamedAnyMore() {
        Memory memory =
                Memory.NONE
                        .approving(V1)
                        .approving(V2)
                        .holding(hold(V1, Hold.By.FAILURE))
                        .holding(hold(V2, Hold.By.FAILURE))
                        .holding(hold(V2, Hold.By.OPERATOR))
                        .committing(V2);
        assertThat(memory.lastGood()).isEqualTo(V2);
        assertThat(memory.approvals()).containsExactly(V1);
        assertThat(memory.holds())
                .containsExactly(hold(V1, Hold.By.FAILURE), hold(V2, Hold.By.OPERATOR));
    }

    @Test
    void whatElseIsKnownGivesWayToWhatIsRemembered() {
        Memory kept = Memory.NONE.holding(hold(V2, Hold.By.OPERATOR)).approving(V2);
        Hold failed = hold(V1, Hold.By.FAILURE);
        Memory both = kept.with(Memory.NONE.committing(V1).holding(failed));
        assertThat(both.lastGood()).isEqualTo(V1);
        assertThat(both.holds()).containsExactly(failed, hold(V2, Hold.By.OPERATOR));
        assertThat(both.approvals()).containsExactly(V2);
    }
}
