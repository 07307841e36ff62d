package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProtocolVersionsTest {

    private static ProtocolVersions versions(
            String providerMin, String providerTarget, String consumerMin, String consumerTarget) {
        return new ProtocolVersions(
                Version.of(providerMin),
                Version.of(providerTarget),
                Version.of(consumerMin),
                Version.of(consumerTarget));
    }

    @Test
    void takesWhatTheChainItselfTakes() {
        assertThat(versions("1.0.0", "1.1.0", "1.0.0", "1.1.0").problem()).isEmpty();
        assertThat(versions("1.1.0", "1.1.0", "1.1.0", "1.1.0").problem()).isEmpty();
        assertThat(versions("1.9.0", "1.10.0", "0.0.0", "0.0.1").problem()).isEmpty();
    }

    @Test
    void saysWhichVersionIsOfAnotherForm() {
        assertThat(versions("1.0", "1.1.0", "1.0.0", "1.1.0").problem())
                .contains("\"1.0\" is not of the form X.Y.Z");
        assertThat(versions("1.0.0", "1.1.0.1", "1.0.0", "1.1.0").problem())
                .contains("\"1.1.0.1\" is not of the form X.Y.Z");
        assertThat(versions("1.0.0", "1.1.0", "1.0.0-rc1", "1.1.0").problem())
                .contains("\"1.0.0-rc1\" is not of the form X.Y.Z");
        assertThat(versions("1.0.0", "1.1.0", "1.0.0", "1").problem())
                .contains("\"1\" is not of the form X.Y.Z");
    }

    @Test
    void saysWhichMinimumIsAboveItsTarget() {
        assertThat(versions("1.2.0", "1.1.0", "1.0.0", "1.1.0").problem())
                .contains("provider_min 1.2.0 is above provider_target 1.1.0");
        assertThat(versions("1.0.0", "1.1.0", "1.10.0", "1.9.0").problem())
                .contains("consumer_min 1.10.0 is above consumer_target 1.9.0");
    }

    @Test
    void theStricterPairBindsBothRoles() {
        ProtocolVersions versions = versions("1.0.0", "3.0.0", "2.0.0", "2.5.0");
        assertThat(versions.min(Role.PROVIDER)).hasToString("1.0.0");
        assertThat(versions.min(Role.CONSUMER)).hasToString("2.0.0");
        assertThat(versions.min(Role.BOTH)).hasToString("2.0.0");
        assertThat(versions.target(Role.PROVIDER)).hasToString("3.0.0");
        assertThat(versions.target(Role.CONSUMER)).hasToString("2.5.0");
        assertThat(versions.target(Role.BOTH)).hasToString("3.0.0");
    }
}
