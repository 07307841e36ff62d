package io.visor.cli;

import io.visor.model.CannotException;
import io.visor.model.ProgramSpec;
import io.visor.model.ReleaseSpec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where releases come from; what is given here goes before the configuration file.
final class ReleaseOptions {

    @Option(
            names = "--release-url",
            paramLabel = "URL",
            description =
                    "Fetch releases from here; {version}, {os} (linux, darwin) and {arch} (amd64,"
                            + " arm64) are filled in.")
    private @Nullable String releaseUrl;

    @Option(
            names = "--checksum-url",
            paramLabel = "URL",
            description = "The list of SHA-256 sums that goes with --release-url.")
    private @Nullable String checksumUrl;

    /// The program with these options applied.
    ProgramSpec over(ProgramSpec program) {
        check("--release-url", releaseUrl, ReleaseSpec.UrlTemplate::parse);
        check("--checksum-url", checksumUrl, ReleaseSpec.UrlTemplate::parseAddress);
        if (releaseUrl == null) {
            if (checksumUrl != null) {
                throw CannotException.untilChanged(
                        "understand --checksum-url",
                        "it goes with --release-url, which is missing");
            }
            return program;
        }
        ReleaseSpec release = program.release();
        return program.withRelease(
                new ReleaseSpec(
                        new ReleaseSpec.UrlTemplate(releaseUrl, checksumUrl),
                        release.required(),
                        release.versionArguments()));
    }

    private static void check(String option, @Nullable String text, Consumer<String> parser) {
        if (text == null) {
            return;
        }
        try {
            parser.accept(text);
        } catch (IllegalArgumentException e) {
            throw CannotException.untilChanged(
                    "understand " + option, String.valueOf(e.getMessage()));
        }
    }
}
