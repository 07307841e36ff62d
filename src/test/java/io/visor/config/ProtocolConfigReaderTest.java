package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.visor.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProtocolConfigReaderTest {

    @TempDir private Path directory;

    private ProtocolConfig read(Role role, String text) throws IOException {
        Path file = directory.resolve("c.yml");
        Files.writeString(file, text);
        return ProtocolConfigReader.read(file, role);
    }

    private List<String> problems(Role role, String text) {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> read(role, text));
        assertThat(e).as("it is refused").isNotNull();
        return e.problems().stream().map(Problem::toString).toList();
    }

    @Test
    void readsAConsumers() throws IOException {
        String text =
                """
                endpoints:
                  - chain-id: ETH1
                    api-interface: jsonrpc
                    network-address: 127.0.0.1:3333
                  - chain-id: LAV1
                    api-interface: rest
                    network-address: ":3334"
                metrics-listen-address: ":7779"
                """;
        ProtocolConfig config = read(Role.CONSUMER, text);
        assertThat(config.chainId()).isEqualTo("ETH1");
        assertThat(config.chainIds()).containsExactly("ETH1", "LAV1");
        assertThat(config.text()).isEqualTo(text);
    }

    @Test
    void readsAProviders() throws IOException {
        ProtocolConfig config =
                read(
                        Role.PROVIDER,
                        """
                        endpoints:
                          - api-interface: tendermintrpc
                            chain-id: LAV1
                            network-address: {address: "0.0.0.0:2221", disable-tls: true}
                            node-urls:
                              - url: ws://127.0.0.1:26657/websocket
                              - url: http://user:pass@127.0.0.1:26657
                          - api-interface: grpc
                            chain-id: LAV1
                            network-address: {address: "0.0.0.0:2221"}
                            node-urls: {url: "127.0.0.1:9090"}
                          - api-interface: rest
                            chain-id: LAV1
                            network-address: 127.0.0.1:2221
                            node-urls: [{url: "https://rest.example"}]
                        """);
        assertThat(config.chainIds()).containsExactly("LAV1", "LAV1", "LAV1");
    }

    @Test
    void namesEverythingThatIsWrongAtOnce() {
        assertThat(
                        problems(
                                Role.PROVIDER,
                                """
                                endpoints:
                                  - chain_id: LAV1
                                    api-interface: json-rpc
                                    network-address: {address: localhost}
                                    node-urls:
                                      - url: <enter-here>
                                      - uri: http://x
                                  - chain-id: LAV 1
                                    api-interface: grpc
                                    network-address: {address: "a:70000"}
                                    node-urls: []
                                """))
                .containsExactly(
                        "line 2   endpoints[0]: has no chain-id; is \"chain_id\" meant to be it?",
                        "line 3   endpoints[0].api-interface: \"json-rpc\" is not known; use"
                                + " jsonrpc, rest, tendermintrpc, grpc",
                        "line 4   endpoints[0].network-address.address: \"localhost\" is no"
                                + " address; write host:port",
                        "line 6   endpoints[0].node-urls[0].url: \"<enter-here>\" is no URL of a"
                                + " node; write http://, https://, ws:// or wss:// and a host",
                        "line 7   endpoints[0].node-urls[1]: has no url; is \"uri\" meant to be"
                                + " it?",
                        "line 8   endpoints[1].chain-id: \"LAV 1\" is no chain id: a name has 1 to"
                                + " 100 letters, digits or . _ @ : - and begins with a letter or a"
                                + " digit",
                        "line 10  endpoints[1].network-address.address: \"a:70000\" has no port"
                                + " between 1 and 65535",
                        "line 11  endpoints[1].node-urls: is empty; name a node");
    }

    @Test
    void aConsumersEndpointsDoNotShareAnAddress() {
        assertThat(
                        problems(
                                Role.CONSUMER,
                                """
                                endpoints:
                                  - {chain-id: A, api-interface: rest, network-address: "x:1"}
                                  - {chain-id: B, api-interface: rest, network-address: "x:1"}
                                """))
                .containsExactly(
                        "line 3   endpoints[1].network-address: \"x:1\" stands in line 2 already");
    }

    @Test
    void tellsAProvidersFileFromAConsumers() {
        assertThat(
                        problems(
                                Role.CONSUMER,
                                "endpoints: [{chain-id: A, api-interface: rest, network-address:"
                                        + " {address: 'x:1'}}]"))
                .singleElement()
                .asString()
                .contains("a mapping is a provider's");
    }

    @Test
    void showsNoPasswordOfANode() {
        assertThat(
                        problems(
                                Role.PROVIDER,
                                "endpoints: [{chain-id: A, api-interface: rest, network-address:"
                                        + " {address: 'x:1'}, node-urls: [{url:"
                                        + " 'ftp://me:hush@x/?key=hush'}]}]"))
                .singleElement()
                .asString()
                .contains("ftp://***@x/")
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|it is empty; write endpoints",
                "'# only this'|it is empty; write endpoints",
                "'[a]'|1 problem",
                "'endpoints: []'|1 problem",
                "'endpoints:'|1 problem",
                "'endpoints: [a]'|1 problem",
            })
    void refusesWhatHasNoEndpoint(String text, String why) {
        assertThatThrownBy(() -> read(Role.CONSUMER, text))
                .isInstanceOf(ConfigException.class)
                .hasMessage(why);
    }

    @Test
    void saysThatAFileIsNotThere() {
        assertThatThrownBy(() ->
                        ProtocolConfigReader.read(directory.resolve("none.yml"), Role.CONSUMER))
                .hasMessage("it is not there");
    }
}
