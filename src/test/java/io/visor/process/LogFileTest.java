package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.LogSpec;
import io.visor.model.LogSpec.Format;
import io.visor.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogFileTest {

    @TempDir private Path directory;
    private final HandClock clock = new HandClock();
    private final List<String> told = new ArrayList<>();

    /// Time that goes on when it is told to.
    private static final class HandClock implements Clock {
        private Duration time = Duration.ofHours(1);

        @Override
        public Instant now() {
            return Instant.EPOCH.plus(time);
        }

        @Override
        public Duration monotonic() {
            return time;
        }

        @Override
        public void sleep(Duration duration) {
            time = time.plus(duration);
        }
    }

    private final class Told implements LogListener {
        @Override
        public void onFailed(Path file, String why) {
            told.add("failed: " + why);
        }

        @Override
        public void onRecovered(Path file, long lost) {
            told.add("recovered: " + lost);
        }

        @Override
        public void onNotRotated(Path file, String why) {
            told.add("not rotated: " + why);
        }
    }

    private Path file() {
        return directory.resolve("logs").resolve("x.log");
    }

    private LogFile log(long max, int keep) {
        return new LogFile(file(), new LogSpec(Format.RAW, false, max, keep), clock, new Told());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private String content(String name) throws IOException {
        return Files.readString(file().resolveSibling(name));
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(file().getParent())) {
            return files.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    @Test
    void isSetAsideAtTheEndOfALine() throws IOException {
        LogFile log = log(10, 2);
        log.write(bytes("aaaa\nbbb"));
        log.write(bytes("b\ncccc\n"));
        log.write(bytes("dddd\neeee\nffff\ngggg\n"));
        assertThat(names()).containsExactly("x.log", "x.log.1", "x.log.2");
        assertThat(content("x.log.2")).isEqualTo("cccc\ndddd\n");
        assertThat(content("x.log.1")).isEqualTo("eeee\nffff\n");
        assertThat(content("x.log")).isEqualTo("gggg\n");
        assertThat(told).isEmpty();
    }

    @Test
    void aLineThatDoesNotFitIsSpreadOverFiles() throws IOException {
        LogFile log = log(10, 5);
        log.write(bytes("ab\n" + "c".repeat(25) + "\nd"));
        assertThat(content("x.log.3")).isEqualTo("ab\n");
        assertThat(content("x.log.2")).isEqualTo("c".repeat(10));
        assertThat(content("x.log.1")).isEqualTo("c".repeat(10));
        assertThat(content("x.log")).isEqualTo("c".repeat(5) + "\nd");
    }

    @Test
    void aWholeLineIsNot() throws IOException {
        LogFile log = log(10, 5);
        log.writeLines(bytes("ab\n" + "c".repeat(25) + "\nd\n"));
        assertThat(content("x.log.2")).isEqualTo("ab\n");
        assertThat(content("x.log.1")).isEqualTo("c".repeat(25) + "\n");
        assertThat(content("x.log")).isEqualTo("d\n");
    }

    @Property(tries = 30)
    void noByteIsLostOrTorn(
            @ForAll long seed,
            @ForAll @IntRange(min = 30, max = 200) int max,
            @ForAll boolean whole)
            throws IOException {
        Path folder = Files.createTempDirectory("visor-log");
        Path file = folder.resolve("x.log");
        SplittableRandom random = new SplittableRandom(seed);
        LogFile log =
                new LogFile(
                        file, new LogSpec(Format.RAW, false, max, 1000), clock, LogListener.none());
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            StringBuilder piece = new StringBuilder();
            for (int j = random.nextInt(100); j >= 0; j--) {
                piece.append(random.nextInt(12) == 0 ? '\n' : (char) ('a' + j % 26));
            }
            if (whole) {
                piece.append('\n');
                log.writeLines(bytes(piece.toString()));
            } else {
                log.write(bytes(piece.toString()));
            }
            all.append(piece);
        }
        log.close();
        StringBuilder read = new StringBuilder();
        for (int i = 1000; i >= 0; i--) {
            Path part = i == 0 ? file : folder.resolve("x.log." + i);
            if (Files.exists(part)) {
                String text = Files.readString(part);
                read.append(text);
                if (whole) {
                    assertThat(text).endsWith("\n");
                } else {
                    assertThat(text.length()).isLessThanOrEqualTo(max);
                }
                Files.delete(part);
            }
        }
        Files.delete(folder);
        assertThat(read.toString()).isEqualTo(all.toString());
    }

    @Test
    void goesOnWithWhatIsThere() throws IOException {
        LogFile first = log(10, 2);
        first.write(bytes("aaaa\n"));
        first.close();
        LogFile second = log(10, 2);
        second.write(bytes("bbbb\n"));
        second.write(bytes("cccc\n"));
        assertThat(content("x.log.1")).isEqualTo("aaaa\nbbbb\n");
        assertThat(content("x.log")).isEqualTo("cccc\n");
    }

    @Test
    void keepsNoneIfNoneIsToBeKept() throws IOException {
        LogFile log = log(10, 0);
        log.write(bytes("aaaa\nbbbb\ncccc\n"));
        assertThat(names()).containsExactly("x.log");
        assertThat(content("x.log")).isEqualTo("cccc\n");
    }

    @Test
    void deletesWhatIsMoreThanIsToBeKept() throws IOException {
        log(5, 4).write(bytes("aaaa\nbbbb\ncccc\ndddd\neeee\n"));
        assertThat(names()).hasSize(5);
        log(5, 1).write(bytes("ffff\n"));
        assertThat(names()).containsExactly("x.log", "x.log.1");
        assertThat(content("x.log.1")).isEqualTo("eeee\n");
    }

    @Test
    void noticesThatItsFileWasMovedRemovedOrEmptied() throws IOException {
        LogFile log = log(10, 2);
        log.write(bytes("aa\n"));
        Files.move(file(), file().resolveSibling("x.log-2026"));
        clock.sleep(Duration.ofSeconds(1));
        log.write(bytes("bb\n"));
        assertThat(content("x.log-2026")).isEqualTo("aa\n");
        assertThat(content("x.log")).isEqualTo("bb\n");
        Files.delete(file());
        clock.sleep(Duration.ofSeconds(1));
        log.write(bytes("cc\ndd\n"));
        assertThat(content("x.log")).isEqualTo("cc\ndd\n");
        Files.write(file(), new byte[0]);
        clock.sleep(Duration.ofSeconds(1));
        log.write(bytes("eeeeeeee\n"));
        assertThat(content("x.log")).isEqualTo("eeeeeeee\n");
        assertThat(names()).containsExactly("x.log", "x.log-2026");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsToldOnceAndItRecovers() throws IOException {
        Files.writeString(directory.resolve("logs"), "in the way");
        LogFile log = log(100, 2);
        log.write(bytes("aaaa\n"));
        log.write(bytes("bbbb\n"));
        clock.sleep(Duration.ofSeconds(1));
        log.write(bytes("cccc\n"));
        assertThat(told).hasSize(1).first().asString().startsWith("failed: " + file());
        Files.delete(directory.resolve("logs"));
        log.write(bytes("dddd\n"));
        assertThat(told).hasSize(1);
        clock.sleep(Duration.ofSeconds(1));
        log.write(bytes("eeee\n"));
        assertThat(told).hasSize(2).last().isEqualTo("recovered: 20");
        assertThat(content("x.log")).isEqualTo("eeee\n");
    }

    @Test
    void whatStandsInTheWayOfSettingAsideLetsItGrow() throws IOException {
        LogFile log = log(5, 1);
        Path inTheWay = file().resolveSibling("x.log.1");
        Files.createDirectories(inTheWay.resolve("full"));
        log.write(bytes("aaaa\nbbbb\n"));
        log.write(bytes("cccc\n"));
        assertThat(content("x.log")).isEqualTo("aaaa\nbbbb\ncccc\n");
        assertThat(told).hasSize(1).first().asString().startsWith("not rotated: ");
        Files.delete(inTheWay.resolve("full"));
        Files.delete(inTheWay);
        clock.sleep(Duration.ofSeconds(1));
        log.write(bytes("dddd\n"));
        assertThat(content("x.log.1")).isEqualTo("aaaa\nbbbb\ncccc\n");
        assertThat(content("x.log")).isEqualTo("dddd\n");
        assertThat(told).hasSize(1);
    }

    @Test
    void aPipeInItsPlaceIsNotWaitedFor() throws Exception {
        Files.createDirectories(file().getParent());
        assertThat(new ProcessBuilder("mkfifo", file().toString()).start().waitFor()).isZero();
        log(100, 1).write(bytes("a\n"));
        assertThat(told).containsExactly("failed: " + file() + ": it is no regular file");
    }

    @Test
    void aWholeLineBeginsALine() throws IOException {
        log(100, 1).write(bytes("torn"));
        log(100, 1).writeLines(bytes("whole\n"));
        assertThat(content("x.log")).isEqualTo("torn\nwhole\n");
    }
}
