package io.visor.daemon.control;

import io.visor.api.Listing;
import io.visor.api.Refusal;
import io.visor.api.upgrade.BackupEntry;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.UpgradeClient;
import io.visor.api.upgrade.UpgradeEntry;
import io.visor.daemon.explain.BackupEntries;
import io.visor.daemon.explain.Explainer;
import io.visor.daemon.explain.Explainer.Circumstances;
import io.visor.daemon.explain.Explainer.Disk;
import io.visor.daemon.explain.HistoryEntries;
import io.visor.daemon.http.Access;
import io.visor.daemon.http.Answer;
import io.visor.daemon.http.Call;
import io.visor.daemon.http.Route;
import io.visor.model.ProgramName;
import io.visor.store.Database;
import io.visor.store.Recorder.Outcome;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.upgrade.Standing;
import io.visor.upgrade.UpgradeException;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.record.HistoryPage;
import io.visor.upgrade.record.Retrospect;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Answers why programs are at their versions, and what has happened to them. What the disk must be
/// asked for is asked elsewhere. For the instance's loop.
final class ExplanationDesk {

    private static final int DEFAULT_SIZE = 10;

    /// How many may wait at a time, each of which has a thread.
    private static final int MAX_WAITING = 16;

    /// How long the disk, and another visor that writes, are waited for.
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final ControlledInstance instance;
    private final StatusBoard board;
    private final Programs programs;
    private final Scheduler scheduler;
    private final Loop loop;
    private final Explainer explainer;
    private final Set<Call> waiting = new HashSet<>();

    ExplanationDesk(
            ControlledInstance instance, StatusBoard board, Scheduler scheduler, Loop loop) {
        this.instance = instance;
        this.board = board;
        this.programs = new Programs(instance);
        this.scheduler = scheduler;
        this.loop = loop;
        this.explainer = new Explainer(board.outlook());
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/api/v1/programs/{name}/explanation",
                        Access.READ,
                        call -> programs.find(call).ifPresent(name -> explain(call, name))),
                new Route(
                        "GET",
                        "/api/v1/programs/{name}/backups",
                        Access.READ,
                        call -> programs.find(call).ifPresent(name -> backups(call, name))),
                new Route("GET", "/api/v1/upgrades", Access.READ, this::history),
                new Route("GET", "/api/v1/upgrades/{id}", Access.READ, this::upgrade));
    }

    /// Looks at the disk in a task, then asks the database, then puts all of it together.
    private void explain(Call call, ProgramName name) {
        if (!park(call)) {
            return;
        }
        Standing standing = instance.standing(name);
        scheduler.start(
                "explain-" + name,
                () -> {
                    Disk disk = Disk.of(standing);
                    loop.execute(() -> askRecords(call, name, disk));
                });
    }

    /// Has a call wait for the disk.
    ///
    /// @return whether there was room; if there was none, the call has been answered
    private boolean park(Call call) {
        if (waiting.size() >= MAX_WAITING) {
            call.answer(
                    Answer.refused(
                            503,
                            new Refusal(
                                    "busy",
                                    MAX_WAITING + " others wait for explanations already",
                                    "try again")));
            return false;
        }
        waiting.add(call);
        call.park(PATIENCE, () -> waiting.remove(call));
        return true;
    }

    private void backups(Call call, ProgramName name) {
        if (!park(call)) {
            return;
        }
        Backups backups = instance.backups(name);
        scheduler.start(
                "backups-" + name,
                () -> {
                    Answer answer = backups(backups);
                    loop.execute(() -> {
                        waiting.remove(call);
                        call.answer(answer);
                    });
                });
    }

    private static Answer backups(Backups backups) {
        try {
            List<BackupEntry> all = BackupEntries.of(backups);
            return Answer.ok(() ->
                    new Listing<>(all, all.size(), 1, Math.max(1, all.size()))
                            .json(BackupEntry::json));
        } catch (UpgradeException e) {
            return Answer.refused(500, new Refusal("not-read", e.why(), ""));
        }
    }

    private void askRecords(Call call, ProgramName name, Disk disk) {
        ask(
                session -> Retrospect.read(session, instance.about().name().text(), name),
                outcome -> {
                    waiting.remove(call);
                    // Where the database cannot be read, what is known without it still is.
                    Retrospect past =
                            outcome instanceof Outcome.Done<Retrospect>(Retrospect read)
                                    ? read
                                    : Retrospect.NONE;
                    Explanation explanation =
                            explainer.explain(
                                    instance.standing(name),
                                    new Circumstances(
                                            instance.role(name),
                                            board.down(name),
                                            board.chain(),
                                            board.startedAt(),
                                            board.progress(name),
                                            disk,
                                            past));
                    call.answer(Answer.ok(explanation::json));
                });
    }

    private <T> void ask(Database.Work<T> work, Consumer<Outcome<T>> told) {
        instance.recorder().ask(work, told);
    }

    private void history(Call call) {
        Query query = Query.of(call);
        int page = query.number("page", 1, 100_000);
        int size = query.number("size", DEFAULT_SIZE, UpgradeClient.MAX_SIZE);
        @Nullable ProgramName program = query.program();
        if (program != null && programs.find(call, program.text()).isEmpty()) {
            return;
        }
        call.park(PATIENCE, () -> {});
        ask(
                session ->
                        HistoryPage.read(
                                session,
                                instance.about().name().text(),
                                program,
                                (page - 1L) * size,
                                size),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<HistoryPage>(HistoryPage found) -> {
                            Listing<UpgradeEntry> listing = HistoryEntries.page(found, page, size);
                            call.answer(Answer.ok(() -> listing.json(UpgradeEntry::json)));
                        }
                        case Outcome.Failed<HistoryPage>(var why) -> call.answer(unread(why.why()));
                    }
                });
    }

    private void upgrade(Call call) {
        String text = call.parameter("id");
        long id = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        call.park(PATIENCE, () -> {});
        ask(
                session -> HistoryPage.one(session, instance.about().name().text(), id),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<Optional<HistoryPage.Entry>>(var found) ->
                                call.answer(
                                        found.map(HistoryEntries::one)
                                                .map(entry -> Answer.ok(entry::json))
                                                .orElseGet(ExplanationDesk::unknown));
                        case Outcome.Failed<Optional<HistoryPage.Entry>>(var why) ->
                                call.answer(unread(why.why()));
                    }
                });
    }

    private static Answer unknown() {
        return Answer.refused(
                404, new Refusal("unknown-upgrade", "there is no upgrade of that number here", ""));
    }

    private static Answer unread(String why) {
        return Answer.refused(
                500, new Refusal("not-read", "the history cannot be read: " + why, "try again"));
    }
}
