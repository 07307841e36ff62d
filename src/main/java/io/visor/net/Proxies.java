package io.visor.net;

import io.visor.model.CannotException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The proxies that the environment names, by the rules of Go's `net/http`
/// (golang.org/x/net/http/httpproxy), which LavaVisor follows: `HTTP_PROXY`, `HTTPS_PROXY` and
/// `NO_PROXY`, in capitals or not; loopback addresses are always asked directly.
public final class Proxies {

    /// A proxy.
    ///
    /// @param proxy for `java.net`
    /// @param userInfo `user:password`, or empty
    public record Choice(Proxy proxy, String userInfo) {}

    private final @Nullable URI http;
    private final @Nullable URI https;
    private final List<String> exceptions;

    /// Reads them.
    ///
    /// @throws CannotException if one is no address
    public Proxies(Map<String, String> environment) {
        http = address(environment, "HTTP_PROXY", "http_proxy").orElse(null);
        https = address(environment, "HTTPS_PROXY", "https_proxy").orElse(null);
        exceptions =
                Arrays.stream(
                                variable(environment, "NO_PROXY", "no_proxy")
                                        .toLowerCase(Locale.ROOT)
                                        .split(","))
                        .map(String::strip)
                        .filter(entry -> !entry.isEmpty())
                        .toList();
    }

    /// The variable that holds the value.
    private static String name(Map<String, String> environment, String upper, String lower) {
        return environment.getOrDefault(upper, "").isEmpty() ? lower : upper;
    }

    private static String variable(Map<String, String> environment, String upper, String lower) {
        String value = environment.getOrDefault(upper, "");
        return value.isEmpty() ? environment.getOrDefault(lower, "") : value;
    }

    private static Optional<URI> address(
            Map<String, String> environment, String upper, String lower) {
        String value = variable(environment, upper, lower);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(value.contains("://") ? value : "http://" + value);
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            return Optional.of(uri);
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "use the proxy in " + name(environment, upper, lower),
                    "\""
                            + value.replaceAll("^(\\w+://)?.*@", "$1***@")
                            + "\" is no address; write http://host:port");
        }
    }

    /// The proxy for an address.
    ///
    /// @return nothing if the address is asked directly
    public Optional<Choice> choose(boolean tls, String host, int port) {
        URI proxy = tls ? https : http;
        if (proxy == null || isLoopback(host) || isException(host.toLowerCase(Locale.ROOT), port)) {
            return Optional.empty();
        }
        boolean socks = String.valueOf(proxy.getScheme()).startsWith("socks");
        int proxyPort =
                proxy.getPort() > 0
                        ? proxy.getPort()
                        : socks ? 1080 : "https".equals(proxy.getScheme()) ? 443 : 80;
        return Optional.of(
                new Choice(
                        new Proxy(
                                socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                                InetSocketAddress.createUnresolved(proxy.getHost(), proxyPort)),
                        Optional.ofNullable(proxy.getUserInfo()).orElse("")));
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("[::1]")
                || host.equals("::1");
    }

    private boolean isException(String host, int port) {
        return exceptions.stream().anyMatch(entry -> matches(entry, host, port));
    }

    private static boolean matches(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        int slash = entry.indexOf('/');
        if (slash > 0) {
            return isInNetwork(host, entry.substring(0, slash), entry.substring(slash + 1));
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        if (colon > 0 && entry.indexOf(':') == colon) {
            if (!entry.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".")
                ? host.endsWith(name)
                : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isInNetwork(String host, String network, String bits) {
        Optional<Long> address = ipv4(host);
        Optional<Long> base = ipv4(network);
        if (address.isEmpty()
                || base.isEmpty()
                || !bits.matches("\\d{1,2}")
                || Integer.parseInt(bits) > 32) {
            return false;
        }
        int shift = 32 - Integer.parseInt(bits);
        return address.get() >> shift == base.get() >> shift;
    }

    private static Optional<Long> ipv4(String text) {
        if (!text.matches("(\\d{1,3}\\.){3}\\d{1,3}")) {
            return Optional.empty();
        }
        long address = 0;
        for (String part : text.split("\\.")) {
            address = address << 8 | Integer.parseInt(part);
        }
        return Optional.of(address);
    }
}
