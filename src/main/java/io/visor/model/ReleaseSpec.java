package io.visor.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a program's releases are published, and how well one must be proven before it may run.
/// Templates know `{version}`, `{os}` and `{arch}`.
///
/// @param source where
/// @param required the least assurance that may run
/// @param versionArguments the arguments that make the binary print its version
public record ReleaseSpec(Source source, Assurance required, List<String> versionArguments) {

    public ReleaseSpec {
        versionArguments = List.copyOf(versionArguments);
    }

    /// A place that publishes releases.
    public sealed interface Source {}

    /// The release assets of a GitHub repository.
    ///
    /// @param repository `owner/name`
    /// @param asset the asset's name, a template
    /// @param checksums the name of the asset that lists SHA-256 sums, a template
    /// @param url where assets are downloaded, without a slash at the end: `https://github.com` or
    ///   a mirror
    /// @param apiUrl where releases are listed, without a slash at the end
    public record Github(
            String repository, String asset, String checksums, String url, String apiUrl)
            implements Source {

        public static final String URL = "https://github.com";
        public static final String API_URL = "https://api.github.com";

        public Github(String repository, String asset, String checksums) {
            this(repository, asset, checksums, URL, API_URL);
        }
    }

    /// Addresses made from a template.
    ///
    /// @param url the asset's address
    /// @param checksumUrl the address of the list of SHA-256 sums; none: nothing proves the asset
    public record UrlTemplate(String url, @Nullable String checksumUrl) implements Source {

        /// Reads the template of an asset's address.
        ///
        /// @throws IllegalArgumentException that says what is wrong
        public static String parse(String text) {
            if (!parseAddress(text).contains("{version}")) {
                throw new IllegalArgumentException(
                        "\"" + Secrets.hideUserInfo(text) + "\" has no {version} in it");
            }
            return text;
        }

        /// Reads the template of any address.
        ///
        /// @throws IllegalArgumentException that says what is wrong
        public static String parseAddress(String text) {
            try {
                URI uri = new URI(text.replaceAll("\\{(version|os|arch)}", "0"));
                boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (web && uri.getHost() != null) {
                    return text;
                }
            } catch (URISyntaxException e) {
                // It is refused below.
            }
            throw new IllegalArgumentException(
                    "\"" + Secrets.hideUserInfo(text) + "\" is no http:// or https:// address");
        }
    }
}
