package io.visor.upgrade;

import static io.visor.upgrade.DecisionTest.requirement;
import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Golden;
import io.visor.model.Chance;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.admission.Obstacle;
import io.visor.upgrade.record.Memory;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Draws the upgrade machine by running it: every event in every state that it can get into, with
/// every policy of going back.
final class UpgradeDiagramGoldenTest {

    private static final Duration NOW = Duration.ofHours(1);
    private static final Version OLD = Version.of("1.0.0");
    private static final Version NEW = Version.of("1.1.0");
    private static final Version NEWER = Version.of("2.0.0");

    private record Step(Program program, int depth) {}

    /// Deep enough for an upgrade that goes back and is tried again.
    private static final int DEPTH = 14;

    private static Map<String, UpgradeEvent> events(Program program) {
        Map<String, UpgradeEvent> events = new LinkedHashMap<>();
        Move move =
                Objects.requireNonNullElse(
                        program.state().move(), new Move(OLD, NEW, Urgency.RECOMMENDED));
        Move interrupted = new Move(OLD, NEW, Urgency.RECOMMENDED);
        events.put("visor begins", new UpgradeEvent.Begin(null, true));
        events.put("visor takes it up", begin(interrupted, null, 1));
        events.put("visor takes it up the third time", begin(interrupted, null, 3));
        events.put("visor takes the way back up", begin(interrupted, new GoingBack(OLD, "no"), 1));
        events.put("a target", new UpgradeEvent.Required(requirement("1.0.0", "1.1.0")));
        events.put("a newer target", new UpgradeEvent.Required(requirement("1.0.0", "2.0.0")));
        events.put("withdrawn", new UpgradeEvent.Required(requirement("1.0.0", "1.0.0")));
        events.put("a higher min", new UpgradeEvent.Required(requirement("1.1.0", "1.1.0")));
        events.put("it takes time", new UpgradeEvent.Lasting(move.to()));
        events.put("staged", new UpgradeEvent.Staged(move.to(), move.to()));
        events.put("not staged", new UpgradeEvent.StagingFailed(move.to(), "no", null));
        events.put(
                "something is in the way",
                new UpgradeEvent.Blocked(
                        move, List.of(new Obstacle(Obstacle.Kind.WINDOW, "closed", null, "wait"))));
        events.put("admitted", new UpgradeEvent.Admitted(move));
        events.put("refused", new UpgradeEvent.Refused(move, "no", null));
        events.put("all are stopped", new UpgradeEvent.AtRest());
        events.put("switched", new UpgradeEvent.Switched(true));
        events.put("switched, nothing wanted up", new UpgradeEvent.Switched(false));
        events.put("not switched", new UpgradeEvent.SwitchFailed("no"));
        events.put("all have started", new UpgradeEvent.Started());
        events.put("all are ready", new UpgradeEvent.Ready());
        events.put("a service fell", new UpgradeEvent.Fell("no"));
        events.put("recorded", new UpgradeEvent.Recorded());
        events.put("not recorded", new UpgradeEvent.NotRecorded("no"));
        events.put("approved", new UpgradeEvent.Approved());
        events.put("resumed", new UpgradeEvent.Resumed(null));
        events.put("somebody wants a version", new UpgradeEvent.Wanted(NEWER, Move.Urgency.ASKED));
        events.put("timer", new UpgradeEvent.TimerFired(program.generation()));
        return events;
    }

    private static UpgradeEvent begin(Move move, @Nullable GoingBack back, int times) {
        return new UpgradeEvent.Begin(new OpenUpgrade(move, Instant.EPOCH, back, times), true);
    }

    private static List<Program> beginnings() {
        return Stream.of(null, OLD, NEW).map(UpgradeDiagramGoldenTest::beginning).toList();
    }

    private static Program beginning(@Nullable Version active) {
        return Program.initial(active, new Memory(OLD, List.of(), Set.of(), null));
    }

