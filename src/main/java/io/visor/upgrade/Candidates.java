package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.release.ReleaseException.Kind;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the version to stage: the one that was asked for; if that is not published and what runs
/// is refused, the highest one that is, from the minimum up. Versions are never made up: a
/// candidate is named by the chain, listed by the source, or here already.
public final class Candidates {

    private final Stager stager;
    private final VersionStore store;

    /// Makes a finder.
    public Candidates(Stager stager, VersionStore store) {
        this.stager = stager;
        this.store = store;
    }

    /// Has a version in its place when it returns.
    ///
    /// @param floor the lowest version that will do; null if only `version` will
    /// @param held versions that failed here and will not do instead
    /// @param mayFetch whether releases may be fetched
    /// @param onDelay called whenever something begins that may take long
    /// @throws ReleaseException if none can be had; it says why `version` could not
    public Manifest stage(
            Version version,
            @Nullable Version floor,
            Set<Version> held,
            boolean mayFetch,
            Runnable onDelay)
            throws InterruptedException {
        try {
            return stager.stage(version, mayFetch, onDelay);
        } catch (ReleaseException e) {
            if (floor == null || !isAbsent(e)) {
                throw e;
            }
            for (Version candidate : below(version, floor, mayFetch)) {
                if (!held.contains(candidate)) {
                    try {
                        return stager.stage(candidate, mayFetch, onDelay);
                    } catch (ReleaseException other) {
                        // One that is of no use hides none of those below it; a disk that fails
                        // does so for all of them.
                        if (other.kind() == Kind.DISK) {
                            throw other;
                        }
                    }
                }
            }
            throw e;
        }
    }

    private static boolean isAbsent(ReleaseException e) {
        return e.kind() == Kind.NOT_PUBLISHED || e.kind() == Kind.NOT_HERE;
    }

    /// The versions from `floor` to below `version`, highest first.
    private List<Version> below(Version version, Version floor, boolean mayFetch) {
        Set<Version> known = new TreeSet<>(Comparator.reverseOrder());
        known.add(floor);
        known.addAll(store.local());
        if (mayFetch) {
            known.addAll(publishedIfListed());
        }
        known.removeIf(v -> v.isBelow(floor) || !v.isBelow(version) || !v.preRelease().isEmpty());
        return new ArrayList<>(known);
    }

    private List<Version> publishedIfListed() {
        try {
            return stager.published();
        } catch (ReleaseException e) {
            // The list is a help, not a need: without it the minimum itself is still tried.
            return List.of();
        }
    }
}
