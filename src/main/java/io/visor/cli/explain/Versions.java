package io.visor.cli.explain;

import io.visor.model.Version;
import java.util.Optional;

/// Compares versions that came over the wire.
final class Versions {

    private Versions() {}

    /// Whether one version is below another; not if one of them is none.
    static boolean isBelow(String version, String other) {
        Optional<Version> limit = Version.parse(other);
        return limit.isPresent()
                && Version.parse(version).filter(known -> known.isBelow(limit.get())).isPresent();
    }
}
