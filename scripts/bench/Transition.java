import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.store.Change;
import io.visor.store.SqliteDatabase;
import io.visor.upgrade.Move;
import io.visor.upgrade.record.Milestone;
import io.visor.upgrade.record.UpgradeSchema;
import io.visor.upgrade.record.UpgradeTables;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/// Writes upgrades to a database as visor does, each point in a transaction of its own, and prints
/// the time of each one in microseconds; then how long the same disk takes to append and flush as
/// much. Started by history.py.
final class Transition {

    private static final int UPGRADES = 60;

    /// What one transaction appends to the log of the database: a few pages.
    private static final int BYTES = 3 * 4096;

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        UpgradeTables tables = new UpgradeTables("w", new ProgramName("lavap"));
        Move move = new Move(Version.of("1.0.0"), Version.of("1.1.0"), Move.Urgency.RECOMMENDED);
        try (SqliteDatabase database =
                SqliteDatabase.open(folder.resolve("visor.db"), List.of(UpgradeSchema.SCHEMA))) {
            for (int upgrade = 0; upgrade < UPGRADES; upgrade++) {
                write(database, tables.open(move, Instant.now()));
                for (Milestone.State state : Milestone.State.values()) {
                    if (state == Milestone.State.COMMITTED) {
                        break;
                    }
                    Milestone milestone =
                            new Milestone(
                                    state, Milestone.Status.SUCCESS, null, null, Instant.now());
                    long begin = System.nanoTime();
                    write(database, tables.reached(milestone));
                    System.out.println("transition " + (System.nanoTime() - begin) / 1000);
                }
                write(database, tables.committed(move, Instant.now()));
            }
        }
        flush(folder.resolve("plain"));
    }

    private static void write(SqliteDatabase database, Change change) {
        database.transaction(
                session -> {
                    change.in(session);
                    return true;
                });
    }

    private static void flush(Path file) throws Exception {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int i = 0; i < UPGRADES * 9; i++) {
                long begin = System.nanoTime();
                channel.write(ByteBuffer.allocate(BYTES));
                channel.force(false);
                System.out.println("flush " + (System.nanoTime() - begin) / 1000);
            }
        }
    }
}
