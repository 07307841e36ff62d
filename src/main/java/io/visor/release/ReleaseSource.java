package io.visor.release;

import io.visor.model.Assurance;
import io.visor.model.Platform;
import io.visor.model.Sha256;
import io.visor.model.Version;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Where releases are published. Every method may block for some seconds.
public interface ReleaseSource {

    /// A release that can be fetched.
    ///
    /// @param version its version
    /// @param asset the asset's name
    /// @param url where it is; may hold secrets, and is for the request only
    /// @param from where it is, without secrets
    /// @param digest what it must hash to; null if the source does not say
    /// @param assurance how well a file with that digest is proven
    record Offer(
            Version version,
            String asset,
            String url,
            String from,
            @Nullable Sha256 digest,
            Assurance assurance) {}

    /// The bytes of an asset.
    interface Body extends AutoCloseable {

        /// How many there are, if the source says so.
        OptionalLong length();

        /// Reads some.
        ///
        /// @param offset where in the buffer they are put
        /// @param length how many at most
        /// @return how many; -1 at the end
        /// @throws ReleaseException if no more can be had
        int read(byte[] buffer, int offset, int length);

        @Override
        void close();
    }

    /// Finds a release.
    ///
    /// @throws ReleaseException if it is not published, or the source does not answer
    Offer find(Version version, Platform platform);

    /// Begins to fetch a release.
    ///
    /// @throws ReleaseException if it is not published, or the source does not answer
    Body open(Offer offer);

    /// The versions that are published, as far as the source lists them; none where it has no list.
    ///
    /// @throws ReleaseException if the source does not answer
    List<Version> published();
}
