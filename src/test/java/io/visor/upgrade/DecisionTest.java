package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Observation;
import io.visor.model.ProtocolVersions;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.Version;
import io.visor.upgrade.Decision.Install;
import io.visor.upgrade.Decision.Keep;
import io.visor.upgrade.Decision.Reason;
import io.visor.upgrade.Move.Urgency;
import java.time.Instant;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class DecisionTest {

    static Requirement requirement(String min, String target) {
        Version low = Version.of(min);
        Version high = Version.of(target);
        return Requirement.of(
                new Observation(
                        "tcp://test:26657",
                        "lava",
                        new ProtocolVersions(low, high, low, high),
                        10,
                        Instant.EPOCH,
                        false,
                        Instant.EPOCH),
                Role.BOTH);
    }

    private static Decision decide(String active, String min, String target, String... held) {
        return Decision.decide(
                active.isEmpty() ? null : Version.of(active),
                requirement(min, target),
                Set.of(held).stream()
                        .map(Version::of)
                        .collect(java.util.stream.Collectors.toSet()));
    }

    @Test
    void theTable() {
        assertThat(Decision.decide(Version.of("1.0.0"), null, Set.of()))
                .isEqualTo(new Keep(Reason.NOTHING_KNOWN));
        assertThat(decide("", "1.0.0", "1.1.0"))
                .isEqualTo(new Install(new Move(null, Version.of("1.1.0"), Urgency.REQUIRED)));
        assertThat(decide("0.9.0", "1.0.0", "1.1.0"))
                .isEqualTo(
                        new Install(
                                new Move(
                                        Version.of("0.9.0"),
                                        Version.of("1.1.0"),
                                        Urgency.REQUIRED)));
        assertThat(decide("0.9.0", "1.0.0", "1.1.0", "1.1.0"))
                .as("below min a version that failed here is tried all the same")
                .isEqualTo(
                        new Install(
                                new Move(
                                        Version.of("0.9.0"),
                                        Version.of("1.1.0"),
                                        Urgency.REQUIRED)));
        assertThat(decide("1.0.0", "1.0.0", "1.1.0"))
                .isEqualTo(
                        new Install(
                                new Move(
                                        Version.of("1.0.0"),
                                        Version.of("1.1.0"),
                                        Urgency.RECOMMENDED)));
        assertThat(decide("1.0.0", "1.0.0", "1.1.0", "1.1.0")).isEqualTo(new Keep(Reason.HELD));
        assertThat(decide("1.1.0", "1.0.0", "1.1.0")).isEqualTo(new Keep(Reason.UP_TO_DATE));
        assertThat(decide("2.0.0", "1.0.0", "1.1.0")).isEqualTo(new Keep(Reason.ABOVE_TARGET));
        assertThat(decide("6.0.9", "6.0.0", "6.0.10"))
                .as("patches above 9, where LavaVisor loses count")
                .isInstanceOf(Install.class);
    }

    @Property
    void neverGoesDownAndNeverPastTheTarget(
            @ForAll("versions") Version active,
            @ForAll("versions") Version a,
            @ForAll("versions") Version b) {
        Version min = a.isBelow(b) ? a : b;
        Version target = a.isBelow(b) ? b : a;
        Decision decision =
                Decision.decide(active, requirement(min.toString(), target.toString()), Set.of());
        if (decision instanceof Install(Move move)) {
            assertThat(move.to()).isEqualTo(target);
            assertThat(move.to()).isGreaterThan(active);
            assertThat(move.urgency() == Urgency.REQUIRED).isEqualTo(active.isBelow(min));
        } else {
            assertThat(active).isGreaterThanOrEqualTo(target);
        }
    }

    @Property
    void aHoldHoldsWhileTheActiveVersionIsAccepted(
            @ForAll("versions") Version active, @ForAll("versions") Version target) {
        Decision decision =
                Decision.decide(active, requirement("0.0.0", target.toString()), Set.of(target));
        assertThat(decision).isInstanceOf(Keep.class);
    }

    @Provide
    Arbitrary<Version> versions() {
        return Arbitraries.integers()
                .between(0, 12)
                .list()
                .ofSize(3)
                .map(n -> new Version(n, java.util.List.of()));
    }
}
