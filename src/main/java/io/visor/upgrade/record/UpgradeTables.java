package io.visor.upgrade.record;

import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.store.Change;
import io.visor.store.Session;
import io.visor.upgrade.Move;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tables of upgrades. Each row belongs to one instance of the home; times are milliseconds
/// since 1970.
public final class UpgradeTables {

    /// No history is longer; what is beyond it is dropped, oldest first.
    public static final int MAX_UPGRADES = 10_000;

    /// How long what has ended is kept.
    public static final Duration MAX_AGE = Duration.ofDays(730);

    /// Milestones of one upgrade beyond this are not kept: one that is tried for months tells
    /// nothing new.
    static final int MAX_MILESTONES = 200;

    private static final int MAX_TEXT = 4_000;

    /// Stands for "any version" in the table of holds, whose key must not be null.
    private static final String ANY = "";

    private static final String OPEN =
            "(SELECT max(id) FROM upgrade WHERE instance = ? AND program = ? AND ended_at IS NULL)";

    private static final Set<Milestone.State> ENDS =
            EnumSet.of(
                    Milestone.State.COMMITTED,
                    Milestone.State.ROLLED_BACK,
                    Milestone.State.ABANDONED);

    private final String instance;
    private final String program;

    /// The rows of one program of an instance.
    public UpgradeTables(String instance, ProgramName program) {
        this.instance = instance;
        this.program = program.text();
    }

    /// Reads what is remembered.
    public Memory load(Session session) {
        Version lastGood =
                session.one(
                                "SELECT last_good FROM program WHERE instance = ? AND name = ?",
                                row -> version(row.textIfAny(1)),
                                instance,
                                program)
                        .orElse(Optional.empty())
                        .orElse(null);
        return new Memory(
                lastGood,
                holds(session),
                new HashSet<>(
                        session.all(
                                "SELECT version FROM approval WHERE instance = ? AND program = ?",
                                row -> Version.of(row.text(1)),
                                instance,
                                program)),
                open(session).orElse(null));
    }

    /// Whether all was written down that was known of the program when the database was begun.
    public boolean isKnown(Session session) {
        return session.one(
                        "SELECT 1 FROM program WHERE instance = ? AND name = ?",
                        row -> true,
                        instance,
                        program)
                .isPresent();
    }

    /// All of that is written down.
    Change known() {
        return session ->
                session.update(
                        "INSERT OR IGNORE INTO program (instance, name) VALUES (?, ?)",
                        instance,
                        program);
    }

    static Optional<Version> version(@Nullable String text) {
        return text == null ? Optional.empty() : Optional.of(Version.of(text));
    }

    private List<Hold> holds(Session session) {
        return session.all(
                "SELECT version, placed_by, why, at FROM hold WHERE instance = ? AND program = ?"
                        + " ORDER BY at, version",
                row ->
                        new Hold(
                                row.text(1).equals(ANY) ? null : Version.of(row.text(1)),
                                row.text(2).equals(Hold.By.OPERATOR.word())
                                        ? Hold.By.OPERATOR
                                        : Hold.By.FAILURE,
                                row.text(3),
                                Instant.ofEpochMilli(row.number(4))),
                instance,
                program);
    }

    private Optional<OpenUpgrade> open(Session session) {
        return session.one(
                "SELECT from_version, to_version, urgency, attempt, opened_at, back, back_why,"
                        + " interruptions + 1 - paused FROM upgrade WHERE id = "
                        + OPEN,
                row ->
                        new OpenUpgrade(
                                new Move(
                                        version(row.textIfAny(1)).orElse(null),
                                        Version.of(row.text(2)),
                                        urgency(row.text(3)),
                                        Math.toIntExact(row.number(4))),
                                Instant.ofEpochMilli(row.number(5)),
                                version(row.textIfAny(6))
                                        .map(back ->
                                                new GoingBack(
                                                        back, String.valueOf(row.textIfAny(7))))
                                        .orElse(null),
                                Math.toIntExact(row.number(8))),
                instance,
                program);
    }

    /// Visor ended while an upgrade was watched. To be durable before the new version runs again,
    /// which may be what brings visor down.
    ///
    /// @param interruptions how often in a row, this time included
    public Change interrupted(int interruptions) {
        return session ->
                session.update(
                        "UPDATE upgrade SET interruptions = ?, paused = 0 WHERE id = " + OPEN,
                        interruptions,
                        instance,
                        program);
    }

