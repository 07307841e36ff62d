package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.Manifest.Verdict;
import io.visor.release.ReleaseException;
import io.visor.time.Timer;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps with each release how it did here, for the case that the database is lost. What the disk
/// does not take is tried again. For the loop.
final class Judgements {

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private final Map<Version, Optional<Verdict>> due = new HashMap<>();
    private @Nullable Timer timer;

    Judgements(ProgramParts parts, ProgramUpgrade upgrade) {
        this.parts = parts;
        this.upgrade = upgrade;
    }

    /// Forgets how a version did, which may be tried again.
    void forget(Version version) {
        due.remove(version);
        parts.start("judge", () -> keep(version, null));
    }

    /// Has the releases of versions that failed tell so, where an earlier visor could not write it.
    ///
    /// @param memory what the database tells
    void complete(Memory memory) {
        List<Hold> failures =
                memory.holds().stream()
                        .filter(hold -> hold.by() == Hold.By.FAILURE && hold.version() != null)
                        .toList();
        if (!failures.isEmpty()) {
            parts.start("judge", () -> complete(failures));
        }
    }

    private void complete(List<Hold> failures) throws InterruptedException {
        for (Hold hold : failures) {
            Version version = hold.version();
            if (version != null && !isKnownToHaveFailed(version)) {
                keep(version, new Verdict(false, hold.why(), hold.at()));
            }
        }
    }

    private boolean isKnownToHaveFailed(Version version) {
        try {
            Optional<Manifest> manifest = parts.store().manifest(version);
            Verdict verdict =
                    manifest.isEmpty()
                            ? null
                            : manifest.get().verdicts().get(parts.shared().records().instance());
            return verdict != null && !verdict.good();
        } catch (ReleaseException e) {
            // It is written, or that is tried again.
            return false;
        }
    }

    /// Keeps how a version did. In a task.
    ///
    /// @param verdict null: nothing
    void keep(Version version, @Nullable Verdict verdict) throws InterruptedException {
        try {
            parts.stager().judge(version, parts.shared().records().instance(), verdict);
            parts.shared().loop().execute(() -> due.remove(version));
        } catch (ReleaseException e) {
            String why = e.why();
            parts.shared().loop().execute(() -> notKept(version, verdict, why));
        }
    }

    private void notKept(Version version, @Nullable Verdict verdict, String why) {
        boolean isNew = due.put(version, Optional.ofNullable(verdict)) == null;
        if (isNew) {
            upgrade.tell(new UpgradeNotice.NotJudged(version, why));
        }
        if (timer == null) {
            timer = parts.shared().loop().schedule(AGAIN, this::again);
        }
    }

    private void again() {
        timer = null;
        due.forEach((version, verdict) ->
                parts.start("judge", () -> keep(version, verdict.orElse(null))));
    }
}
