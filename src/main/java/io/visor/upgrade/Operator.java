package io.visor.upgrade;

import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.Sizes;
import io.visor.model.Version;
import io.visor.release.Manifest;
import io.visor.release.ReleaseException;
import io.visor.store.Change;
import io.visor.store.Recorder.Outcome;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.UpgradeState.Switching;
import io.visor.upgrade.record.Hold;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeTables;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a person may ask of the upgrades of a program. What is asked for is durable before it is
/// answered. For the loop; answers come there, at once or later.
public final class Operator {

    private final ProgramUpgrade upgrade;
    private final ProgramParts parts;
    private final ProgramName name;
    private final UpgradeTables tables;

    Operator(ProgramUpgrade upgrade) {
        this.upgrade = upgrade;
        this.parts = upgrade.parts();
        this.name = parts.name();
        this.tables = parts.tables();
    }

    /// What comes of it.
    public sealed interface Reply {

        /// It was done, or is being done.
        ///
        /// @param text in words
        record Done(String text) implements Reply {}

        /// It was not done.
        ///
        /// @param why in words
        /// @param next what to do next; empty if nothing helps
        /// @param later whether the same may be done later; if not, something else must be asked
        ///   for
        record Refused(String why, String next, boolean later) implements Reply {}
    }

    private static Reply notNow(String why, String next) {
        return new Reply.Refused(why, next, true);
    }

    private static Reply never(String why, String next) {
        return new Reply.Refused(why, next, false);
    }

    /// Has a version installed without waiting for a window, a delay, a height or an approval, now
    /// or when it is staged.
    ///
    /// @param version which; null: the target
    public void approve(@Nullable Version version, Consumer<Reply> reply) {
        Program program = upgrade.program();
        Requirement requirement = program.requirement();
        Version approved =
                version != null ? version : requirement == null ? null : requirement.target();
        if (approved == null) {
            reply.accept(notNow("the chain has not said yet what it wants", "name a version"));
            return;
        }
        if (requirement != null && !approved.equals(requirement.target())) {
            reply.accept(
                    never(
                            "the chain wants " + requirement.target() + ", not " + approved,
                            "visor upgrade rollback installs an older version"));
            return;
        }
        if (approved.equals(program.active())) {
            reply.accept(new Reply.Done(name + " runs " + approved + " already"));
            return;
        }
        record(
                tables.approve(approved, parts.now()),
                reply,
                () -> {
                    upgrade.records().remember(upgrade.records().memory().approving(approved));
                    upgrade.dispatch(new UpgradeEvent.Approved());
                    upgrade.prepareAnew();
                    boolean isHeld =
                            upgrade.records().memory().holds().stream()
                                    .anyMatch(h -> h.binds(approved));
                    return new Reply.Done(
                            name
                                    + " "
                                    + approved
                                    + " is approved"
                                    + (isHeld
                                            ? "; it stays on hold until visor upgrade resume "
                                                    + name
                                            : ""));
                });
    }

    /// Stops a version, or all upgrades of the program, until somebody lifts that.
    ///
    /// @param version which; null: the program
    /// @param why in words; may be empty
    public void hold(@Nullable Version version, String why, Consumer<Reply> reply) {
        UpgradeState state = upgrade.program().state();
        if (state instanceof UpgradeState.Stopping || state instanceof Switching) {
            reply.accept(
                    notNow(
                            name + " is being upgraded just now (" + state.word() + ")",
                            "visor upgrade rollback goes back when it has been watched"));
            return;
        }
        Hold hold = new Hold(version, Hold.By.OPERATOR, why, parts.now());
        record(
                tables.hold(hold),
                reply,
                () -> {
                    upgrade.records().remember(upgrade.records().memory().holding(hold));
                    upgrade.prepareAnew();
                    String what = version == null ? name.text() : name + " " + version;
                    return new Reply.Done(
                            what
                                    + " is on hold"
                                    + (upgrade.program().state().isCritical()
                                            ? "; the upgrade that is being watched goes on"
                                            : ""));
                });
    }