    static Move.Urgency urgency(String word) {
        return switch (word) {
            case "required" -> Move.Urgency.REQUIRED;
            case "asked" -> Move.Urgency.ASKED;
            case "restoring" -> Move.Urgency.RESTORING;
            default -> Move.Urgency.RECOMMENDED;
        };
    }

    static String word(Move.Urgency urgency) {
        return urgency.name().toLowerCase(Locale.ROOT);
    }

    /// Writes down all that is remembered, into tables that hold nothing of this program, or only
    /// what is among it.
    public Change all(Memory memory) {
        return session -> {
            known().in(session);
            more(memory).in(session);
        };
    }

    /// Writes down what is remembered, which may not be all that is known of the program.
    public Change more(Memory memory) {
        return session -> {
            if (memory.lastGood() != null) {
                trust(session, memory.lastGood());
            }
            memory.holds().forEach(hold -> hold(hold).in(session));
            OpenUpgrade upgrade = memory.upgrade();
            memory.approvals().forEach(version -> approve(version, Instant.EPOCH).in(session));
            if (upgrade != null) {
                open(upgrade.move(), upgrade.openedAt()).in(session);
                GoingBack back = upgrade.back();
                if (back != null) {
                    goingBack(back).in(session);
                }
            }
        };
    }

    /// An upgrade begins, or is tried again.
    public Change open(Move move, Instant at) {
        return session -> {
            int same =
                    session.update(
                            "UPDATE upgrade SET attempt = ?, urgency = ? WHERE to_version = ? AND"
                                    + " id = "
                                    + OPEN,
                            move.attempt(),
                            word(move.urgency()),
                            move.to().toString(),
                            instance,
                            program);
            if (same == 0) {
                end(session, Milestone.State.ABANDONED, at);
                session.update(
                        "INSERT INTO upgrade (instance, program, from_version, to_version, urgency,"
                                + " attempt, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        instance,
                        program,
                        move.from() == null ? null : move.from().toString(),
                        move.to().toString(),
                        word(move.urgency()),
                        move.attempt(),
                        at.toEpochMilli());
            }
        };
    }

    /// The version that is really installed, where it is not the one that was asked for.
    private void retarget(Session session, Move move) {
        session.update(
                "UPDATE upgrade SET to_version = ?, from_version = ? WHERE id = " + OPEN,
                move.to().toString(),
                move.from() == null ? null : move.from().toString(),
                instance,
                program);
    }

    /// The services are about to be stopped. Must be durable before they are.
    public Change intend(Move move, Instant openedAt) {
        return session -> {
            boolean isOpen =
                    session.one(
                                    "SELECT " + OPEN,
                                    row -> row.numberIfAny(1) != null,
                                    instance,
                                    program)
                            .orElse(false);
            if (isOpen) {
                retarget(session, move);
            } else {
                open(move, openedAt).in(session);
            }
            session.update(
                    "UPDATE upgrade SET back = NULL, back_why = NULL, interruptions = 0, paused = 0"
                            + " WHERE id = "
                            + OPEN,
                    instance,
                    program);
        };
    }

    /// The new version failed and the old one is about to come back.
    public Change goingBack(GoingBack back) {
        return session ->
                session.update(
                        "UPDATE upgrade SET back = ?, back_why = ?, interruptions = 0 WHERE id = "
                                + OPEN,
                        back.to().toString(),
                        cut(back.why()),
                        instance,
                        program);
    }

    /// The way back, or the upgrade as a whole, is tried again from its beginning.
    public Change again() {
        return session ->
                session.update(
                        "UPDATE upgrade SET back = NULL, back_why = NULL, interruptions = 0 WHERE"
                                + " id = "
                                + OPEN,
                        instance,
                        program);
    }

    /// Visor ends because it was asked to: what it interrupts is not the new version's fault.
    public Change pause() {
        return session ->
                session.update(
                        "UPDATE upgrade SET paused = 1 WHERE id = " + OPEN, instance, program);
    }

    /// The new version is good.
    public Change committed(Move move, Instant at) {
        return session -> {
            end(session, Milestone.State.COMMITTED, at);
            trust(session, move.to());
            session.update(
                    "DELETE FROM approval WHERE instance = ? AND program = ? AND version = ?",
                    instance,
                    program,
                    move.to().toString());
            lift(Hold.By.FAILURE, move.to()).in(session);
        };
    }

