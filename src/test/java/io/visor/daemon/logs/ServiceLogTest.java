package io.visor.daemon.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.daemon.logs.ServiceLog.Request;
import io.visor.json.Json;
import io.visor.model.Home;
import io.visor.model.ServiceName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ServiceLogTest {

    private static final ServiceName NAME = new ServiceName("x");

    @TempDir private Path directory;
    private Home home;
    private Path log;
    private String err = "";

    @BeforeEach
    void makeHome() throws IOException {
        home = Home.in(directory);
        Files.createDirectories(home.logs());
        log = home.logs().resolve("x.log");
    }

    private void write(int number, String text) throws IOException {
        Files.writeString(file(number), text);
    }

    private Path file(int number) {
        return number == 0 ? log : home.logs().resolve("x.log." + number);
    }

    private String print(@Nullable String since, long lines, boolean json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        new ServiceLog(
                        home,
                        NAME,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(errors, true, StandardCharsets.UTF_8))
                .print(new Request(NAME, since == null ? null : Instant.parse(since), lines, json));
        err = errors.toString(StandardCharsets.UTF_8);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String last(long lines) {
        return print(null, lines, false);
    }

    @Test
    void printsAllFilesTheOldestFirst() throws IOException {
        write(2, "a\nb");
        write(1, "c\n");
        write(0, "d\ne");
        assertThat(last(ServiceLog.ALL)).isEqualTo("a\nbc\nd\ne");
        assertThat(err).isEmpty();
    }

    @Test
    void theLastLinesAreFoundFromTheEnd() throws IOException {
        write(2, "a\nb");
        write(1, "c\n");
        write(0, "d\n" + "e".repeat(200_000) + "\n");
        assertThat(last(0)).isEmpty();
        assertThat(last(1)).isEqualTo("e".repeat(200_000) + "\n");
        assertThat(last(2)).startsWith("d\neee");
        assertThat(last(3)).startsWith("bc\nd\n");
        assertThat(last(4)).startsWith("a\nbc\n");
        assertThat(last(5)).startsWith("a\nbc\n");
    }

    @Test
    void aLineWithoutAnEndIsALine() throws IOException {
        write(1, "a\nb\n");
        write(0, "c\nd");
        assertThat(last(1)).isEqualTo("d");
        assertThat(last(3)).isEqualTo("b\nc\nd");
        write(0, "");
        assertThat(last(1)).isEqualTo("b\n");
    }

    @Test
    void saysThatThereIsNone() {
        assertThat(last(ServiceLog.ALL)).isEmpty();
        assertThat(err).startsWith("x has no log yet: ");
    }

    @Test
    void leavesOutLinesBeforeATime() throws IOException {
        write(
                0,
                """
                2026-08-01T02:00:00.000Z old
                  its second line
                2026-08-01T03:00:00.000Z new
                  its second line
                """);
        assertThat(print("2026-08-01T02:30:00Z", ServiceLog.ALL, false))
                .isEqualTo("2026-08-01T03:00:00.000Z new\n  its second line\n");
        write(
                0,
                """
                {"time":"2026-08-01T02:00:00.000Z","service":"x","stream":"stdout","line":"old"}
                {"time":"2026-08-01T03:00:00.000Z","service":"x","stream":"stdout","line":"new"}
                """);
        assertThat(print("2026-08-01T02:30:00Z", ServiceLog.ALL, false))
                .contains("new")
                .doesNotContain("old");
        assertThat(err).isEmpty();
    }

    @Test
    void ofLinesWithoutATimeOlderFilesAreLeftOut() throws IOException {
        write(1, "old\n");
        write(0, "new\nnewer\n");
        Files.setLastModifiedTime(file(1), FileTime.from(Instant.parse("2026-08-01T02:00:00Z")));
        Files.setLastModifiedTime(log, FileTime.from(Instant.parse("2026-08-01T03:00:00Z")));
        assertThat(print("2026-08-01T02:30:00Z", ServiceLog.ALL, false)).isEqualTo("new\nnewer\n");
        assertThat(err.lines()).hasSize(1).first().asString().contains("no time");
        assertThat(print("2026-08-01T03:30:00Z", ServiceLog.ALL, false)).isEmpty();
    }

    @Test
    void anyFormBecomesJson() throws IOException {
        write(
                0,
                """
                {"time":"2026-08-01T02:00:00.000Z","service":"x","stream":"stdout","line":"a"}
                2026-08-01T02:00:00.000Z x err | b
                2026-08-01T02:00:00.000Z c
                {"level":"info"}
                """);
        String[] lines = print(null, ServiceLog.ALL, true).split("\n");
        assertThat(lines).hasSize(4);
        assertThat(Json.parse(lines[0]).string("line")).isEqualTo("a");
        assertThat(Json.parse(lines[1]).string("stream")).isEqualTo("stderr");
        assertThat(Json.parse(lines[1]).string("line")).isEqualTo("b");
        assertThat(Json.parse(lines[2]).string("line")).isEqualTo("c");
        assertThat(Json.parse(lines[2]).string("time")).isEqualTo("2026-08-01T02:00:00.000Z");
        assertThat(Json.parse(lines[3]).string("line")).isEqualTo("{\"level\":\"info\"}");
    }

    private static String rest(LogWalk walk) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(7);
        for (int count = walk.read(buffer.clear()); count > 0; ) {
            text.append(new String(buffer.array(), 0, count, StandardCharsets.UTF_8));
            count = walk.read(buffer.clear());
        }
        return text.toString();
    }

    private void rotate(int highest) throws IOException {
        for (int i = highest; i >= 0; i--) {
            if (Files.exists(file(i))) {
                Files.move(file(i), file(i + 1));
            }
        }
    }

    @Test
    void isFollowedOverFilesThatAreSetAside() throws IOException {
        write(0, "a\n");
        try (LogWalk walk = new LogWalk(log, true)) {
            assertThat(rest(walk)).isEqualTo("a\n");
            Files.writeString(log, "b\n", StandardOpenOption.APPEND);
            rotate(0);
            assertThat(rest(walk)).as("before there is a new one").isEqualTo("b\n");
            write(0, "c\n");
            assertThat(rest(walk)).isEqualTo("c\n");
            rotate(1);
            write(0, "d\n");
            rotate(2);
            write(0, "e\n");
            rotate(3);
            write(0, "f\n");
            assertThat(rest(walk)).isEqualTo("d\ne\nf\n");
        }
    }

    @Test
    void isFollowedWhenItIsEmptiedOrTakenAway() throws IOException {
        write(0, "aaaa\n");
        try (LogWalk walk = new LogWalk(log, true)) {
            assertThat(rest(walk)).isEqualTo("aaaa\n");
            write(0, "b\n");
            assertThat(rest(walk)).isEqualTo("b\n");
            Files.move(log, home.logs().resolve("x.log-2026"));
            assertThat(rest(walk)).isEmpty();
            write(0, "c\n");
            assertThat(rest(walk)).isEqualTo("c\n");
        }
    }

    @Test
    void isReadPastTheNumberThatIsMissingWhileItIsSetAside() throws IOException {
        write(0, "c\n");
        write(1, "b\n");
        write(3, "a\n");
        assertThat(last(3)).isEqualTo("a\nb\nc\n");
    }

    /// Writes numbered lines, and sets the log aside every few of them, until it is interrupted.
    private void flood() {
        try {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                Files.writeString(
                        log,
                        "line " + i + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                if (i % 7 == 6) {
                    rotate(20);
                    Files.deleteIfExists(file(21));
                }
            }
        } catch (ClosedByInterruptException e) {
            // That is the end.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Timeout(60)
    void noMoreLinesThanAskedForArePrintedWhileTheLogIsSetAside() throws Exception {
        Thread writer = Thread.ofPlatform().start(this::flood);
        try {
            await().until(() -> Files.exists(file(20)));
            for (int i = 0; i < 1000; i++) {
                List<Integer> numbers =
                        last(10).lines()
                                .map(line -> Integer.parseInt(line.substring("line ".length())))
                                .toList();
                assertThat(numbers).as("the last lines").hasSize(10);
                assertThat(numbers.getLast() - numbers.getFirst())
                        .as("one after the other")
                        .isEqualTo(9);
            }
            assertThat(last(ServiceLog.ALL).lines()).hasSizeLessThan(160);
        } finally {
            writer.interrupt();
            writer.join();
        }
    }

    @Test
    void whatIsPrintedOnceDoesNotGrowMeanwhile() throws IOException {
        write(1, "a\n");
        write(0, "b\n");
        try (LogWalk walk = new LogWalk(log, false)) {
            walk.skipToLast(2);
            Files.writeString(log, "c\n", StandardOpenOption.APPEND);
            rotate(1);
            write(0, "d\n");
            assertThat(rest(walk)).isEqualTo("a\nb\n");
        }
        try (LogWalk walk = new LogWalk(log, true)) {
            walk.skipToLast(1);
            Files.writeString(log, "e\n", StandardOpenOption.APPEND);
            assertThat(rest(walk)).isEqualTo("d\ne\n");
        }
    }

    @Test
    void moreFilesThanMayBeOpenAreReadInOrder() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 450; i >= 0; i--) {
            write(i, i + "\n");
            all.append(i).append('\n');
        }
        assertThat(last(ServiceLog.ALL)).isEqualTo(all.toString());
        assertThat(last(400)).endsWith(all.substring(all.length() - 100)).startsWith("399\n");
    }

    @Test
    void isWaitedFor() throws IOException {
        try (LogWalk walk = new LogWalk(log, true)) {
            walk.skipToLast(5);
            assertThat(rest(walk)).isEmpty();
            write(0, "a\n");
            assertThat(rest(walk)).isEqualTo("a\n");
        }
    }
}
