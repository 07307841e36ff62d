package io.visor.upgrade.record;

import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.store.Change;
import io.visor.store.Database;
import io.visor.store.DatabaseException;
import io.visor.store.Recorder;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an instance keeps of its upgrades, in the database.
public final class UpgradeRecords {

    private final Recorder recorder;
    private final String instance;

    /// Knows where things are kept; nothing is read or written yet.
    ///
    /// @param instance the instance's name
    public UpgradeRecords(Recorder recorder, String instance) {
        this.recorder = recorder;
        this.instance = instance;
    }

    /// What is remembered of a program.
    ///
    /// @param memory the rest
    /// @param since since when its active version has been so; null if it is not known
    /// @param isNew whether it holds what was not written down, so that it is to be now
    public record Remembered(Memory memory, @Nullable Instant since, boolean isNew) {}

    /// The name of the instance.
    public String instance() {
        return instance;
    }

    /// The tables of one program.
    public UpgradeTables tables(ProgramName program) {
        return new UpgradeTables(instance, program);
    }

    /// Reads what is remembered of programs.
    ///
    /// @param active their active versions
    /// @param otherwise tells what else is known of a program since the database was begun; may
    ///   read files. What it throws is thrown
    public Database.Work<Map<ProgramName, Remembered>> remembered(
            Map<ProgramName, Optional<Version>> active, Function<ProgramName, Memory> otherwise) {
        return session -> {
            Map<ProgramName, Remembered> all =
                    new TreeMap<>((a, b) -> a.text().compareTo(b.text()));
            active.forEach((program, version) -> {
                UpgradeTables tables = tables(program);
                boolean isNew = !tables.isKnown(session);
                Memory more = isNew ? otherwise.apply(program) : Memory.NONE;
                all.put(
                        program,
                        new Remembered(
                                tables.load(session).with(more),
                                version.flatMap(known -> tables.since(session, known)).orElse(null),
                                isNew));
            });
            return all;
        };
    }

    /// Has something written at once.
    ///
    /// @param told on the owner's loop: nothing when it is durable, else why it is not
    public void now(Change change, Consumer<Optional<String>> told) {
        recorder.recordNow(change, failure -> told.accept(failure.map(DatabaseException::why)));
    }

    /// Asks for something, after all that is to be written.
    ///
    /// @param told the answer, or why there is none; on the owner's loop
    public <T> void ask(Database.Work<T> work, Consumer<Recorder.Outcome<T>> told) {
        recorder.ask(work, told);
    }

    /// Has something written soon, whose fate nobody waits for.
    public void record(Change change) {
        recorder.record(change);
    }
}
