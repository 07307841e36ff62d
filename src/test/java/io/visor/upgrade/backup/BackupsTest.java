package io.visor.upgrade.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.BackupPolicy;
import io.visor.model.BackupPolicy.When;
import io.visor.model.Lavap;
import io.visor.model.Version;
import io.visor.sim.SimScheduler;
import io.visor.store.FaultPoints;
import io.visor.time.Clock;
import io.visor.time.SystemScheduler;
import io.visor.upgrade.UpgradeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups of real files, and crashes at every step.
final class BackupsTest {

    private static final Version OLD = Version.of("1.0.0");
    private static final Version NEW = Version.of("1.1.0");

    @TempDir private Path directory;
    private final List<Version> links = new ArrayList<>();
    private Path data;
    private Path keys;

    @BeforeEach
    void fill() throws IOException {
        data = directory.resolve("a node").resolve("data");
        keys = directory.resolve("keys");
        Files.createDirectories(data.resolve("db"));
        Files.createDirectories(keys);
        Files.writeString(data.resolve("db").resolve("1.sst"), "old");
        Files.writeString(keys.resolve("key"), "old");
    }

    /// A crash: nothing comes after it.
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    private static FaultPoints crashingAt(int number, Set<String> seen) {
        return new FaultPoints() {
            private int left = number;

            @Override
            public void before(Object step) {
                seen.add("before " + step);
                count();
            }

            @Override
            public void after(Object step) {
                seen.add("after " + step);
                count();
            }

            private void count() {
                if (left-- == 0) {
                    throw new Crash();
                }
            }
        };
    }

    private Backups backups(FaultPoints faults, @Nullable BackupPolicy policy) {
        return backups(faults, policy, new SystemScheduler((_, _) -> {}).clock());
    }

    private Backups backups(FaultPoints faults, @Nullable BackupPolicy policy, Clock clock) {
        return new Backups(
                Lavap.NAME,
                policy,
                0,
                directory.resolve("backups").resolve("lavap"),
                clock,
                faults);
    }

    private BackupPolicy policy(int keep) {
        return new BackupPolicy(List.of(data, keys), null, When.STOPPED, keep);
    }

    private Backups backups() {
        return backups(FaultPoints.NONE, policy(1));
    }

    private static Backup make(Backups backups) throws InterruptedException {
        return backups.make(OLD, NEW, (_, _) -> {});
    }

    private void restore(Backups backups) throws InterruptedException {
        backups.restore(backups.of(OLD).orElseThrow(), NEW, links::add, (_, _) -> {});
    }

    /// What the new version leaves.
    private void ruin() throws IOException {
        Files.writeString(data.resolve("db").resolve("1.sst"), "new");
        Files.writeString(data.resolve("db").resolve("2.sst"), "new");
        Files.deleteIfExists(keys.resolve("key"));
    }

