package io.visor.upgrade.record;

import io.visor.json.Json;
import io.visor.upgrade.record.Milestone.State;
import io.visor.upgrade.record.Milestone.Status;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How the points of an upgrade come to the one status that each state has.
public final class Milestones {

    private Milestones() {}

    /// The status of each state that was reached, or was to be.
    ///
    /// The last milestone of a state counts; what else there is to know of the state is gathered
    /// from all of them, the later ones first. That a hook has run does not reach a state, as it
    /// runs before it or after it; a hook that keeps an upgrade from going on fails the state.
    ///
    /// @param all oldest first
    public static Map<State, Milestone> byState(List<Milestone> all) {
        Map<State, Milestone> merged = new EnumMap<>(State.class);
        Map<State, Json.Obj> hooks = new EnumMap<>(State.class);
        for (Milestone next : all) {
            Milestone before = merged.get(next.state());
            if (next.isOfHook() && !failsTheState(next)) {
                Json.Obj known = hooks.getOrDefault(next.state(), Json.object());
                hooks.put(
                        next.state(),
                        Objects.requireNonNullElse(united(known, next.extra()), known));
            } else {
                merged.put(next.state(), with(next, before == null ? null : before.extra()));
            }
        }
        hooks.forEach(
                (state, extra) -> merged.computeIfPresent(state, (_, known) -> with(known, extra)));
        return merged;
    }

    /// Those after the switch change nothing of it.
    private static boolean failsTheState(Milestone hook) {
        return hook.status() == Status.FAILED
                && switch (hook.state()) {
                    case FETCHED, ADMITTED, STOPPED -> true;
                    case DETECTED,
                            VERIFIED,
                            STAGED,
                            SWITCHED,
                            STARTED,
                            HEALTHY,
                            COMMITTED,
                            ROLLED_BACK,
                            ABANDONED ->
                            false;
                };
    }

    private static Milestone with(Milestone milestone, Json.@Nullable Obj more) {
        return new Milestone(
                milestone.state(),
                milestone.status(),
                milestone.error(),
                united(more, milestone.extra()),
                milestone.timestamp());
    }

    /// Both; where they have the same key, the second one's value.
    private static Json.@Nullable Obj united(Json.@Nullable Obj first, Json.@Nullable Obj second) {
        if (first == null || second == null) {
            return second == null ? first : second;
        }
        Map<String, Json> members = new LinkedHashMap<>(first.members());
        members.putAll(second.members());
        return new Json.Obj(members);
    }
}
