package io.visor.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.api.Transition;
import io.visor.api.TransitionStatus;
import io.visor.model.ExitStatus;
import io.visor.service.LastOutput;
import io.visor.service.ServiceNotice;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ServiceTransitionsTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private final ServiceTransitions transitions = new ServiceTransitions();

    private static ServiceNotice ended(int code, boolean asked) {
        return new ServiceNotice.Ended(
                7, new ExitStatus.Exited(code), Duration.ofSeconds(3), asked, LastOutput.NONE);
    }

    @Test
    void allStatesStandThereInTheirOrderAlsoThoseThatWereNotReached() {
        assertThat(transitions.status().json().write())
                .isEqualTo(
                        "{\"WAITING\":null,\"STARTED\":null,\"NOT_STARTED\":null,\"READY\":null,"
                            + "\"NOT_READY\":null,\"UNHEALTHY\":null,\"UNFIT\":null,\"STOPPING\":null,"
                            + "\"KILLED\":null,\"EXITED\":null,\"RETRYING\":null,"
                            + "\"FAILED\":null,\"LEFT_ALONE\":null,\"AT_REST\":null}");
    }

    @Test
    void aStateIsAsItWasReachedLast() {
        transitions.on(ended(1, false), T);
        Transition failed = transitions.status().at("EXITED").orElseThrow();
        assertThat(failed.status()).isEqualTo("failed");
        assertThat(failed.error()).isEqualTo("exited: code 1");
        transitions.on(ended(143, true), T.plusSeconds(5));
        Transition asked = transitions.status().at("EXITED").orElseThrow();
        assertThat(asked.status()).isEqualTo("success");
        assertThat(asked.error()).isNull();
        assertThat(asked.at()).isEqualTo(T.plusSeconds(5));
    }

    @Test
    void whatWasToldOnceStaysAsItWas() {
        TransitionStatus before = transitions.status();
        transitions.on(new ServiceNotice.GaveUp("too often", null), T);
        assertThat(before.at("FAILED")).isEmpty();
        assertThat(transitions.status().at("FAILED").orElseThrow().error()).isEqualTo("too often");
    }
}
