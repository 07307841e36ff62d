package io.visor.config;

import io.visor.model.Names;
import io.visor.model.Role;
import io.visor.model.Secrets;
import io.visor.model.Typos;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Reads the configuration file of a consumer or a provider, and finds what `lavap` would only find
/// when it is started. Keys that are not looked at here are `lavap`'s business.
public final class ProtocolConfigReader {

    private static final List<String> INTERFACES =
            List.of("jsonrpc", "rest", "tendermintrpc", "grpc");

    private static final List<String> SCHEMES = List.of("http", "https", "ws", "wss", "grpc");

    /// A host that may be left out, an address in brackets, or none.
    private static final Pattern LISTEN =
            Pattern.compile("(?:[A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.%]+])?:(\\d{1,5})");

    private final Path file;
    private final Role role;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> chainIds = new ArrayList<>();

    /// Where each address stands that has been read.
    private final Map<String, Integer> addresses = new HashMap<>();

    private ProtocolConfigReader(Path file, Role role) {
        this.file = file;
        this.role = role;
    }

    /// Reads a file.
    ///
    /// @param role of the process that is to be started with it: consumer or provider
    /// @throws ConfigException with all that is wrong in it
    public static ProtocolConfig read(Path file, Role role) {
        YamlFile yaml =
                YamlFile.read(file).orElseThrow(() -> new ConfigException(file, "it is not there"));
        return new ProtocolConfigReader(file, role).read(yaml);
    }

    private ProtocolConfig read(YamlFile yaml) {
        Node root = yaml.root().orElse(null);
        if (root == null || Section.isNull(root)) {
            throw new ConfigException(file, "it is empty; write endpoints");
        }
        Section section = new Section("", root, problems);
        if (!(root instanceof MappingNode)) {
            throw new ConfigException(file, problems);
        }
        require(section, "endpoints");
        List<Node> endpoints = section.items("endpoints").orElse(List.of());
        if (endpoints.isEmpty() && problems.isEmpty()) {
            section.problem("endpoints", "is empty; name an endpoint");
        }
        for (int i = 0; i < endpoints.size(); i++) {
            Section endpoint = new Section("endpoints[" + i + "]", endpoints.get(i), problems);
            if (endpoints.get(i) instanceof MappingNode) {
                endpoint(endpoint);
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(file, problems);
        }
        return new ProtocolConfig(yaml.text(), chainIds);
    }

    private void endpoint(Section endpoint) {
        require(endpoint, "chain-id");
        endpoint.parsed("chain-id", ProtocolConfigReader::chainId).ifPresent(chainIds::add);
        require(endpoint, "api-interface");
        Optional<String> api = endpoint.parsed("api-interface", ProtocolConfigReader::api);
        require(endpoint, "network-address");
        if (role == Role.PROVIDER) {
            providerAddress(endpoint);
            require(endpoint, "node-urls");
            nodeUrls(endpoint, api.orElse(""));
        } else {
            consumerAddress(endpoint);
        }
    }

    private static String chainId(String text) {
        if (!Names.isName(text)) {
            throw new IllegalArgumentException("\"" + text + "\" is no chain id: " + Names.RULE);
        }
        return text;
    }

    private static String api(String text) {
        if (!INTERFACES.contains(text)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not known; use " + String.join(", ", INTERFACES));
        }
        return text;
    }

    private void consumerAddress(Section endpoint) {
        Optional<Node> node = endpoint.node("network-address");
        if (node.isPresent() && node.get() instanceof MappingNode) {
            endpoint.problem(
                    "network-address", "a mapping is a provider's; a consumer has host:port here");
            return;
        }
        endpoint.parsed("network-address", ProtocolConfigReader::listen)
                .ifPresent(address -> {
                    Integer above = addresses.put(address, endpoint.line("network-address"));
                    if (above != null) {
                        // Every endpoint of a consumer is a listener of its own.
                        endpoint.problem(
                                "network-address",
                                "\"" + address + "\" stands in line " + above + " already");
                    }
                });
    }

    /// A provider's endpoints may share an address: one listener serves all that name it.
    private void providerAddress(Section endpoint) {
        Optional<Node> node = endpoint.node("network-address");
        if (node.isPresent() && node.get() instanceof ScalarNode) {
            // The form of releases before TLS.
            endpoint.parsed("network-address", ProtocolConfigReader::listen);
        } else if (node.isPresent()) {
            Section address = endpoint.section("network-address");
            require(address, "address");
            address.parsed("address", ProtocolConfigReader::listen);
        }
    }

    private static String listen(String text) {
        Matcher matcher = LISTEN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + Secrets.shownAddress(text) + "\" is no address; write host:port");
        }
        int port = Integer.parseInt(matcher.group(1));
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("\"" + text + "\" has no port between 1 and 65535");
        }
        return text;
    }

    private void nodeUrls(Section endpoint, String api) {
        Optional<Node> node = endpoint.node("node-urls");
        if (node.isEmpty()) {
            return;
        }
        switch (node.get()) {
            // lavap takes a single one for a list of one.
            case MappingNode _ -> nodeUrl(endpoint.section("node-urls"), api);
            case SequenceNode list when list.getValue().isEmpty() ->
                    endpoint.problem("node-urls", "is empty; name a node");
            case SequenceNode list -> {
                for (int i = 0; i < list.getValue().size(); i++) {
                    String at = endpoint.at("node-urls") + "[" + i + "]";
                    nodeUrl(new Section(at, list.getValue().get(i), problems), api);
                }
            }
            default ->
                    endpoint.problem(
                            "node-urls",
                            Section.shown(node.get()) + " is no list of mappings with url");
        }
    }

    private void nodeUrl(Section node, String api) {
        require(node, "url");
        node.parsed("url", text -> nodeUrl(text, api));
    }

    /// A node is named by its URL; one that speaks gRPC by host and port alone as well.
    private static String nodeUrl(String text, String api) {
        boolean isBare = !text.contains("://");
        if (isBare && api.equals("grpc") && LISTEN.matcher(text).matches()) {
            return listen(text);
        }
        String allowed =
                api.equals("grpc")
                        ? "write host:port"
                        : "write http://, https://, ws:// or wss:// and a host";
        try {
            URI uri = new URI(text);
            if (isBare
                    || !SCHEMES.contains(String.valueOf(uri.getScheme()))
                    || uri.getRawAuthority() == null) {
                throw new IllegalArgumentException(
                        "\"" + Secrets.shownAddress(text) + "\" is no URL of a node; " + allowed);
            }
            return text;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + Secrets.shownAddress(text) + "\" is no URL of a node; " + allowed, e);
        }
    }

    /// Says that a key is missing, and which one was probably meant to be it.
    private static void require(Section section, String key) {
        if (section.has(key)) {
            section.require(key);
            return;
        }
        section.problem(
                "",
                "has no "
                        + key
                        + Typos.nearest(key, section.keys())
                                .map(near -> "; is \"" + near + "\" meant to be it?")
                                .orElse(""));
    }
}