    /// Lifts stops, also those of versions that failed here.
    ///
    /// @param version on which version; null: on the program and all its versions
    public void resume(@Nullable Version version, Consumer<Reply> reply) {
        if (!upgrade.records().remembers()) {
            reply.accept(holdsNotKnown());
            return;
        }
        boolean any =
                upgrade.records().memory().holds().stream()
                        .anyMatch(hold -> version == null || version.equals(hold.version()));
        if (!any) {
            reply.accept(
                    new Reply.Done(
                            "nothing of "
                                    + name
                                    + (version == null ? "" : " " + version)
                                    + " is on hold"));
            return;
        }
        record(
                tables.liftAll(version),
                reply,
                () -> {
                    upgrade.records().memory().holds().stream()
                            .filter(hold -> hold.by() == Hold.By.FAILURE)
                            .flatMap(hold -> Optional.ofNullable(hold.version()).stream())
                            .filter(held -> version == null || version.equals(held))
                            .forEach(upgrade.records()::forgive);
                    upgrade.records().remember(upgrade.records().memory().lifting(version));
                    Version before = askedFor();
                    upgrade.dispatch(new UpgradeEvent.Resumed(version));
                    upgrade.prepareAnew();
                    return new Reply.Done(
                            (version == null ? name.text() : name + " " + version)
                                    + " is not on hold any more"
                                    + (before == null || before.equals(askedFor())
                                            ? ""
                                            : "; it does not go back to " + before));
                });
    }

    /// The version that somebody has asked for and that is not trusted yet; null if there is none.
    private @Nullable Version askedFor() {
        UpgradeState state = upgrade.program().state();
        Move move = state.isOver() ? null : state.move();
        return move != null && move.urgency().isAsked() ? move.to() : null;
    }

