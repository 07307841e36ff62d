package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class RequirementTest {

    private static Version version(int minor) {
        return new Version(List.of(1, minor, 0), List.of());
    }

    private static Observation observation(ProtocolVersions versions, long height) {
        return new Observation(
                "tcp://node:26657", "lava", versions, height, Instant.EPOCH, false, Instant.EPOCH);
    }

    private static Observation observation(int min, int target, long height) {
        return observation(
                new ProtocolVersions(version(min), version(target), version(min), version(target)),
                height);
    }

    @Test
    void aMinimumAboveTheTargetIsNone() {
        assertThatThrownBy(() -> new Requirement(version(2), version(1), observation(1, 2, 1)))
                .hasMessage("min 1.2.0 is above target 1.1.0");
    }

    @Test
    void isTheSameWhateverItRestsOn() {
        Requirement early = Requirement.of(observation(1, 2, 1), Role.PROVIDER);
        assertThat(early.asksTheSameAs(Requirement.of(observation(1, 2, 9), Role.CONSUMER)))
                .isTrue();
        assertThat(early.asksTheSameAs(Requirement.of(observation(1, 3, 1), Role.PROVIDER)))
                .isFalse();
        assertThat(early.asksTheSameAs(Requirement.of(observation(2, 2, 1), Role.PROVIDER)))
                .isFalse();
    }

    /// Whatever a chain may ask for can be held: the pair that binds both roles is in order too.
    @Property
    void everyVersionsWithoutAProblemMakeARequirementOfEveryRole(
            @ForAll @IntRange(max = 3) int a,
            @ForAll @IntRange(max = 3) int b,
            @ForAll @IntRange(max = 3) int c,
            @ForAll @IntRange(max = 3) int d) {
        ProtocolVersions versions =
                new ProtocolVersions(version(a), version(b), version(c), version(d));
        if (versions.problem().isPresent()) {
            return;
        }
        for (Role role : Role.values()) {
            Requirement requirement = Requirement.of(observation(versions, 1), role);
            assertThat(requirement.min().isAbove(requirement.target())).isFalse();
        }
    }
}
