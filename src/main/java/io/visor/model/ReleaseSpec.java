package io.visor.model;

import java.util.List;
import java.util.Optional;
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

        /// Why a text cannot be the template of an asset's address.
        ///
        /// @return nothing if it can
        public static Optional<String> problem(String url) {
            Optional<String> problem = addressProblem(url);
            return problem.isEmpty() && !url.contains("{version}")
                    ? Optional.of("\"" + url + "\" has no {version} in it")
                    : problem;
        }

        /// Why a text cannot be the template of any address.
        ///
        /// @return nothing if it can
        public static Optional<String> addressProblem(String url) {
            return url.matches("https?://[^/\\s]+/\\S*")
                    ? Optional.empty()
                    : Optional.of("\"" + url + "\" is no http:// or https:// address");
        }
    }
}
