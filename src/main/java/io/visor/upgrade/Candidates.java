package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.release.ReleaseException.Kind;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the version to stage: the one that was asked for. Where nothing runs, or what runs is
/// refused, another one does as well, from the minimum up: if it is not published, the highest one
/// that is; if it failed here, the highest one that is here. Versions are never made up: a
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
        if (floor != null && held.contains(version)) {
            Optional<Manifest> here =
                    first(below(version, floor, store.local()), held, mayFetch, onDelay);
            if (here.isPresent()) {
                return here.get();
            }
        }
        try {
            return stager.stage(version, mayFetch, onDelay);
        } catch (ReleaseException e) {
            if (floor == null || !isAbsent(e)) {
                throw e;
            }
            Set<Version> known = new HashSet<>(store.local());
            known.add(floor);
            if (mayFetch) {
                known.addAll(publishedIfListed());
            }
            return first(below(version, floor, known), held, mayFetch, onDelay)
                    .orElseThrow(() -> e);
        }
    }

    /// The first one that can be had.
    private Optional<Manifest> first(
            List<Version> candidates, Set<Version> held, boolean mayFetch, Runnable onDelay)
            throws InterruptedException {
        for (Version candidate : candidates) {
            if (!held.contains(candidate)) {
                try {
                    return Optional.of(stager.stage(candidate, mayFetch, onDelay));
                } catch (ReleaseException e) {
                    // One that is of no use hides none of those below it; a disk that fails does
                    // so for all of them.
                    if (e.kind() == Kind.DISK) {
                        throw e;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isAbsent(ReleaseException e) {
        return e.kind() == Kind.NOT_PUBLISHED || e.kind() == Kind.NOT_HERE;
    }

    /// The versions from `floor` to below `version`, highest first.
    private static List<Version> below(Version version, Version floor, Collection<Version> known) {
        Set<Version> some = new TreeSet<>(Comparator.reverseOrder());
        some.addAll(known);
        some.removeIf(v -> v.isBelow(floor) || !v.isBelow(version) || !v.preRelease().isEmpty());
        return new ArrayList<>(some);
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
