package io.visor.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an upgrade waits for once its release is staged.
///
/// @param windows it begins only while one of them is open; none: at any time
/// @param bindsAll whether windows, delays and the height bind upgrades as well that the network
///   requires
/// @param delay how long after it was detected it begins at the earliest
/// @param spread up to so much later, so that a fleet does not act in step; each home and version
///   has a share of its own, which stays
/// @param notBeforeHeight the chain's height from which on it begins; 0: at any height
/// @param deadline so long after it was detected nothing of the above binds it any more; null: it
///   always does
/// @param minFree how many bytes must be free on the disk of the home
public record AdmissionPolicy(
        List<MaintenanceWindow> windows,
        boolean bindsAll,
        Duration delay,
        Duration spread,
        long notBeforeHeight,
        @Nullable Duration deadline,
        long minFree) {

    /// Little enough for a small volume, and more than the records of an upgrade need.
    private static final long MIN_FREE = 16_000_000;

    /// At once, as soon as there is room.
    public static final AdmissionPolicy DEFAULT =
            new AdmissionPolicy(List.of(), false, Duration.ZERO, Duration.ZERO, 0, null, MIN_FREE);

    public AdmissionPolicy {
        windows = List.copyOf(windows);
    }
}
