package io.visor.upgrade.record;

import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.Manifest.Verdict;
import io.visor.release.VersionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the manifests of versions tell of how these did here, for the case that the database does
/// not.
public final class Verdicts {

    private Verdicts() {}

    /// Reads them.
    ///
    /// @param instance the name of the instance that ran the versions
    /// @throws io.visor.release.ReleaseException if the disk does not give them
    public static Memory read(VersionStore store, String instance) {
        List<Hold> holds = new ArrayList<>();
        Manifest lastGood = null;
        for (Version version : store.local()) {
            Manifest manifest = store.manifest(version).orElse(null);
            Verdict verdict = manifest == null ? null : manifest.verdicts().get(instance);
            if (verdict == null) {
                continue;
            }
            if (!verdict.good()) {
                holds.add(new Hold(version, Hold.By.FAILURE, verdict.why(), verdict.time()));
            } else if (lastGood == null || isLater(verdict, lastGood.verdicts().get(instance))) {
                lastGood = manifest;
            }
        }
        return new Memory(lastGood == null ? null : lastGood.version(), holds, Set.of(), null);
    }

    private static boolean isLater(Verdict verdict, @Nullable Verdict other) {
        return other == null || verdict.time().isAfter(other.time());
    }
}
