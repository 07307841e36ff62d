package io.visor.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/// Where a node of a chain answers, and in which protocol.
///
/// @param transport the protocol spoken there
/// @param tls whether the connection is encrypted
/// @param host a name or an address; an IPv6 address bears its brackets
/// @param port 1 to 65535
/// @param path what stands before the protocol's own paths: empty, or `/…` without a slash at the
///   end
/// @param userInfo `user:password` for HTTP basic authentication, or empty
public record EndpointAddress(
        Transport transport, boolean tls, String host, int port, String path, String userInfo) {

    /// The protocols that a Cosmos node offers.
    public enum Transport {
        /// CometBFT's JSON-RPC over HTTP and WebSocket.
        RPC(26657),
        /// Cosmos SDK's gRPC.
        GRPC(9090),
        /// Cosmos SDK's gRPC gateway.
        REST(1317);

        private final int port;

        Transport(int port) {
            this.port = port;
        }
    }

    /// The forms that [#parse] reads, for messages.
    public static final String FORMS =
            "tcp://, http://, https://, grpc://, grpcs://, rest+http:// or rest+https://";

    private static final String NO_PORT = "\" has no port between 1 and 65535";

    /// Reads an endpoint: `tcp://`, `http://` or `https://` (CometBFT RPC), `grpc://` or
    /// `grpcs://`, `rest+http://` or `rest+https://`. Without a port, the scheme's own is meant: 80
    /// and 443 where HTTP is spelled out, else the port that a node uses by default.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public static EndpointAddress parse(String text) {
        if (!text.contains("://")) {
            throw new IllegalArgumentException(
                    "\"" + Secrets.hideUserInfo(text) + "\" has no scheme; use " + FORMS);
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "\""
                            + Secrets.hideUserInfo(text)
                            + "\" is no address: "
                            + e.getReason()
                            + " at character "
                            + (e.getIndex() + 1));
        }
        Transport transport;
        boolean tls = false;
        int port = uri.getPort();
        switch (String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)) {
            case "tcp" -> transport = Transport.RPC;
            case "http" -> {
                transport = Transport.RPC;
                port = port < 0 ? 80 : port;
            }
            case "https" -> {
                transport = Transport.RPC;
                tls = true;
            }
            case "grpc" -> transport = Transport.GRPC;
            case "grpcs" -> {
                transport = Transport.GRPC;
                tls = true;
            }
            case "rest+http" -> transport = Transport.REST;
            case "rest+https" -> {
                transport = Transport.REST;
                tls = true;
            }
            default ->
                    throw new IllegalArgumentException(
                            "\""
                                    + Secrets.hideUserInfo(text)
                                    + "\" has an unknown scheme; use "
                                    + FORMS);
        }
        if (uri.getHost() == null && uri.getRawAuthority() != null && !hasUnreadablePort(uri)) {
            throw new IllegalArgumentException(
                    "\""
                            + Secrets.hideUserInfo(text)
                            + "\" has no host and port as they should be: a host is made of"
                            + " letters, digits, - and ., a port of digits");
        }
        if (uri.getHost() == null || uri.getHost().isEmpty()) {
            throw new IllegalArgumentException(
                    "\""
                            + Secrets.hideUserInfo(text)
                            + (hasUnreadablePort(uri)
                                    ? NO_PORT
                                    : "\" has no host; write scheme://host:port"));
        }
        if (port < 0) {
            port = tls ? 443 : transport.port;
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("\"" + Secrets.hideUserInfo(text) + NO_PORT);
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "\""
                            + Secrets.hideUserInfo(text)
                            + "\" has a query or a fragment; leave it out");
        }
        String path = Optional.ofNullable(uri.getRawPath()).orElse("").replaceAll("/+$", "");
        if (transport == Transport.GRPC && !path.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + Secrets.hideUserInfo(text) + "\" has a path, which gRPC does not know");
        }
        String userInfo = Optional.ofNullable(uri.getUserInfo()).orElse("");
        return new EndpointAddress(transport, tls, uri.getHost(), port, path, userInfo);
    }

    /// Whether what stands where a port belongs kept the host from being found.
    private static boolean hasUnreadablePort(URI uri) {
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
        String port = authority.substring(authority.lastIndexOf(':') + 1);
        return authority.matches("([^@]*@)?[A-Za-z0-9.-]+:[^:\\]]+") && !port.matches("\\d{1,9}");
    }

    /// Reads what stands behind `--node`, where CometBFT RPC is meant and a bare `host:port` is
    /// enough.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public static EndpointAddress parseNode(String text) {
        return parse(text.contains("://") ? text : "tcp://" + text);
    }

    /// Reads what stands behind `--grpc-addr`: `host:port`, TLS unless told otherwise.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public static EndpointAddress parseGrpc(String text, boolean insecure) {
        EndpointAddress address =
                parse(text.contains("://") ? text : (insecure ? "grpc://" : "grpcs://") + text);
        if (address.transport != Transport.GRPC) {
            throw new IllegalArgumentException(
                    "\"" + Secrets.hideUserInfo(text) + "\" is no gRPC address; write host:port");
        }
        return address;
    }

    /// A message about an exchange over HTTP, with this address as people write it in the place of
    /// the one that was asked.
    public String named(String message) {
        return message.replace(httpBase().toString(), toString());
    }

    /// The base address for HTTP, without the user's name and password.
    public URI httpBase() {
        return URI.create((tls ? "https://" : "http://") + host + ":" + port + path);
    }

    /// The address for people: with its scheme, without user name and password.
    @Override
    public String toString() {
        String scheme =
                switch (transport) {
                    case RPC -> tls ? "https" : "tcp";
                    case GRPC -> tls ? "grpcs" : "grpc";
                    case REST -> tls ? "rest+https" : "rest+http";
                };
        return scheme + "://" + host + ":" + port + path;
    }
}
