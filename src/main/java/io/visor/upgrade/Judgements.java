package io.visor.upgrade;

import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.Manifest.Verdict;
import io.visor.release.ReleaseException;
import io.visor.time.Task;
import io.visor.time.Timer;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.Memory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Keeps with each release how it did here, for the case that the database is lost. What the disk
/// does not take is tried again, unless there is a newer word of that version by then. For the
/// loop.
final class Judgements {

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final ProgramParts parts;
    private final ProgramUpgrade upgrade;
    private final Map<Version, TaskLine> lines = new HashMap<>();
    private final Map<Version, Word> newest = new HashMap<>();
    private final Map<Version, Word> due = new HashMap<>();
    private long words;
    private @Nullable Timer timer;

    /// How a version did.
    ///
    /// @param verdict null: nothing is known, so that it may be tried again
    /// @param number grows from word to word
    private record Word(Version version, @Nullable Verdict verdict, long number) {}

    Judgements(ProgramParts parts, ProgramUpgrade upgrade) {
        this.parts = parts;
        this.upgrade = upgrade;
    }

    /// Forgets how a version did, which may be tried again.
    void forget(Version version) {
        write(newWord(version, null));
    }

    /// Keeps how a version did, in the middle of something else that is done in a task.
    ///
    /// @param starter starts what it is given in a task
    /// @param before what comes first; the rest is left out unless it answers true
    /// @param after what comes then
    void judge(
            Version version,
            Verdict verdict,
            Function<Task.Body, Task> starter,
            BooleanSupplier before,
            Runnable after) {
        Word word = newWord(version, verdict);
        Task unused =
                line(version)
                        .start(
                                starter,
                                () -> {
                                    if (before.getAsBoolean()) {
                                        keep(word);
                                        after.run();
                                    }
                                });
    }

    private Word newWord(Version version, @Nullable Verdict verdict) {
        Word word = new Word(version, verdict, ++words);
        newest.put(version, word);
        due.remove(version);
        return word;
    }

    /// What is said of a version is written in the order in which it was said.
    private TaskLine line(Version version) {
        return lines.computeIfAbsent(version, _ -> new TaskLine(parts.shared().loop()));
    }

    private void write(Word word) {
        Task unused =
                line(word.version)
                        .start(
                                body ->
                                        parts.shared()
                                                .scheduler()
                                                .start("judge-" + parts.name(), body),
                                () -> keep(word));
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

    /// In a task.
    private void complete(List<Hold> failures) {
        for (Hold hold : failures) {
            Version version = hold.version();
            if (version != null && !isKnownToHaveFailed(version)) {
                Verdict verdict = new Verdict(false, hold.why(), hold.at());
                parts.shared().loop().execute(() -> complete(version, verdict));
            }
        }
    }

    private void complete(Version version, Verdict verdict) {
        if (!newest.containsKey(version)) {
            write(newWord(version, verdict));
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

    /// In a task.
    private void keep(Word word) throws InterruptedException {
        try {
            parts.stager().judge(word.version, parts.shared().records().instance(), word.verdict);
            parts.shared().loop().execute(() -> due.remove(word.version, word));
        } catch (ReleaseException e) {
            String why = e.why();
            parts.shared().loop().execute(() -> notKept(word, why));
        }
    }

    private void notKept(Word word, String why) {
        if (!word.equals(newest.get(word.version))) {
            return;
        }
        boolean isNew = due.put(word.version, word) == null;
        if (isNew) {
            upgrade.tell(new UpgradeNotice.NotJudged(word.version, why));
        }
        if (timer == null) {
            timer = parts.shared().loop().schedule(AGAIN, this::again);
        }
    }

    private void again() {
        timer = null;
        due.values().forEach(this::write);
    }
}
