package io.visor.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Version;
import io.visor.sim.SimScheduler;
import io.visor.store.DatabaseException.Kind;
import io.visor.store.Recorder.Outcome;
import io.visor.time.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RecorderTest {

    private static final Schema SCHEMA =
            new Schema("test", List.of(List.of("CREATE TABLE word (text TEXT NOT NULL)")));

    private final SimScheduler scheduler = new SimScheduler(1);
    private final Loop loop = scheduler.loop("visor");
    private final List<String> told = new ArrayList<>();
    private SqliteDatabase real = SqliteDatabase.inMemory(List.of(SCHEMA));
    private @Nullable Kind trouble;
    private @Nullable Kind closing;
    private int transactions;
    private final Recorder recorder =
            new Recorder(scheduler.loop("records"), loop, new Troubled(), new Telling());

    /// A database that fails as long as the test wants it to.
    private final class Troubled implements Recorder.Source, Database {
        @Override
        public Database open() {
            return this;
        }

        @Override
        public <T> T transaction(Work<T> work) {
            if (trouble != null) {
                throw new DatabaseException(trouble, "trouble", null);
            }
            transactions++;
            return real.transaction(work);
        }

        @Override
        public Optional<String> setAside() {
            trouble = null;
            real = SqliteDatabase.inMemory(List.of(SCHEMA));
            return Optional.of("aside");
        }

        @Override
        public void close() {
            told.add("closed");
            if (closing != null) {
                throw new DatabaseException(closing, "it cannot be closed", null);
            }
        }
    }

    private final class Telling implements Recorder.Listener {
        @Override
        public void onFailing(DatabaseException why) {
            told.add("failing");
        }

        @Override
        public void onRecovered() {
            told.add("recovered");
        }

        @Override
        public void onRebuilt(DatabaseException why, Optional<String> to) {
            told.add("rebuilt, was " + to.orElse("gone"));
        }

        @Override
        public void onFault(DatabaseException why) {
            told.add("fault");
        }
    }

    private static Change word(String text) {
        return session -> session.update("INSERT INTO word (text) VALUES (?)", text);
    }

    private List<String> words() {
        return real.transaction(
                session -> session.all("SELECT text FROM word ORDER BY rowid", row -> row.text(1)));
    }

    private void run() {
        scheduler.runFor(Duration.ofSeconds(1));
    }

    @Test
    void whatNobodyWaitsForIsWrittenTogether() {
        recorder.record(word("one"));
        recorder.record(word("two"));
        scheduler.runFor(Duration.ofMillis(1));
        assertThat(transactions).isZero();
        run();
        assertThat(words()).containsExactly("one", "two");
        assertThat(transactions).isEqualTo(1);
    }

    @Test
    void whatIsWaitedForComesAfterWhatWaits() {
        List<Optional<DatabaseException>> done = new ArrayList<>();
        recorder.record(word("one"));
        recorder.recordNow(word("two"), done::add);
        scheduler.runFor(Duration.ofMillis(1));
        assertThat(done).containsExactly(Optional.empty());
        assertThat(words()).containsExactly("one", "two");
    }

    @Test
    void whatCannotBeWrittenIsKeptUnlessItIsWaitedFor() {
        List<Optional<DatabaseException>> done = new ArrayList<>();
        trouble = Kind.DISK;
        recorder.record(word("kept"));
        recorder.recordNow(word("refused"), done::add);
        run();
        assertThat(done.getFirst()).isPresent();
        assertThat(told).containsOnlyOnce("failing");
        trouble = null;
        scheduler.runFor(Duration.ofSeconds(11));
        assertThat(words()).containsExactly("kept");
        assertThat(told).endsWith("recovered");
    }

    @Test
    void aDamagedDatabaseIsBegunAnew() {
        recorder.record(word("old"));
        run();
        trouble = Kind.CORRUPT;
        List<Optional<DatabaseException>> done = new ArrayList<>();
        recorder.recordNow(word("new"), done::add);
        run();
        assertThat(done).containsExactly(Optional.empty());
        assertThat(words()).containsExactly("new");
        assertThat(told).contains("rebuilt, was aside");
    }

    @Test
    void aChangeThatIsRefusedCostsTheOthersNothing() {
        recorder.record(word("one"));
        recorder.record(session -> session.update("INSERT INTO word (text) VALUES (NULL)"));
        recorder.record(word("two"));
        run();
        assertThat(words()).containsExactly("one", "two");
        assertThat(told).containsExactly("fault");
    }

    @Test
    void aQuestionThatIsRefusedIsAnswered() {
        List<Outcome<String>> answers = new ArrayList<>();
        recorder.ask(
                session -> session.one("SELECT nothing FROM word", row -> "x").orElse("none"),
                answers::add);
        run();
        assertThat(answers).singleElement().isInstanceOf(Outcome.Failed.class);
        recorder.record(word("one"));
        run();
        assertThat(words()).containsExactly("one");
    }

    /// Where the disk failed after a change had been refused, those that came later were lost.
    @Test
    void aDiskThatFailsWhileWhatIsRefusedIsFoundCostsNothingElse() {
        recorder.record(session -> session.update("INSERT INTO word (text) VALUES (NULL)"));
        AtomicBoolean full = new AtomicBoolean(true);
        recorder.record(session -> {
            if (full.get()) {
                throw new DatabaseException(Kind.DISK, "the disk is full", null);
            }
            word("one").in(session);
        });
        recorder.record(word("two"));
        run();
        assertThat(told).containsExactlyInAnyOrder("fault", "closed", "failing");
        full.set(false);
        scheduler.runFor(Duration.ofSeconds(11));
        assertThat(words()).containsExactly("one", "two");
    }

    @Test
    void aValueThatNoVisorCanHaveWrittenIsDamage() {
        recorder.record(word("1.x"));
        run();
        List<Outcome<Version>> answers = new ArrayList<>();
        recorder.ask(
                session ->
                        session.one("SELECT text FROM word", row -> Version.of(row.text(1)))
                                .orElse(Version.of("0.0.1")),
                answers::add);
        run();
        assertThat(told).contains("rebuilt, was aside");
        assertThat(answers).containsExactly(new Outcome.Done<>(Version.of("0.0.1")));
    }

    /// Visor did not start its services, as it waited for what it remembered.
    @Test
    void whoeverAsksIsAnsweredWhereVisorIsAtFault() {
        List<Outcome<String>> answers = new ArrayList<>();
        recorder.<String>ask(
                session -> {
                    throw new IllegalStateException("a case nobody thought of");
                },
                answers::add);
        run();
        assertThat(told).containsExactly("fault");
        assertThat(answers).singleElement().isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void theEndComesAlsoWhereTheDatabaseCannotBeClosed() {
        closing = Kind.DISK;
        recorder.record(word("last"));
        recorder.close(() -> told.add("done"));
        scheduler.runFor(Duration.ofMillis(1));
        assertThat(told).containsExactly("closed", "done");
    }

    @Test
    void theEndWritesWhatWaits() {
        recorder.record(word("last"));
        recorder.close(() -> told.add("done"));
        scheduler.runFor(Duration.ofMillis(1));
        assertThat(words()).containsExactly("last");
        assertThat(told).containsExactly("closed", "done");
    }
}
