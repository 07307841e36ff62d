package io.visor.daemon.explain;

import io.visor.api.Listing;
import io.visor.api.Transition;
import io.visor.api.TransitionStatus;
import io.visor.api.upgrade.UpgradeEntry;
import io.visor.json.Json;
import io.visor.upgrade.record.HistoryPage;
import io.visor.upgrade.record.Milestone;
import io.visor.upgrade.record.Milestone.State;
import io.visor.upgrade.record.Milestones;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts what is kept of upgrades into wire records.
public final class HistoryEntries {

    /// In a listing, no text is longer: there may be hundreds of them.
    private static final int MAX_LISTED = 500;

    private static final List<String> STATES =
            Arrays.stream(State.values()).map(State::name).toList();

    private HistoryEntries() {}

    /// A page of the history. Long texts are cut; [#one] has all of them.
    ///
    /// @param page which page it is, from 1
    /// @param size how many upgrades a page holds
    public static Listing<UpgradeEntry> page(HistoryPage found, int page, int size) {
        return new Listing<>(
                found.entries().stream().map(entry -> entry(entry, MAX_LISTED)).toList(),
                Math.toIntExact(Math.min(found.total(), Integer.MAX_VALUE)),
                page,
                size);
    }

    /// One upgrade.
    public static UpgradeEntry one(HistoryPage.Entry entry) {
        return entry(entry, Integer.MAX_VALUE);
    }

    private static UpgradeEntry entry(HistoryPage.Entry entry, int longest) {
        Map<State, Milestone> states = Milestones.byState(entry.milestones());
        return new UpgradeEntry(
                entry.id(),
                entry.program().text(),
                entry.move().from() == null ? null : entry.move().from().toString(),
                entry.move().to().toString(),
                Outlook.urgency(entry.move().urgency()),
                entry.move().attempt(),
                entry.openedAt(),
                entry.endedAt(),
                entry.outcome() == null ? null : entry.outcome().name(),
                TransitionStatus.of(
                        STATES,
                        name -> {
                            Milestone reached = states.get(State.valueOf(name));
                            return reached == null ? null : transition(reached, longest);
                        }),
                entry.milestones().stream()
                        .map(milestone -> transition(milestone, longest))
                        .toList());
    }

    private static Transition transition(Milestone milestone, int longest) {
        return new Transition(
                milestone.state().name(),
                milestone.status().word(),
                milestone.error() == null ? null : cut(milestone.error(), longest),
                extra(milestone.extra(), longest),
                milestone.timestamp());
    }

    private static Json.@Nullable Obj extra(Json.@Nullable Obj extra, int longest) {
        if (extra == null) {
            return null;
        }
        Map<String, Json> members = new LinkedHashMap<>();
        extra.members()
                .forEach((key, value) ->
                        members.put(
                                key,
                                value instanceof Json.Str(String text)
                                        ? new Json.Str(cut(text, longest))
                                        : value));
        return new Json.Obj(members);
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }
}
