package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RestartPolicyTest {

    @Test
    void restartsAlwaysAndWithoutALimitUnlessToldOtherwise() {
        RestartPolicy policy = RestartPolicy.DEFAULT;
        assertThat(policy.mode()).isEqualTo(RestartPolicy.Mode.ALWAYS);
        assertThat(policy.backoff())
                .isEqualTo(new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(60)));
        assertThat(policy.resetAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(policy.limit()).isNull();
    }

    @Test
    void aPodGivesUpAfterFiveInTenMinutes() {
        assertThat(RestartPolicy.POD.limit())
                .isEqualTo(new RestartPolicy.Limit(5, Duration.ofMinutes(10)))
                .hasToString("5/10m");
        assertThat(RestartPolicy.POD.withLimit(null)).isEqualTo(RestartPolicy.DEFAULT);
    }

    @Test
    void modesAreSpelledAsSystemdSpellsThem() {
        assertThat(RestartPolicy.Mode.values())
                .extracting(RestartPolicy.Mode::word)
                .containsExactly("no", "on-failure", "always");
    }
}
