package io.visor.upgrade.record;

import io.visor.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One point on the way of an upgrade, in the form in which Powerloom's snapshotter shows the
/// states of an epoch (its `epochProcessingStatus`).
///
/// @param state which point
/// @param status whether it was reached
/// @param error why it was not; null if it was
/// @param extra what else there is to know; null: nothing
/// @param timestamp when
public record Milestone(
        State state,
        Status status,
        @Nullable String error,
        Json.@Nullable Obj extra,
        Instant timestamp) {

    /// The key of `extra` that holds what a process, or a hook, wrote last.
    static final String OUTPUT = "output";

    /// The key of `extra` that names the hook that has run.
    static final String HOOK = "hook";

    /// The points, in the order in which an upgrade that succeeds reaches them.
    public enum State {
        DETECTED,
        FETCHED,
        VERIFIED,
        STAGED,
        ADMITTED,
        STOPPED,
        SWITCHED,
        STARTED,
        HEALTHY,
        COMMITTED,
        ROLLED_BACK,
        ABANDONED
    }

    /// Whether a point was reached.
    public enum Status {
        SUCCESS("success"),
        FAILED("failed");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// The word on the wire and in the database.
        public String word() {
            return word;
        }
    }

    /// Whether it tells of a hook that has run at this point, rather than of the point itself.
    public boolean isOfHook() {
        return extra != null && extra.at(HOOK).isPresent();
    }

    /// The last lines of the process that failed; none if they are not known.
    public List<String> output() {
        return extra != null && extra.at(OUTPUT).orElse(null) instanceof Json.Arr(List<Json> lines)
                ? lines.stream()
                        .map(line -> line instanceof Json.Str(String text) ? text : line.write())
                        .toList()
                : List.of();
    }
}