    /// The old version runs again and is good; the new one is on hold.
    public Change rolledBack(Version back, Hold hold, Instant at) {
        return session -> {
            end(session, Milestone.State.ROLLED_BACK, at);
            trust(session, back);
            hold(hold).in(session);
        };
    }

    /// The upgrade is not wanted any more.
    public Change abandoned(Instant at) {
        return session -> end(session, Milestone.State.ABANDONED, at);
    }

    private void end(Session session, Milestone.State outcome, Instant at) {
        session.update(
                "UPDATE upgrade SET ended_at = ?, outcome = ? WHERE id = " + OPEN,
                at.toEpochMilli(),
                outcome.name(),
                instance,
                program);
    }

    /// Nothing is written of a program that is not known yet: its manifests tell it as well.
    private void trust(Session session, Version version) {
        session.update(
                "UPDATE program SET last_good = ? WHERE instance = ? AND name = ?",
                version.toString(),
                instance,
                program);
    }

    /// Somebody, or a failure, stops a version or the program.
    public Change hold(Hold hold) {
        return session ->
                session.update(
                        "INSERT INTO hold (instance, program, version, placed_by, why, at) VALUES"
                                + " (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET why ="
                                + " excluded.why, at = excluded.at",
                        instance,
                        program,
                        hold.version() == null ? ANY : hold.version().toString(),
                        hold.by().word(),
                        cut(hold.why()),
                        hold.at().toEpochMilli());
    }

    /// A stop is lifted.
    ///
    /// @param version of which version; null: the one on the program
    public Change lift(Hold.By by, @Nullable Version version) {
        return session ->
                session.update(
                        "DELETE FROM hold WHERE instance = ? AND program = ? AND version = ? AND"
                                + " placed_by = ?",
                        instance,
                        program,
                        version == null ? ANY : version.toString(),
                        by.word());
    }

    /// All stops on a version are lifted; on the program and all its versions if none is named.
    public Change liftAll(@Nullable Version version) {
        return session ->
                session.update(
                        "DELETE FROM hold WHERE instance = ?1 AND program = ?2 AND (?3 IS NULL OR"
                                + " version = ?3)",
                        instance,
                        program,
                        version == null ? null : version.toString());
    }

    /// The version to go back to: of those that were active, the last one that is older than the
    /// one that is, and is not on hold. What failed here is no way back.
    public Optional<Version> previous(Session session, @Nullable Version active, List<Hold> holds) {
        return session
                .all(
                        "SELECT version FROM deployment WHERE instance = ? AND program = ?"
                                + " GROUP BY version ORDER BY MAX(id) DESC",
                        row -> Version.of(row.text(1)),
                        instance,
                        program)
                .stream()
                .filter(version -> active == null || version.isBelow(active))
                .filter(version -> holds.stream().noneMatch(hold -> version.equals(hold.version())))
                .findFirst();
    }

    /// Somebody wants a version without waiting.
    public Change approve(Version version, Instant at) {
        return session ->
                session.update(
                        "INSERT OR REPLACE INTO approval (instance, program, version, at) VALUES"
                                + " (?, ?, ?, ?)",
                        instance,
                        program,
                        version.toString(),
                        at.toEpochMilli());
    }

    /// The network asks for other versions than before.
    ///
    /// @param proof how well that is proven
    public Change required(Requirement requirement, String proof) {
        return session -> {
            session.update(
                    "INSERT INTO requirement (instance, program, min, target, chain, height,"
                            + " block_time, endpoint, proof, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
                            + " ?)",
                    instance,
                    program,
                    requirement.min().toString(),
                    requirement.target().toString(),
                    requirement.basis().chainId(),
                    requirement.basis().height(),
                    requirement.basis().blockTime().toEpochMilli(),
                    requirement.basis().endpoint(),
                    proof,
                    requirement.basis().at().toEpochMilli());
            session.update(
                    "DELETE FROM requirement WHERE instance = ? AND program = ? AND id <= (SELECT"
                            + " max(id) FROM requirement) - ?",
                    instance,
                    program,
                    MAX_UPGRADES);
        };
    }

