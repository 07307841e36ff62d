package io.visor.upgrade.record;

import io.visor.json.Json;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.store.Session;
import io.visor.upgrade.Move;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A page of the history of an instance, newest first.
///
/// @param entries the upgrades of the page
/// @param total how many there are on all pages
public record HistoryPage(List<Entry> entries, long total) {

    public HistoryPage {
        entries = List.copyOf(entries);
    }

    /// One upgrade of the history.
    ///
    /// @param id its number in this home
    /// @param program which program
    /// @param move from where to where
    /// @param openedAt when it was detected
    /// @param endedAt when it ended; null if it has not
    /// @param outcome how it ended; null if it has not
    /// @param milestones the points, oldest first
    public record Entry(
            long id,
            ProgramName program,
            Move move,
            Instant openedAt,
            @Nullable Instant endedAt,
            Milestone.@Nullable State outcome,
            List<Milestone> milestones) {
        public Entry {
            milestones = List.copyOf(milestones);
        }
    }

    /// Reads the history of all programs of an instance.
    ///
    /// @param program of this one only; null: of all
    /// @param offset how many are passed over
    /// @param size how many are read at most
    public static HistoryPage read(
            Session session,
            String instance,
            @Nullable ProgramName program,
            long offset,
            int size) {
        String only = program == null ? null : program.text();
        List<Entry> entries =
                session
                        .all(
                                "SELECT id, program, from_version, to_version, urgency, attempt,"
                                    + " opened_at, ended_at, outcome FROM upgrade WHERE instance ="
                                    + " ?1 AND (?2 IS NULL OR program = ?2) ORDER BY id DESC LIMIT"
                                    + " ?3 OFFSET ?4",
                                HistoryPage::entry,
                                instance,
                                only,
                                size,
                                offset)
                        .stream()
                        .map(entry -> withMilestones(session, entry))
                        .toList();
        long total =
                session.one(
                                "SELECT count(*) FROM upgrade WHERE instance = ?1 AND (?2 IS NULL"
                                        + " OR program = ?2)",
                                row -> row.number(1),
                                instance,
                                only)
                        .orElse(0L);
        return new HistoryPage(entries, total);
    }

    private static Entry entry(Session.Row row) {
        Long ended = row.numberIfAny(8);
        String outcome = row.textIfAny(9);
        return new Entry(
                row.number(1),
                new ProgramName(row.text(2)),
                new Move(
                        UpgradeTables.version(row.textIfAny(3)).orElse(null),
                        Version.of(row.text(4)),
                        UpgradeTables.urgency(row.text(5)),
                        Math.toIntExact(row.number(6))),
                Instant.ofEpochMilli(row.number(7)),
                ended == null ? null : Instant.ofEpochMilli(ended),
                outcome == null ? null : Milestone.State.valueOf(outcome),
                List.of());
    }

    /// One upgrade of an instance.
    ///
    /// @return nothing if there is none of that number
    public static Optional<Entry> one(Session session, String instance, long id) {
        return session.one(
                        "SELECT id, program, from_version, to_version, urgency, attempt, opened_at,"
                                + " ended_at, outcome FROM upgrade WHERE instance = ? AND id = ?",
                        HistoryPage::entry,
                        instance,
                        id)
                .map(entry -> withMilestones(session, entry));
    }

    private static Entry withMilestones(Session session, Entry entry) {
        return new Entry(
                entry.id,
                entry.program,
                entry.move,
                entry.openedAt,
                entry.endedAt,
                entry.outcome,
                milestones(session, entry.id));
    }

    /// The points of an upgrade, oldest first.
    static List<Milestone> milestones(Session session, long upgrade) {
        return session.all(
                "SELECT state, status, error, extra, at, times FROM milestone WHERE upgrade = ?"
                        + " ORDER BY seq",
                HistoryPage::milestone,
                upgrade);
    }

    private static Milestone milestone(Session.Row row) {
        String extra = row.textIfAny(4);
        Json.Obj known =
                extra != null && Json.parse(extra) instanceof Json.Obj object
                        ? object
                        : Json.object();
        if (row.number(6) > 1) {
            java.util.Map<String, Json> more = new java.util.LinkedHashMap<>(known.members());
            more.put("times", new Json.Num(java.math.BigDecimal.valueOf(row.number(6))));
            known = new Json.Obj(more);
        }
        return new Milestone(
                Milestone.State.valueOf(row.text(1)),
                row.text(2).equals(Milestone.Status.SUCCESS.word())
                        ? Milestone.Status.SUCCESS
                        : Milestone.Status.FAILED,
                row.textIfAny(3),
                known.members().isEmpty() ? null : known,
                Instant.ofEpochMilli(row.number(5)));
    }
}
