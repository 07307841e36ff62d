package io.visor.upgrade.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.json.Json;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.store.Change;
import io.visor.store.SqliteDatabase;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.record.Memory.GoingBack;
import io.visor.upgrade.record.Memory.OpenUpgrade;
import io.visor.upgrade.record.Milestone.State;
import io.visor.upgrade.record.Milestone.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class UpgradeTablesTest {

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

    private Memory load() {
        return database.transaction(session -> tables.load(session));
    }

    private OpenUpgrade open() {
        return Objects.requireNonNull(load().upgrade());
    }

    private HistoryPage history(int offset, int size) {
        return database.transaction(
                session -> HistoryPage.read(session, "start", null, offset, size));
    }

    private static Milestone milestone(State state, @Nullable String error) {
        return new Milestone(state, error == null ? Status.SUCCESS : Status.FAILED, error, null, T);
    }

    @Test
    void anUpgradeThatWasCommittedIsOverAndItsVersionGood() {
        write(tables.known(), tables.open(MOVE, T), tables.approve(V2, T), tables.intend(MOVE, T));
        assertThat(load().upgrade()).isEqualTo(new OpenUpgrade(MOVE, T, null, 1));
        write(tables.committed(MOVE, T.plusSeconds(60)));
        assertThat(load()).isEqualTo(new Memory(V2, List.of(), Set.of(), null));
    }

    @Test
    void interruptionsAreCountedUntilVisorIsAskedToEnd() {
        write(tables.open(MOVE, T), tables.intend(MOVE, T));
        assertThat(open().interruptions()).isEqualTo(1);
        write(tables.interrupted(1));
        assertThat(open().interruptions()).isEqualTo(2);
        write(tables.interrupted(2), tables.pause());
        assertThat(open().interruptions())
                .as("asked to end, which is no interruption")
                .isEqualTo(2);
        write(tables.interrupted(2));
        assertThat(open().interruptions()).isEqualTo(3);
    }

    @Test
    void aWayBackIsRememberedUntilItsEnd() {
        Hold hold = new Hold(V2, Hold.By.FAILURE, "alice exited", T);
        write(
                tables.known(),
                tables.open(MOVE, T),
                tables.intend(MOVE, T),
                tables.goingBack(new GoingBack(V1, "alice exited")));
        assertThat(open().back()).isEqualTo(new GoingBack(V1, "alice exited"));
        write(tables.rolledBack(V1, hold, T));
        assertThat(load()).isEqualTo(new Memory(V1, List.of(hold), Set.of(), null));
        write(tables.lift(Hold.By.FAILURE, V2));
        assertThat(load().holds()).isEmpty();
    }

    /// Where the manifests could not be read when the database was begun, the next visor asks them
    /// again, whatever has come about since.
    @Test
    void whatIsNotKnownStaysSoWhenAnUpgradeEnds() {
        write(tables.open(MOVE, T), tables.committed(MOVE, T));
        boolean known = database.transaction(tables::isKnown);
        assertThat(known).isFalse();
        write(tables.all(Memory.NONE));
        known = database.transaction(tables::isKnown);
        assertThat(known).isTrue();
    }

    /// What a slow hook had written was kept with the next upgrade, or not at all.
    @Test
    void whatComesAfterTheEndOfAnUpgradeIsKeptWithThatUpgrade() {
        write(
                tables.open(MOVE, T),
                tables.committed(MOVE, T),
                tables.open(new Move(V2, Version.of("9.0.0"), Move.Urgency.RECOMMENDED), T),
                tables.reached(V2, milestone(State.COMMITTED, "a hook ended with code 1")));
        HistoryPage page = history(0, 10);
        assertThat(page.entries().getFirst().milestones()).isEmpty();
        assertThat(page.entries().getLast().milestones())
                .containsExactly(milestone(State.COMMITTED, "a hook ended with code 1"));
    }

    @Test
    void whatIsKnownCanBeWrittenDownAnew() {
        Memory memory =
                new Memory(
                        V1,
                        List.of(
                                new Hold(null, Hold.By.OPERATOR, "holidays", T),
                                new Hold(V2, Hold.By.FAILURE, "alice exited", T.plusSeconds(1))),
                        Set.of(V2),
                        new OpenUpgrade(MOVE, T, new GoingBack(V1, "no"), 1));
        write(tables.all(memory));
        assertThat(load()).isEqualTo(memory);
    }

    @Test
    void instancesKnowNothingOfEachOther() {
        write(tables.open(MOVE, T), tables.hold(new Hold(V2, Hold.By.OPERATOR, "no", T)));
        Memory other =
                database.transaction(session -> new UpgradeTables("wrap", LAVAP).load(session));
        assertThat(other).isEqualTo(Memory.NONE);
    }

    @Test
    void aNewerTargetEndsTheUpgradeThatItTakesThePlaceOf() {
        Move newer = new Move(V1, Version.of("2.0.0"), Urgency.REQUIRED);
        write(tables.open(MOVE, T), tables.open(newer, T.plusSeconds(5)));
        HistoryPage page = history(0, 10);
        assertThat(page.total()).isEqualTo(2);
        assertThat(page.entries().get(0).move()).isEqualTo(newer);
        assertThat(page.entries().get(1).outcome()).isEqualTo(State.ABANDONED);
    }

    @Test
    void theSameFailureAgainIsCounted() {
        write(
                tables.open(MOVE, T),
                tables.reached(milestone(State.DETECTED, null)),
                tables.reached(milestone(State.STAGED, "not published")),
                tables.reached(milestone(State.STAGED, "not published")),
                tables.reached(milestone(State.STAGED, "disk full")),
                tables.committed(MOVE, T),
                tables.reached(milestone(State.COMMITTED, null)));
        List<Milestone> milestones = history(0, 1).entries().getFirst().milestones();
        assertThat(milestones)
                .extracting(Milestone::state)
                .containsExactly(State.DETECTED, State.STAGED, State.STAGED, State.COMMITTED);
        assertThat(milestones.get(1).extra()).isEqualTo(Json.object("times", 2));
    }

    @Test
    void milestonesOfOneUpgradeAreBounded() {
        write(tables.open(MOVE, T));
        for (int i = 0; i < 300; i++) {
            write(tables.reached(milestone(State.STAGED, "failure " + i)));
        }
        write(tables.committed(MOVE, T), tables.reached(milestone(State.COMMITTED, null)));
        List<Milestone> milestones = history(0, 1).entries().getFirst().milestones();
        assertThat(milestones).hasSize(UpgradeTables.MAX_MILESTONES + 1);
        assertThat(milestones.getLast().state()).isEqualTo(State.COMMITTED);
    }

    @Test
    void theHistoryIsPrunedByAgeAndPagedNewestFirst() {
        for (int i = 0; i < 5; i++) {
            Move move = new Move(V1, Version.of("1." + i + ".0"), Urgency.RECOMMENDED);
            write(
                    tables.open(move, T.plusSeconds(i)),
                    tables.committed(move, T.plusSeconds(i)),
                    tables.reached(milestone(State.COMMITTED, null)));
        }
        write(tables.prune(T.plus(UpgradeTables.MAX_AGE).plusSeconds(2)));
        HistoryPage page = history(1, 1);
        assertThat(page.total()).isEqualTo(3);
        assertThat(page.entries())
                .singleElement()
                .extracting(entry -> entry.move().to())
                .isEqualTo(Version.of("1.3.0"));
        write(tables.prune(T.plus(UpgradeTables.MAX_AGE).plus(Duration.ofDays(1))));
        assertThat(history(0, 10).total()).isZero();
    }

    @Test
    void sinceWhenAVersionIsActiveIsKnownWhileNoOtherOneIs() {
        write(tables.deployed(V1, T), tables.deployed(V2, T.plusSeconds(9)));
        assertThat(
                        database.<java.util.Optional<Instant>>transaction(
                                session -> tables.since(session, V2)))
                .contains(T.plusSeconds(9));
        assertThat(
                        database.<java.util.Optional<Instant>>transaction(
                                session -> tables.since(session, V1)))
                .isEmpty();
    }

    /// It went on to the version that had just failed, and put the good one on hold.
    @Test
    void theWayBackIsNoVersionThatIsNewerOrFailedHere() {
        Version old = Version.of("0.9.0");
        write(
                tables.deployed(old, T),
                tables.deployed(V1, T.plusSeconds(1)),
                tables.deployed(V2, T.plusSeconds(2)),
                tables.deployed(V1, T.plusSeconds(3)));
        assertThat(previous(V1)).contains(old);
        assertThat(previous(V2)).contains(V1);
        assertThat(previous(V2, new Hold(V1, Hold.By.FAILURE, "", T))).contains(old);
        assertThat(previous(V2, new Hold(null, Hold.By.OPERATOR, "", T))).contains(V1);
        assertThat(previous(old)).isEmpty();
    }

    private Optional<Version> previous(Version active, Hold... holds) {
        return database.transaction(session -> tables.previous(session, active, List.of(holds)));
    }
}