    /// Goes back to an older version, and holds the one that runs.
    ///
    /// @param version which; null: the older one that ran last and is not on hold
    /// @param force whether one is installed that the network refuses
    /// @param restore whether with the data that it had written
    public void rollback(
            @Nullable Version version, boolean force, boolean restore, Consumer<Reply> reply) {
        Program program = upgrade.program();
        Version active = program.active();
        if (!upgrade.records().remembers()) {
            reply.accept(holdsNotKnown());
            return;
        }
        if (!program.begun()) {
            // Until what an earlier visor left has ended, nothing may be started.
            reply.accept(notNow("visor is starting", "try again in a moment"));
            return;
        }
        if (program.state().isCritical()) {
            reply.accept(beingUpgraded());
            return;
        }
        List<Hold> holds = upgrade.records().memory().holds();
        parts.shared()
                .records()
                .ask(
                        session -> {
                            Optional<Version> to =
                                    version == null
                                            ? tables.previous(session, active, holds)
                                            : Optional.of(version);
                            return to.map(found ->
                                    new Target(
                                            found, isHere(found), restore, lack(found, restore)));
                        },
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Done<Optional<Target>>(Optional<Target> to) ->
                                        rollback(to, force, reply);
                                case Outcome.Failed<Optional<Target>>(var why) ->
                                        reply.accept(notNow(why.why(), "try again"));
                            }
                        });
    }

    private static Reply holdsNotKnown() {
        return notNow(
                "what is on hold is not known, as the database cannot be read",
                "see the log of visor");
    }

    private Reply beingUpgraded() {
        return notNow(
                name + " is being upgraded (" + upgrade.program().state().word() + ")",
                "try again when it has ended");
    }

    /// A version to go back to.
    ///
    /// @param restore whether with the data of its time
    /// @param lack why that data is not there; empty if it is, or is not asked for
    private record Target(Version version, boolean here, boolean restore, String lack) {}

    private String lack(Version version, boolean restore) {
        if (!restore) {
            return "";
        }
        try {
            return parts.backups().of(version).isPresent()
                    ? ""
                    : "there is no backup of what " + name + " " + version + " had written";
        } catch (UpgradeException e) {
            return "the backups cannot be read: " + e.why();
        }
    }

    private boolean isHere(Version version) {
        try {
            return parts.store().manifest(version).isPresent();
        } catch (ReleaseException e) {
            // What the disk does not give cannot be started.
            return false;
        }
    }

    private void rollback(Optional<Target> to, boolean force, Consumer<Reply> reply) {
        Program program = upgrade.program();
        Version active = program.active();
        if (to.isEmpty()) {
            reply.accept(never("no older version of " + name + " has run here", "name a version"));
            return;
        }
        Version version = to.get().version;
        Requirement requirement = program.requirement();
        if (program.state().isCritical()) {
            reply.accept(beingUpgraded());
        } else if (version.equals(active)) {
            reply.accept(new Reply.Done(name + " runs " + version + " already"));
        } else if (!to.get().here) {
            reply.accept(
                    never(
                            name + " " + version + " is not here",
                            "visor upgrade prepare " + name + " " + version));
        } else if (active != null && version.isAbove(active) && !force) {
            reply.accept(
                    never(
                            version + " is above what runs (" + active + ")",
                            "visor upgrade resume and approve let the target be installed; use"
                                    + " --force to install it all the same"));
        } else if (requirement != null && version.isBelow(requirement.min()) && !force) {
            reply.accept(
                    never(
                            "the network refuses " + version + " (min " + requirement.min() + ")",
                            "use --force to install it all the same"));
        } else if (!to.get().lack.isEmpty()) {
            reply.accept(
                    never(
                            to.get().lack,
                            "roll back without --restore, or to a version that has one"));
        } else {
            rollback(version, to.get().restore ? Urgency.RESTORING : Urgency.ASKED, active, reply);
        }
    }

    private void rollback(
            Version version, Urgency urgency, @Nullable Version active, Consumer<Reply> reply) {
        Hold hold = new Hold(active, Hold.By.OPERATOR, "rolled back to " + version, parts.now());
        record(
                tables.hold(hold),
                reply,
                () -> {
                    upgrade.records().remember(upgrade.records().memory().holding(hold));
                    if (upgrade.program().state().isCritical()) {
                        // It has begun meanwhile.
                        return beingUpgraded();
                    }
                    upgrade.dispatch(new UpgradeEvent.Wanted(version, urgency));
                    return new Reply.Done(
                            name
                                    + (active != null && version.isAbove(active)
                                            ? " goes on to "
                                            : " goes back to ")
                                    + version
                                    + (active == null ? "" : "; " + active + " is on hold")
                                    + afterwards(version));
                });
    }

    /// What comes of a version that the network refuses.
    private String afterwards(Version version) {
        Requirement requirement = upgrade.program().requirement();
        return requirement == null || !version.isBelow(requirement.min())
                ? ""
                : "; the network refuses it, so that "
                        + requirement.target()
                        + " is installed as soon as it can be, unless visor upgrade hold keeps it"
                        + " out";
    }

    /// Fetches a version and tries it, and stops nothing.
    ///
    /// @param version which; null: the target
    public void prepare(@Nullable Version version, Consumer<Reply> reply) {
        Program program = upgrade.program();
        Requirement requirement = program.requirement();
        Version wanted =
                version != null ? version : requirement == null ? null : requirement.target();
        if (wanted == null) {
            reply.accept(notNow("the chain has not said yet what it wants", "name a version"));
            return;
        }
        Move move = new Move(program.active(), wanted, Urgency.ASKED);
        long height = upgrade.height();
        parts.shared()
                .scheduler()
                .start(
                        "prepare-" + name,
                        () -> {
                            // Whoever waits is answered also where visor is at fault, or ends.
                            AtomicReference<Reply> result =
                                    new AtomicReference<>(notNow("it was given up", "see the log"));
                            try {
                                result.set(prepare(move, height));
                            } finally {
                                parts.shared().loop().execute(() -> reply.accept(result.get()));
                            }
                        });
    }

    private Reply prepare(Move move, long height) throws InterruptedException {
        try {
            Manifest manifest =
                    new Candidates(parts.stager(), parts.store())
                            .stage(move.to(), null, Set.of(), true, () -> {});
            Optional<String> failed = parts.hooks().check(move, height);
            return failed.isPresent()
                    ? notNow(failed.get(), "")
                    : new Reply.Done(
                            name
                                    + " "
                                    + move.to()
                                    + " is staged and verified, "
                                    + Sizes.format(manifest.size())
                                    + ", "
                                    + manifest.assurance()
                                    + " ("
                                    + manifest.assurance().word()
                                    + ")");
        } catch (ReleaseException e) {
            return notNow(e.why(), "");
        }
    }

    /// Makes something durable, then does it.
    private void record(
            Change change, Consumer<Reply> reply, java.util.function.Supplier<Reply> then) {
        UpgradeRecords records = parts.shared().records();
        records.now(
                change,
                failure ->
                        reply.accept(
                                failure.map(why ->
                                                notNow(
                                                        "it cannot be written down: " + why,
                                                        "make room, and try again"))
                                        .orElseGet(then)));
    }
}
