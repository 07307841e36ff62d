package io.visor.upgrade.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.json.Json;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.ProtocolVersions;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.Version;
import io.visor.store.Change;
import io.visor.store.SqliteDatabase;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Milestone.State;
import io.visor.upgrade.record.Milestone.Status;
import io.visor.upgrade.record.Retrospect.Trouble;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class RetrospectTest {

    private static final Version V1 = Version.of("1.0.0");
    private static final Version V2 = Version.of("1.1.0");
    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final ProgramName LAVAP = new ProgramName("lavap");
    private static final Move MOVE = new Move(V1, V2, Urgency.RECOMMENDED);

    private final SqliteDatabase database = SqliteDatabase.inMemory(List.of(UpgradeSchema.SCHEMA));
    private final UpgradeTables tables = new UpgradeTables("start", LAVAP);

    private void write(Change... changes) {
        boolean unused =
                database.transaction(session -> {
                    for (Change change : changes) {
                        change.in(session);
                    }
                    return true;
                });
    }

    private Retrospect read() {
        return database.transaction(session -> Retrospect.read(session, "start", LAVAP));
    }

    private static Requirement requirement(Version min, Version target, long height) {
        return Requirement.of(
                new Observation(
                        "tcp://a:1",
                        "lava",
                        new ProtocolVersions(min, target, min, target),
                        height,
                        T.plusSeconds(height),
                        false,
                        T.plusSeconds(height + 1)),
                Role.PROVIDER);
    }

    private static Milestone fell(String why, String... output) {
        return new Milestone(
                State.HEALTHY,
                Status.FAILED,
                why,
                output.length == 0 ? null : Json.object("output", List.of(output)),
                T.plusSeconds(9));
    }

    @Test
    void nothingIsKnownOfWhatNeverHappened() {
        assertThat(read()).isEqualTo(Retrospect.NONE);
    }

    @Test
    void whatIsAskedForCountsFromWhenItWasSeenFirst() {
        write(
                tables.required(requirement(V1, V2, 5), "unproven"),
                tables.required(requirement(V1, V1, 7), "unproven"),
                tables.required(requirement(V1, V2, 10), "unproven"),
                tables.required(requirement(V1, V2, 30), "unproven"));
        Retrospect.Asked asked = Objects.requireNonNull(read().asked());
        assertThat(asked.height()).isEqualTo(10);
        assertThat(asked.at()).isEqualTo(T.plusSeconds(11));
        assertThat(asked.blockTime()).isEqualTo(T.plusSeconds(10));
        assertThat(asked.target()).isEqualTo(V2);
        assertThat(asked.endpoint()).isEqualTo("tcp://a:1");
    }

    @Test
    void aRolledBackUpgradeTellsWhyWithTheLastLines() {
        write(
                tables.open(MOVE, T),
                tables.intend(MOVE, T),
                tables.reached(fell("alice exited", "loading", "panic: no")),
                tables.reached(
                        new Milestone(
                                State.HEALTHY,
                                Status.FAILED,
                                "on-failure ended with code 1",
                                Json.object("hook", "on-failure", "output", "mail: not sent"),
                                T.plusSeconds(10))),
                tables.goingBack(new GoingBack(V1, "alice exited")),
                tables.rolledBack(V1, new Hold(V2, Hold.By.FAILURE, "alice exited", T), T));
        assertThat(read().trouble())
                .isEqualTo(
                        new Trouble(
                                1,
                                V1,
                                V2,
                                "alice exited",
                                List.of("loading", "panic: no"),
                                T.plusSeconds(9),
                                true));
    }

    @Test
    void whyIsKnownAlsoWhereTheMilestoneIsLost() {
        write(
                tables.open(MOVE, T),
                tables.goingBack(new GoingBack(V1, "alice exited")),
                tables.rolledBack(V1, new Hold(V2, Hold.By.FAILURE, "alice exited", T), T));
        Trouble trouble = Objects.requireNonNull(read().trouble());
        assertThat(trouble.why()).isEqualTo("alice exited");
        assertThat(trouble.output()).isEmpty();
    }

    @Test
    void anUpgradeThatIsStillTriedIsTroubleUntilItEnds() {
        write(tables.open(MOVE, T));
        assertThat(read().trouble()).isNull();
        write(tables.reached(fell("alice exited")));
        assertThat(Objects.requireNonNull(read().trouble()).isOver()).isFalse();
        write(tables.committed(MOVE, T));
        assertThat(read().trouble()).isNull();
    }
}
