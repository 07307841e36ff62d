package io.visor.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.ProtocolVersions;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ProtocolParamsTest {

    /// A `QueryParamsResponse` with all four versions, written by hand from the field numbers.
    private static final byte[] ANSWER =
            bytes(
                    "0a1e"
                            + "0a1c"
                            + "0a05362e322e35"
                            + "1205352e352e31"
                            + "1a05362e322e35"
                            + "2205352e352e31");

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    @Test
    void decodesAnAnswer() {
        ProtocolVersions versions = ProtocolParams.decode(ANSWER, "node");
        assertThat(versions.providerTarget()).hasToString("6.2.5");
        assertThat(versions.providerMin()).hasToString("5.5.1");
        assertThat(versions.consumerTarget()).hasToString("6.2.5");
        assertThat(versions.consumerMin()).hasToString("5.5.1");
    }

    @Test
    void refusesWhatIsNoAnswer() {
        for (byte[] answer :
                new byte[][] {
                    {},
                    bytes("ff"),
                    bytes("0aff01"),
                    bytes("0a00"),
                    Base64.getDecoder().decode("bm90aGluZw==")
                }) {
            assertThatThrownBy(() -> ProtocolParams.decode(answer, "node"))
                    .isInstanceOf(ChainException.class);
        }
    }

    @Test
    void refusesVersionsThatNoChainHas() {
        assertThatThrownBy(
                        () -> ProtocolParams.versions("2.0.0", "1.0.0", "1.0.0", "1.0.0", "node"))
                .hasMessageContaining("provider_min 2.0.0 is above provider_target 1.0.0");
        assertThatThrownBy(() -> ProtocolParams.versions("1.0", "1.0.0", "1.0.0", "1.0.0", "node"))
                .hasMessageContaining("not of the form X.Y.Z");
        assertThatThrownBy(
                        () -> ProtocolParams.versions("v1.0.0", "1.0.0", "1.0.0", "1.0.0", "node"))
                .hasMessageContaining("is no version");
        assertThatThrownBy(() ->
                        ProtocolParams.versions("1.0.0", "../../evil", "1.0.0", "1.0.0", "node"))
                .hasMessageContaining("is no version");
    }

    @Property
    void neverCrashesOnAnyBytes(@ForAll byte[] bytes) {
        try {
            ProtocolParams.decode(bytes, "node");
        } catch (ChainException e) {
            assertThat(e.why()).isNotBlank();
        }
    }
}
