package io.visor.upgrade.record;

import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.store.Session;
import io.visor.upgrade.record.Milestone.State;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the records tell of a program's past, for those who explain its present.
///
/// @param asked what the network asked for last; null: it was never heard of
/// @param trouble the last upgrade that ended badly, or does badly; null: none has
public record Retrospect(@Nullable Asked asked, @Nullable Trouble trouble) {

    /// Nothing is known.
    public static final Retrospect NONE = new Retrospect(null, null);

    /// What the network asks for, and when it was seen first to do so.
    ///
    /// @param min below this it refuses the program
    /// @param target what it wants
    /// @param chain the chain's id
    /// @param height the block at which it was seen
    /// @param blockTime the time in that block's header
    /// @param endpoint who said so
    /// @param proof how well that is proven
    /// @param at when it was seen, by this machine's clock
    public record Asked(
            Version min,
            Version target,
            String chain,
            long height,
            Instant blockTime,
            String endpoint,
            String proof,
            Instant at) {}

    /// An upgrade whose version failed here.
    ///
    /// @param id its number in this home
    /// @param from the version before it; null: none
    /// @param to the version that failed
    /// @param why what failed
    /// @param output the last lines of the process that failed; none if they are not known
    /// @param at when it failed
    /// @param isOver whether it was rolled back; if not, it is still tried
    public record Trouble(
            long id,
            @Nullable Version from,
            Version to,
            String why,
            List<String> output,
            Instant at,
            boolean isOver) {
        public Trouble {
            output = List.copyOf(output);
        }
    }

    /// Reads it.
    public static Retrospect read(Session session, String instance, ProgramName program) {
        return new Retrospect(
                asked(session, instance, program.text()).orElse(null),
                trouble(session, instance, program.text()).orElse(null));
    }

    /// The oldest of the newest rows that ask for the same: one is written at every start.
    private static Optional<Asked> asked(Session session, String instance, String program) {
        Optional<Asked> newest =
                session.one(
                        "SELECT min, target, chain, height, block_time, endpoint, proof, at FROM"
                                + " requirement WHERE instance = ? AND program = ? ORDER BY id DESC"
                                + " LIMIT 1",
                        Retrospect::asked,
                        instance,
                        program);
        return newest.flatMap(last ->
                session.one(
                        "SELECT min, target, chain, height, block_time, endpoint, proof, at FROM"
                                + " requirement WHERE instance = ?1 AND program = ?2 AND id >"
                                + " coalesce((SELECT id FROM requirement WHERE instance = ?1 AND"
                                + " program = ?2 AND (min <> ?3 OR target <> ?4) ORDER BY id DESC"
                                + " LIMIT 1), 0) ORDER BY id LIMIT 1",
                        Retrospect::asked,
                        instance,
                        program,
                        last.min.toString(),
                        last.target.toString()));
    }

    private static Asked asked(Session.Row row) {
        return new Asked(
                Version.of(row.text(1)),
                Version.of(row.text(2)),
                row.text(3),
                row.number(4),
                Instant.ofEpochMilli(row.number(5)),
                row.text(6),
                row.text(7),
                Instant.ofEpochMilli(row.number(8)));
    }

    private static Optional<Trouble> trouble(Session session, String instance, String program) {
        return session.one(
                        "SELECT id, from_version, to_version, back_why, coalesce(ended_at,"
                                + " opened_at), outcome FROM upgrade WHERE instance = ? AND program"
                                + " = ? AND (outcome = 'ROLLED_BACK' OR ended_at IS NULL AND EXISTS"
                                + " (SELECT 1 FROM milestone WHERE upgrade = upgrade.id AND state ="
                                + " 'HEALTHY' AND status = 'failed')) ORDER BY id DESC LIMIT 1",
                        row ->
                                new Trouble(
                                        row.number(1),
                                        UpgradeTables.version(row.textIfAny(2)).orElse(null),
                                        Version.of(row.text(3)),
                                        Optional.ofNullable(row.textIfAny(4)).orElse(""),
                                        List.of(),
                                        Instant.ofEpochMilli(row.number(5)),
                                        row.textIfAny(6) != null),
                        instance,
                        program)
                .map(trouble -> inDetail(session, trouble));
    }

    /// With what its milestones tell.
    private static Trouble inDetail(Session session, Trouble trouble) {
        return HistoryPage.milestones(session, trouble.id).stream()
                .filter(milestone ->
                        milestone.state() == State.HEALTHY
                                && milestone.status() == Milestone.Status.FAILED
                                && !milestone.isOfHook())
                .reduce((_, last) -> last)
                .map(last ->
                        new Trouble(
                                trouble.id,
                                trouble.from,
                                trouble.to,
                                Objects.requireNonNullElse(last.error(), trouble.why),
                                last.output(),
                                last.timestamp(),
                                trouble.isOver))
                .orElse(trouble);
    }
}