    private static Map<String, Set<String>> edges() {
        Map<String, Set<String>> edges = new TreeMap<>();
        for (RollbackPolicy rollback : RollbackPolicy.values()) {
            UpgradeMachine machine =
                    new UpgradeMachine(
                            new UpgradePolicy(
                                    UpgradePolicy.Auto.TRUE,
                                    Duration.ofSeconds(60),
                                    Duration.ofMinutes(5),
                                    rollback),
                            new Chance(1));
            Deque<Step> todo = new ArrayDeque<>();
            Set<Object> seen = new HashSet<>();
            beginnings().forEach(program -> todo.add(new Step(program, 0)));
            while (!todo.isEmpty()) {
                Step step = todo.remove();
                events(step.program)
                        .forEach((name, event) -> {
                            Program after = machine.on(step.program, event, NOW).next();
                            String from = word(step.program.state());
                            String to = word(after.state());
                            if (!from.equals(to)) {
                                edges.computeIfAbsent(from + " --> " + to, _ -> new TreeSet<>())
                                        .add(name);
                            }
                            if (step.depth < DEPTH && seen.add(essence(after))) {
                                todo.add(new Step(after, step.depth + 1));
                            }
                        });
            }
        }
        return edges;
    }

    /// What decides where a program can get to: no times, and no numbers that only grow.
    private static Object essence(Program program) {
        Move move = program.state().move();
        return Stream.of(
                        program.active(),
                        program.lastGood(),
                        program.held(),
                        program.begun(),
                        program.requirement() == null ? null : program.requirement().min(),
                        program.requirement() == null ? null : program.requirement().target(),
                        word(program.state()),
                        part(program.state()),
                        move == null ? null : move.to(),
                        move == null ? null : move.urgency())
                .map(String::valueOf)
                .toList();
    }

    private static String part(UpgradeState state) {
        return switch (state) {
            case UpgradeState.Watching(Move _, UpgradeState.Window window, int failures) ->
                    window.getClass().getSimpleName() + Math.min(failures, 1);
            case UpgradeState.RollingBack(
                            Move _,
                            Version _,
                            String _,
                            UpgradeState.BackWatching(UpgradeState.Window window)) ->
                    window.getClass().getSimpleName();
            case UpgradeState.RollingBack back -> back.leg().toString();
            case UpgradeState.Idle _,
                    UpgradeState.Staging _,
                    UpgradeState.Waiting _,
                    UpgradeState.Stopping _,
                    UpgradeState.Switching _,
                    UpgradeState.Retrying _,
                    UpgradeState.Committed _,
                    UpgradeState.RolledBack _,
                    UpgradeState.Abandoned _ ->
                    "";
        };
    }

    private static String word(UpgradeState state) {
        return state.word().replace(' ', '_');
    }

    @Test
    void theDiagramIsWhatTheMachineDoes() {
        StringBuilder page = new StringBuilder();
        page.append("# How an upgrade goes from state to state\n\n");
        page.append("Made by running the machine with every event in every state; not edited by");
        page.append(" hand. An upgrade begins as idle. Edges that an event does not take (it");
        page.append(" changes nothing, or only how far a health window or a way back is) are left");
        page.append(" out.\n\n```mermaid\nstateDiagram-v2\n    [*] --> idle\n");
        edges().forEach((edge, names) ->
                page.append("    ")
                        .append(edge)
                        .append(": ")
                        .append(String.join("; ", names))
                        .append('\n'));
        page.append("```\n");
        Golden.check(Path.of("docs/reference/upgrade-states.md"), page.toString());
    }

    @Test
    void everyStateCanBeReached() {
        Set<String> words =
                edges().keySet().stream()
                        .map(edge -> edge.split(" --> ")[1])
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(words)
                .containsExactly(
                        "abandoned",
                        "committed",
                        "retrying",
                        "rolled_back",
                        "rolling_back",
                        "staging",
                        "stopping",
                        "switching",
                        "waiting",
                        "watching");
    }
}
