package io.visor.daemon.control;

import io.visor.api.InstanceStatus.Phase;
import io.visor.api.Refusal;
import io.visor.api.upgrade.Order.Verb;
import io.visor.api.upgrade.Ordered;
import io.visor.daemon.http.Access;
import io.visor.daemon.http.Answer;
import io.visor.daemon.http.Call;
import io.visor.daemon.http.Route;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.time.Loop;
import io.visor.time.Timer;
import io.visor.upgrade.Operator;
import io.visor.upgrade.Operator.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes orders about upgrades, and answers when what was ordered is durable, or done. For the
/// instance's loop.
final class UpgradeDesk {

    /// How long a reason may be, in characters.
    private static final int MAX_REASON = 400;

    /// How many may wait for releases at a time.
    private static final int MAX_WAITERS = 32;

    /// How many releases are fetched ahead at a time, each by a thread.
    private static final int MAX_PREPARED = 8;

    /// How long the disk, and another visor that writes, are waited for.
    private static final Duration DISK_PATIENCE = Duration.ofSeconds(15);

    private final ControlledInstance instance;
    private final Programs programs;
    private final Loop loop;
    private final Map<Release, List<Waiter>> prepared = new HashMap<>();

    /// What is fetched ahead.
    ///
    /// @param version which; null: the target
    private record Release(ProgramName program, @Nullable Version version) {}

    /// Somebody who waits for a release.
    private static final class Waiter {
        private final Call call;
        private @Nullable Timer timer;

        Waiter(Call call) {
            this.call = call;
        }
    }

    UpgradeDesk(ControlledInstance instance, Loop loop) {
        this.instance = instance;
        this.programs = new Programs(instance);
        this.loop = loop;
    }

    List<Route> routes() {
        return Arrays.stream(Verb.values())
                .map(verb ->
                        new Route(
                                "POST",
                                "/api/v1/programs/{name}/" + verb.word(),
                                Access.CONTROL,
                                call -> order(call, verb)))
                .toList();
    }

    private void order(Call call, Verb verb) {
        Query query = Query.of(call);
        Version version = query.version();
        String reason = query.text("reason", MAX_REASON);
        boolean force = query.flag("force");
        boolean restore = query.flag("restore");
        Duration wait = query.waitMs();
        Optional<ProgramName> found = programs.find(call);
        if (found.isEmpty()) {
            return;
        }
        ProgramName name = found.get();
        Optional<Answer> refusal = refusal(verb);
        if (refusal.isPresent()) {
            call.answer(refusal.get());
            return;
        }
        if (verb == Verb.PREPARE) {
            prepare(call, new Release(name, version), wait);
            return;
        }
        call.park(DISK_PATIENCE, () -> {});
        Operator operator = instance.operator(name);
        switch (verb) {
            case APPROVE -> operator.approve(version, reply -> call.answer(answer(name, reply)));
            case HOLD -> operator.hold(version, reason, reply -> call.answer(answer(name, reply)));
            case RESUME -> operator.resume(version, reply -> call.answer(answer(name, reply)));
            case ROLLBACK ->
                    operator.rollback(
                            version, force, restore, reply -> call.answer(answer(name, reply)));
            case PREPARE -> throw new IllegalArgumentException("it is prepared elsewhere");
        }
    }

    private Optional<Answer> refusal(Verb verb) {
        if (instance.phase() == Phase.STOPPING) {
            return refused("stopping", "visor is being stopped", "start it again");
        }
        boolean needsServices = verb == Verb.ROLLBACK;
        if (!instance.isRemembering() || needsServices && instance.phase() == Phase.STARTING) {
            return refused(
                    "starting",
                    "visor has not started its services yet: it waits for the chain",
                    "try again in a few seconds");
        }
        return Optional.empty();
    }

    private static Optional<Answer> refused(String code, String why, String next) {
        return Optional.of(Answer.refused(409, new Refusal(code, why, next)));
    }

    private static Answer answer(ProgramName name, Reply reply) {
        return switch (reply) {
            case Reply.Done(String text) -> {
                Ordered ordered = new Ordered(name.text(), text, true);
                yield Answer.ok(ordered::json);
            }
            case Reply.Refused(String why, String next, boolean later) ->
                    later
                            ? Answer.refused(409, new Refusal("not-now", why, next))
                            : Answer.refused(422, new Refusal("refused", why, next));
        };
    }

    /// Several who ask for the same release wait for the same fetching.
    private void prepare(Call call, Release release, Duration wait) {
        int waiting = prepared.values().stream().mapToInt(List::size).sum();
        boolean isNew = !prepared.containsKey(release);
        if (waiting >= MAX_WAITERS || isNew && prepared.size() >= MAX_PREPARED) {
            call.answer(
                    Answer.refused(
                            503,
                            new Refusal("busy", "others wait for releases already", "try again")));
            return;
        }
        Waiter waiter = new Waiter(call);
        List<Waiter> waiters = prepared.computeIfAbsent(release, _ -> new ArrayList<>());
        waiters.add(waiter);
        waiter.timer =
                loop.schedule(
                        wait,
                        () -> {
                            if (waiters.remove(waiter)) {
                                call.answer(stillFetched(release));
                            }
                        });
        call.park(wait, () -> leave(waiters, waiter));
        if (isNew) {
            instance.operator(release.program)
                    .prepare(release.version, reply -> onPrepared(release, reply));
        }
    }

    private static void leave(List<Waiter> waiters, Waiter waiter) {
        waiters.remove(waiter);
        if (waiter.timer != null) {
            waiter.timer.cancel();
        }
    }

    private void onPrepared(Release release, Reply reply) {
        List<Waiter> waiters = prepared.remove(release);
        if (waiters == null) {
            return;
        }
        for (Waiter waiter : List.copyOf(waiters)) {
            leave(waiters, waiter);
            waiter.call.answer(answer(release.program, reply));
        }
    }

    private static Answer stillFetched(Release release) {
        Ordered ordered =
                new Ordered(
                        release.program.text(),
                        release.program
                                + " "
                                + (release.version == null ? "" : release.version + " ")
                                + "is still being fetched; visor goes on with it",
                        false);
        return Answer.accepted(ordered::json);
    }
}
