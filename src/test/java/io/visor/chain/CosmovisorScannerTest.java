package io.visor.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.ProtocolVersions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// What cosmovisor's tests of its scanner show (Cosmos SDK, tools/cosmovisor, scanner_test), under
/// the names of their files. There a plan is read from a file; here versions are read from a node's
/// answer (`QueryParamsResponse`: params 1, version 1, four texts), so that the files are answers.
/// What cannot be read changes nothing, and brings nothing down.
final class CosmovisorScannerTest {

    private static ProtocolVersions read(String hex) {
        return ProtocolParams.decode(HexFormat.of().parseHex(hex), "node");
    }

    private static void isRefused(String hex) {
        assertThatThrownBy(() -> read(hex)).isInstanceOf(ChainException.class);
    }

    @Test
    void f1Good() {
        ProtocolVersions versions =
                read(
                        "0a1e0a1c"
                                + "0a05362e322e35"
                                + "1205352e352e31"
                                + "1a05362e322e35"
                                + "2205352e352e31");
        assertThat(versions.providerTarget()).hasToString("6.2.5");
        assertThat(versions.consumerMin()).hasToString("5.5.1");
    }

    /// The version is a number where a text should be.
    @Test
    void f2BadType() {
        isRefused("0a190a17" + "0805" + "1205352e352e31" + "1a05362e322e35" + "2205352e352e31");
    }

    /// What should hold the versions is a number.
    @Test
    void f2BadType2() {
        isRefused("0a020805");
    }

    @Test
    void f3Empty() {
        isRefused("");
    }

    @Test
    void f4EmptyObj() {
        isRefused("0a00");
        isRefused("0a020a00");
    }

    /// There is a target, and no min.
    @Test
    void f5PartialObj1() {
        isRefused("0a090a07" + "0a05362e322e35");
    }

    /// There is a min, and no target.
    @Test
    void f5PartialObj2() {
        isRefused("0a090a07" + "1205352e352e31");
    }
}