    private String content() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path root : List.of(data.toRealPath(), keys)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    all.append(root.relativize(file)).append('=');
                    all.append(Files.readString(file)).append(' ');
                }
            }
        }
        return all.toString().strip();
    }

    private static final String OLD_CONTENT = "db/1.sst=old key=old";
    private static final String NEW_CONTENT = "db/1.sst=new db/2.sst=new";

    @Test
    void whatIsCopiedComesBack() throws Exception {
        Backup backup = make(backups());
        ruin();
        assertThat(backup.bytes()).isEqualTo(6);
        assertThat(backups().list()).containsExactly(backup);

        restore(backups());

        assertThat(content()).isEqualTo(OLD_CONTENT);
        assertThat(links).containsExactly(OLD);
        assertThat(data.resolveSibling(".data.visor-replaced").resolve("db").resolve("2.sst"))
                .hasContent("new");
    }

    @Test
    void keepsModesTimesLinksAndEmptyDirectories() throws Exception {
        Path file = data.resolve("db").resolve("1.sst");
        FileTime time = FileTime.from(Instant.parse("2020-01-02T03:04:05Z"));
        Files.setLastModifiedTime(file, time);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
        Files.createSymbolicLink(data.resolve("current"), Path.of("db/1.sst"));
        Path empty = Files.createDirectory(data.resolve("empty"));
        Files.setPosixFilePermissions(empty, PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.setLastModifiedTime(empty, time);
        make(backups());
        ruin();

        restore(backups());

        assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r-----");
        assertThat(Files.readSymbolicLink(data.resolve("current"))).hasToString("db/1.sst");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(empty)))
                .isEqualTo("r-xr-xr-x");
        assertThat(Files.getLastModifiedTime(empty)).isEqualTo(time);
    }

    @Test
    void aDirectoryBehindALinkIsPutBackWhereItIs() throws Exception {
        Path disk = directory.resolve("disk");
        Files.move(data, disk);
        Files.createSymbolicLink(data, disk);
        make(backups());
        ruin();

        restore(backups());

        assertThat(data).isSymbolicLink();
        assertThat(content()).isEqualTo(OLD_CONTENT);
    }

    @Test
    void aCrashWhileABackupIsMadeLeavesNoneOrAWholeOne() throws Exception {
        Set<String> seen = new LinkedHashSet<>();
        for (int step = 0; ; step++) {
            try {
                make(backups(crashingAt(step, seen), policy(1)));
                break;
            } catch (Crash _) {
                for (Backup backup : backups().list()) {
                    Path copy = backups().directory(backup);
                    assertThat(copy.resolve("1-data/db/1.sst")).hasContent("old");
                    assertThat(copy.resolve("2-keys/key")).hasContent("old");
                }
            }
        }
        assertThat(seen).contains("before COPY", "before WRITE_MANIFEST", "after PUT_IN_PLACE");
        assertThat(directory.resolve("backups/lavap/.staging")).doesNotExist();
    }

    @Test
    void aCrashWhileABackupIsPutBackLeavesAllOrNothingOfIt() throws Exception {
        make(backups());
        Set<String> seen = new LinkedHashSet<>();
        for (int step = 0; ; step++) {
            ruin();
            links.clear();
            try {
                restore(backups(crashingAt(step, seen), policy(1)));
                break;
            } catch (Crash _) {
                boolean back = backups().resume(links::add).isPresent();
                assertThat(content())
                        .as("crash at step " + step)
                        .isEqualTo(back ? OLD_CONTENT : NEW_CONTENT);
                if (back) {
                    assertThat(links).endsWith(OLD);
                }
                assertThat(backups().resume(links::add)).isEmpty();
            }
        }
        assertThat(content()).isEqualTo(OLD_CONTENT);
        assertThat(seen)
                .contains(
                        "before COPY_BACK",
                        "after INTEND",
                        "before MOVE_AWAY",
                        "before MOVE_IN",
                        "before LINK",
                        "before FORGET");
    }

    @Test
    void aLinkThatCannotBeSetTakesTheDataBack() throws Exception {
        make(backups());
        ruin();

        Backups backups = backups();
        Backup backup = backups.of(OLD).orElseThrow();
        assertThatThrownBy(() ->
                        backups.restore(
                                backup,
                                NEW,
                                version -> {
                                    if (version.equals(OLD)) {
                                        throw new UpgradeException("no link today");
                                    }
                                    links.add(version);
                                },
                                (_, _) -> {}))
                .hasMessage("no link today")
                .satisfies(e -> assertThat(e.getSuppressed()).isEmpty());

        assertThat(links).containsExactly(NEW);

        assertThat(content()).isEqualTo(NEW_CONTENT);
        assertThat(backups().resume(links::add)).isEmpty();
        assertThat(data.resolveSibling(".data.visor-restore")).doesNotExist();
    }

    /// Refuses one step, as a disk does that has become full.
    private static FaultPoints refusing(String refused) {
        return new FaultPoints() {
            @Override
            public void before(Object step) {
                if (step.toString().equals(refused)) {
                    throw new UpgradeException("the disk is full");
                }
            }

            @Override
            public void after(Object step) {}
        };
    }

    /// The data went back to that of the new version, and the link named the old one.
    @Test
    void aLinkThatWasSetIsSetBackWithTheData() throws Exception {
        make(backups());
        ruin();
        List<String> refused = new ArrayList<>(List.of("FORGET"));
        FaultPoints once =
                new FaultPoints() {
                    @Override
                    public void before(Object step) {
                        if (refused.remove(step.toString())) {
                            throw new UpgradeException("the disk is full");
                        }
                    }

                    @Override
                    public void after(Object step) {}
                };

        assertThatThrownBy(() -> restore(backups(once, policy(1)))).hasMessage("the disk is full");

        assertThat(links).containsExactly(OLD, NEW);
        assertThat(content()).isEqualTo(NEW_CONTENT);
        assertThat(backups().resume(links::add)).isEmpty();
    }

    @Test
    void whatCannotBeTakenBackIsSaidAndBroughtToItsEndByTheNextStart() throws Exception {
        make(backups());
        ruin();

        assertThatThrownBy(() -> restore(backups(refusing("FORGET"), policy(1))))
                .hasMessageContaining("the disk is full; nor can what was done")
                .hasMessageContaining("the next start of visor brings it to its end");
        assertThat(content()).as("what runs until then").isEqualTo(NEW_CONTENT);

        assertThat(backups().resume(links::add)).contains(OLD);
        assertThat(content()).isEqualTo(OLD_CONTENT);
        assertThat(links).endsWith(OLD);
    }

    @Test
    void aNewVersionThatIsGoodEndsWhatCouldNotBeTakenBack() throws Exception {
        make(backups());
        ruin();
        assertThatThrownBy(() -> restore(backups(refusing("FORGET"), policy(1))))
                .isInstanceOf(UpgradeException.class);

        backups().prune();

        assertThat(backups().resume(links::add)).isEmpty();
        assertThat(content()).isEqualTo(NEW_CONTENT);
    }

    @Test
    void aClockThatWasSetBackDoesNotMakeTheNewestBackupTheOldest() throws Exception {
        SimScheduler time = new SimScheduler(1);
        Backups backups = backups(FaultPoints.NONE, policy(1), time.clock());
        make(backups);
        time.jumpWallClock(Duration.ofDays(-1));
        Backup after = make(backups);
        assertThat(backups.of(OLD)).contains(after);
        backups.prune();
        assertThat(backups.list()).containsExactly(after);
    }

    /// One that was given up deleted the folder into which the next one copied.
    @Test
    void oneBackupIsMadeAfterTheOther() throws Exception {
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch given = new CountDownLatch(1);
        Backups backups = backups();
        Thread first =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                backups.make(
                                        OLD,
                                        NEW,
                                        (_, _) -> {
                                            copying.countDown();
                                            awaitUninterruptibly(given);
                                        });
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        copying.await();
        first.interrupt();
        AtomicReference<@Nullable Backup> made = new AtomicReference<>();
        Thread second =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                made.set(make(backups));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        while (second.getState() != Thread.State.WAITING && second.isAlive()) {
            Thread.onSpinWait();
        }
        assertThat(made.get()).as("before the first has noticed").isNull();
        given.countDown();
        first.join();
        second.join();

        assertThat(backups.list()).containsExactly(made.get());
        Path copy = backups.directory(backups.list().getFirst());
        assertThat(copy.resolve("1-data/db/1.sst")).hasContent("old");
        assertThat(copy.resolve("2-keys/key")).hasContent("old");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void onlySoManyAreKept() throws Exception {
        Backups backups = backups(FaultPoints.NONE, policy(2));
        Backup first = make(backups);
        make(backups);
        make(backups);
        ruin();
        restore(backups);

        backups.prune();

        assertThat(backups.list()).hasSize(2).doesNotContain(first);
        assertThat(backups.directory(first)).doesNotExist();
        assertThat(data.resolveSibling(".data.visor-replaced")).doesNotExist();
    }

    /// A release that fails again and again filled the disk with copies.
    @Test
    void anotherAttemptLeavesTheFirstCopyAndItsOwn() throws Exception {
        Backups backups = backups();
        Backup first = make(backups);
        Backup other = backups.make(OLD, Version.of("1.2.0"), (_, _) -> {});
        for (int i = 0; i < 3; i++) {
            backups.forget(OLD, NEW);
            make(backups);
        }
        assertThat(backups.list()).hasSize(3).contains(first, other);
    }

    @Test
    void tellsWhyThereCanBeNone() throws Exception {
        assertThat(backups().obstacle(false)).isEmpty();
        assertThat(obstacle(directory.resolve("none"))).contains("none is not there");
        assertThat(obstacle(keys.resolve("key"))).contains("it is no directory");
        assertThat(obstacle(directory)).contains("it holds the backups");
        assertThat(obstacle(Path.of("/proc"))).contains("a mount point");
    }

    private String obstacle(Path path) {
        return backups(FaultPoints.NONE, new BackupPolicy(List.of(path), null, When.RUNNING, 1))
                .obstacle(false)
                .orElseThrow();
    }

    @Test
    void tellsThatTheDiskIsTooSmall() {
        Backups backups =
                new Backups(
                        Lavap.NAME,
                        policy(1),
                        Long.MAX_VALUE / 2,
                        directory.resolve("backups"),
                        new SystemScheduler((_, _) -> {}).clock(),
                        FaultPoints.NONE);
        assertThat(backups.obstacle(false).orElseThrow())
                .contains("it takes 6 B")
                .contains("upgrade.backup.directory");
    }

    /// It was found out when the services of both versions were stopped.
    @Test
    void tellsThatTheDiskIsTooSmallToPutItBack() throws Exception {
        try (RandomAccessFile large = new RandomAccessFile(data.resolve("large").toFile(), "rw")) {
            large.setLength(Files.getFileStore(directory).getUsableSpace() / 3 * 2);
        }
        assertThat(backups().obstacle(false)).isEmpty();
        assertThat(backups().obstacle(true).orElseThrow()).contains("made and put back: it takes");
    }

    @Test
    void aCopyThatIsGivenUpLeavesNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> make(backups())).isInstanceOf(InterruptedException.class);
        assertThat(backups().list()).isEmpty();
        assertThat(directory.resolve("backups/lavap/.staging")).doesNotExist();
    }

    @Test
    void progressEndsAtTheWhole() throws Exception {
        Backups backups = backups();
        assertThat(backups.obstacle(false)).isEmpty();
        List<String> told = new ArrayList<>();
        backups.make(OLD, NEW, (bytes, all) -> told.add(bytes + "/" + all));
        assertThat(told).containsExactly("3/6", "6/6");
    }

    @Test
    void aDamagedOneIsToldAndKeepsNothingFromBeingDone() throws Exception {
        Backups backups = backups(FaultPoints.NONE, policy(2));
        Backup first = make(backups);
        Backup second = make(backups);
        Files.writeString(backups.directory(first).resolve(Backup.FILE), "{");
        assertThatThrownBy(backups::list)
                .isInstanceOf(UpgradeException.class)
                .hasMessageContaining("move its folder away");
        assertThat(backups.of(OLD)).contains(second);
        backups.forget(OLD, NEW);
        Backup third = make(backups);
        backups.prune();
        assertThat(backups.of(OLD)).contains(third);
        assertThat(backups.directory(first)).isDirectory();
    }
}