    /// A version has become active.
    public Change deployed(Version version, Instant since) {
        return session -> {
            session.update(
                    "INSERT INTO deployment (instance, program, version, since) VALUES (?, ?, ?,"
                            + " ?)",
                    instance,
                    program,
                    version.toString(),
                    since.toEpochMilli());
            session.update(
                    "DELETE FROM deployment WHERE instance = ? AND program = ? AND id <= (SELECT"
                            + " max(id) FROM deployment) - ?",
                    instance,
                    program,
                    MAX_UPGRADES);
        };
    }

    /// Since when a version has been active; nothing if another one was active last.
    public Optional<Instant> since(Session session, Version version) {
        return session.one(
                        "SELECT version, since FROM deployment WHERE instance = ? AND program = ?"
                                + " ORDER BY id DESC LIMIT 1",
                        row ->
                                row.text(1).equals(version.toString())
                                        ? Optional.of(Instant.ofEpochMilli(row.number(2)))
                                        : Optional.<Instant>empty(),
                        instance,
                        program)
                .orElse(Optional.empty());
    }

    /// The open upgrade has reached a point or failed to; the one that has just ended, its end. One
    /// that failed in the same way as the last time is counted only.
    public Change reached(Milestone milestone) {
        String which =
                ENDS.contains(milestone.state())
                        ? "(SELECT max(id) FROM upgrade WHERE instance = ? AND program = ?)"
                        : OPEN;
        return session ->
                session.one(
                                "SELECT " + which,
                                row -> Optional.ofNullable(row.numberIfAny(1)),
                                instance,
                                program)
                        .orElse(Optional.empty())
                        .ifPresent(upgrade -> add(session, upgrade, milestone));
    }

    /// Something came of the newest upgrade to a version, which may have ended, and another one
    /// begun, since it was asked for.
    public Change reached(Version to, Milestone milestone) {
        return session ->
                session.one(
                                "SELECT coalesce((SELECT max(id) FROM upgrade WHERE instance = ?1"
                                    + " AND program = ?2 AND to_version = ?3), (SELECT max(id) FROM"
                                    + " upgrade WHERE instance = ?1 AND program = ?2))",
                                row -> Optional.ofNullable(row.numberIfAny(1)),
                                instance,
                                program,
                                to.toString())
                        .orElse(Optional.empty())
                        .ifPresent(upgrade -> add(session, upgrade, milestone));
    }

    private static void add(Session session, long upgrade, Milestone milestone) {
        String error = milestone.error() == null ? null : cut(milestone.error());
        int again =
                session.update(
                        "UPDATE milestone SET times = times + 1, at = ? WHERE upgrade = ? AND seq ="
                                + " (SELECT max(seq) FROM milestone WHERE upgrade = ?) AND state ="
                                + " ? AND status = ? AND error IS ? AND status = 'failed'",
                        milestone.timestamp().toEpochMilli(),
                        upgrade,
                        upgrade,
                        milestone.state().name(),
                        milestone.status().word(),
                        error);
        if (again == 0) {
            session.update(
                    "INSERT INTO milestone (upgrade, seq, state, status, error, extra, at) SELECT"
                            + " ?, 1 + coalesce(max(seq), 0), ?, ?, ?, ?, ? FROM milestone WHERE"
                            + " upgrade = ? HAVING coalesce(max(seq), 0) < ?",
                    upgrade,
                    milestone.state().name(),
                    milestone.status().word(),
                    error,
                    milestone.extra() == null ? null : milestone.extra().write(),
                    milestone.timestamp().toEpochMilli(),
                    upgrade,
                    ENDS.contains(milestone.state()) ? Integer.MAX_VALUE : MAX_MILESTONES);
        }
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    /// Drops what is too old or too much.
    public Change prune(Instant now) {
        return session -> {
            session.update(
                    "DELETE FROM upgrade WHERE instance = ? AND ended_at < ?",
                    instance,
                    now.minus(MAX_AGE).toEpochMilli());
            session.update(
                    "DELETE FROM upgrade WHERE instance = ? AND ended_at IS NOT NULL AND id <="
                            + " (SELECT id FROM upgrade WHERE instance = ? ORDER BY id DESC LIMIT 1"
                            + " OFFSET ?)",
                    instance,
                    instance,
                    MAX_UPGRADES);
        };
    }
}
