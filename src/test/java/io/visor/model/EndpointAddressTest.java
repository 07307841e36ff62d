package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.EndpointAddress.Transport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointAddressTest {

    @ParameterizedTest
    @CsvSource({
        "tcp://node, RPC, false, 26657",
        "http://node, RPC, false, 80",
        "https://node, RPC, true, 443",
        "grpc://node, GRPC, false, 9090",
        "grpcs://node, GRPC, true, 443",
        "rest+http://node, REST, false, 1317",
        "rest+https://node, REST, true, 443",
        "tcp://node:1, RPC, false, 1",
        "http://node:65535, RPC, false, 65535",
        "https://node:26657, RPC, true, 26657",
        "grpc://node:443, GRPC, false, 443"
    })
    void everySchemeHasItsTransportAndPort(
            String text, Transport transport, boolean tls, int port) {
        assertThat(EndpointAddress.parse(text))
                .isEqualTo(new EndpointAddress(transport, tls, "node", port, "", ""));
    }

    @Test
    void aSchemeMayBeInCapitals() {
        // RFC 3986, 3.1
        assertThat(EndpointAddress.parse("HTTPS://node"))
                .isEqualTo(EndpointAddress.parse("https://node"));
    }

    @Test
    void keepsAPathWithoutItsLastSlash() {
        assertThat(EndpointAddress.parse("https://node/lava/rpc//").path()).isEqualTo("/lava/rpc");
        assertThat(EndpointAddress.parse("https://node/").path()).isEmpty();
        assertThat(EndpointAddress.parse("https://node:1/a%20b").httpBase())
                .hasToString("https://node:1/a%20b");
    }

    @Test
    void anIpv6AddressKeepsItsBrackets() {
        EndpointAddress address = EndpointAddress.parse("tcp://[2001:db8::1]:26657");
        assertThat(address.host()).isEqualTo("[2001:db8::1]");
        assertThat(address).hasToString("tcp://[2001:db8::1]:26657");
        assertThat(address.httpBase()).hasToString("http://[2001:db8::1]:26657");
        assertThat(EndpointAddress.parse("grpc://[::1]").port()).isEqualTo(9090);
    }

    @Test
    void keepsUserAndPasswordDecodedAndNeverShowsThem() {
        EndpointAddress address = EndpointAddress.parse("https://alice:hun%40ter2@node/rpc");
        assertThat(address.userInfo()).isEqualTo("alice:hun@ter2");
        assertThat(address).hasToString("https://node:443/rpc");
        assertThat(address.httpBase()).hasToString("https://node:443/rpc");
    }

    @Test
    void anotherNodeIsMeantWithoutAScheme() {
        assertThat(EndpointAddress.parseNode("localhost:26657"))
                .isEqualTo(EndpointAddress.parse("tcp://localhost:26657"));
        assertThat(EndpointAddress.parseNode("alice:pw@node"))
                .isEqualTo(EndpointAddress.parse("tcp://alice:pw@node"));
        assertThat(EndpointAddress.parseNode("https://node"))
                .isEqualTo(EndpointAddress.parse("https://node"));
    }

    @Test
    void grpcIsEncryptedUnlessToldOtherwise() {
        assertThat(EndpointAddress.parseGrpc("node:9090", false).tls()).isTrue();
        assertThat(EndpointAddress.parseGrpc("node:9090", true).tls()).isFalse();
        assertThat(EndpointAddress.parseGrpc("grpc://node:9090", false).tls()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node:26657|\"node:26657\" has no scheme; use tcp://, http://, https://, grpc://,"
                        + " grpcs://, rest+http:// or rest+https://",
                "ftp://node|\"ftp://node\" has an unknown scheme; use tcp://, http://, https://,"
                        + " grpc://, grpcs://, rest+http:// or rest+https://",
                "tcp://|\"tcp://\" is no address: Expected authority at character 7",
                "tcp:///path|\"tcp:///path\" has no host; write scheme://host:port",
                "tcp://node:0|\"tcp://node:0\" has no port between 1 and 65535",
                "tcp://node:65536|\"tcp://node:65536\" has no port between 1 and 65535",
                "tcp://no de|\"tcp://no de\" is no address: Illegal character in authority at"
                        + " character 9",
                "tcp://lava_node:26657|\"tcp://lava_node:26657\" has no host and port as they"
                    + " should be: a host is made of letters, digits, - and ., a port of digits",
                "tcp://node:99999999999|\"tcp://node:99999999999\" has no port between 1 and"
                        + " 65535",
                "http://node?x=1|\"http://node?x=1\" has a query or a fragment; leave it out",
                "http://node#x|\"http://node#x\" has a query or a fragment; leave it out",
                "grpc://node/path|\"grpc://node/path\" has a path, which gRPC does not know"
            })
    void saysWhatIsWrong(String text, String why) {
        assertThatThrownBy(() -> EndpointAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x://y", "?://", "#://x", "a/b://c", "://node", "//node://"})
    void aTextWithoutASchemeInFrontIsRefusedAndNotTrippedOver(String text) {
        assertThatThrownBy(() -> EndpointAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice:hunter2@node:26657",
                "ftp://alice:hunter2@node",
                "tcp://alice:hunter2@",
                "tcp://alice:hunter2@node:0",
                "tcp://alice:hunter2@no de",
                "tcp://alice:x@hunter2@node",
                "tcp://alice:x/hunter2@node",
                "tcp://alice:x?hunter2@node",
                "tcp://alice:x#hunter2@node",
                "tcp://alice:x hunter2@node",
                "tcp://alice:x%hunter2@node",
                "tcp://alice:x\nhunter2@node",
                "tcp://alice:hunter2@node/path?query",
                "grpc://alice:hunter2@node/path"
            })
    void noFailureShowsAPassword(String text) {
        assertThatThrownBy(() -> EndpointAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("hunter2");
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll("addresses") String text) {
        EndpointAddress address;
        try {
            address = EndpointAddress.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        assertThat(address.port()).isBetween(1, 65535);
        assertThat(address.httpBase()).isNotNull();
        EndpointAddress again = EndpointAddress.parse(address.toString());
        assertThat(again.userInfo()).isEmpty();
        assertThat(again.httpBase()).isEqualTo(address.httpBase());
        assertThat(again.transport()).isEqualTo(address.transport());
    }

    @Provide
    Arbitrary<String> addresses() {
        Arbitrary<String> parts =
                Arbitraries.of(
                        "tcp",
                        "https",
                        "grpc",
                        "rest+http",
                        "://",
                        ":",
                        "/",
                        "//",
                        "@",
                        "[",
                        "]",
                        "::1",
                        "fe80::1%eth0",
                        "node",
                        "a_b",
                        "-",
                        ".",
                        "1.2.3.4",
                        "0",
                        "26657",
                        "99999999999",
                        "?",
                        "#",
                        "%",
                        "%41",
                        " ",
                        "\\",
                        "\0",
                        "\n",
                        "ü",
                        "💥",
                        "");
        return Arbitraries.oneOf(
                parts.list().ofMaxSize(8).map(list -> String.join("", list)),
                parts.list().ofMaxSize(8).map(list -> "tcp://" + String.join("", list)),
                Arbitraries.strings().map(text -> "http://" + text),
                Arbitraries.strings().map(text -> text + "://node"));
    }
}
