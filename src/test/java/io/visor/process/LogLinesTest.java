package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.json.Json;
import io.visor.model.LogSpec;
import io.visor.model.LogSpec.Format;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class LogLinesTest {

    private static final Instant TIME = Instant.parse("2026-08-01T02:10:11.007999Z");

    private static String formed(Format format, boolean timestamps, boolean stdout, byte[] line) {
        return formed(format, timestamps, stdout, line, true, true);
    }

    private static String formed(
            Format format,
            boolean timestamps,
            boolean stdout,
            byte[] line,
            boolean begins,
            boolean ends) {
        LogLines lines =
                new LogLines(
                        new LogSpec(format, timestamps, 4096, 1),
                        "alice",
                        stdout,
                        new LogLines.Bytes());
        lines.at(TIME);
        lines.add(line, 0, line.length, begins, ends);
        return StandardCharsets.UTF_8.decode(lines.take()).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void eachForm() {
        byte[] line = bytes("a\tb");
        assertThat(formed(Format.RAW, true, true, line))
                .isEqualTo("2026-08-01T02:10:11.007Z a\tb\n");
        assertThat(formed(Format.PREFIX, false, true, line)).isEqualTo("alice out | a\tb\n");
        assertThat(formed(Format.PREFIX, true, false, line))
                .isEqualTo("2026-08-01T02:10:11.007Z alice err | a\tb\n");
        assertThat(formed(Format.JSON, false, false, line))
                .isEqualTo(
                        "{\"time\":\"2026-08-01T02:10:11.007Z\",\"service\":\"alice\","
                                + "\"stream\":\"stderr\",\"line\":\"a\\tb\"}\n");
    }

    @Test
    void piecesAreMarked() {
        byte[] line = bytes("x");
        assertThat(formed(Format.PREFIX, false, true, line, true, false))
                .isEqualTo("alice out | x…\n");
        assertThat(formed(Format.PREFIX, false, true, line, false, false))
                .isEqualTo("alice out | …x…\n");
        assertThat(formed(Format.PREFIX, false, true, line, false, true))
                .isEqualTo("alice out | …x\n");
        assertThat(formed(Format.JSON, false, true, line, true, false))
                .endsWith("\"line\":\"x\",\"cut\":true}\n");
    }

    @Property
    void anyBytesAreOneJsonObject(@ForAll byte[] line) {
        String text = formed(Format.JSON, false, true, line);
        assertThat(text).endsWith("}\n");
        assertThat(text.indexOf('\n')).isEqualTo(text.length() - 1);
        assertThat(Json.parse(text.strip()).string("line"))
                .isEqualTo(new String(line, StandardCharsets.UTF_8));
    }

    @Property
    void cuttingLosesNothing(@ForAll List<byte[]> pieces) {
        StringBuilder read = new StringBuilder();
        LineCutter cutter =
                new LineCutter((bytes, offset, count, _, ends) -> {
                    read.append(new String(bytes, offset, count, StandardCharsets.ISO_8859_1));
                    read.append(ends ? "\n" : "");
                });
        StringBuilder all = new StringBuilder();
        for (byte[] piece : pieces) {
            cutter.feed(piece, 0, piece.length);
            all.append(new String(piece, StandardCharsets.ISO_8859_1));
        }
        cutter.finish();
        String expected = all.toString();
        assertThat(read.toString())
                .isEqualTo(
                        expected.isEmpty() || expected.endsWith("\n") ? expected : expected + "\n");
    }

    private record Piece(int count, boolean begins, boolean ends) {}

    private static List<Piece> cut(LineCutter.Budget budget, int step, byte[] all) {
        List<Piece> pieces = new ArrayList<>();
        LineCutter cutter =
                new LineCutter(
                        (_, _, count, begins, ends) -> pieces.add(new Piece(count, begins, ends)),
                        budget);
        for (int at = 0; at < all.length; at += step) {
            cutter.feed(all, at, Math.min(step, all.length - at));
        }
        cutter.finish();
        return pieces;
    }

    @Test
    void aLongLineComesInPieces() {
        byte[] line = bytes("x".repeat(150_000) + "\ny");
        for (int step : new int[] {1000, 65_536, 200_000}) {
            assertThat(cut(new LineCutter.Budget(1 << 20), step, line))
                    .containsExactly(
                            new Piece(65_536, true, false),
                            new Piece(65_536, false, false),
                            new Piece(150_000 - 2 * 65_536, false, true),
                            new Piece(1, true, true));
        }
        assertThat(cut(new LineCutter.Budget(1 << 20), 1000, bytes("x".repeat(65_536) + "\n")))
                .containsExactly(new Piece(65_536, true, true));
    }

    @Test
    void aCharacterIsNotTorn() {
        byte[] line = bytes("x".repeat(65_534) + "€€\n");
        assertThat(cut(new LineCutter.Budget(1 << 20), 10, line))
                .containsExactly(new Piece(65_534, true, false), new Piece(6, false, true));
    }

    @Test
    void whereTheBudgetIsUsedUpLinesAreCutEarlier() {
        LineCutter.Budget budget = new LineCutter.Budget(10);
        List<Piece> pieces = cut(budget, 100, bytes("x".repeat(10_000) + "\n"));
        assertThat(pieces).hasSize(3).first().isEqualTo(new Piece(4096, true, false));
        assertThat(budget.take(10)).isTrue();
    }

    @Test
    void theTailIsTheEndOfWhatCame() {
        Tail tail = new Tail(5000);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            String line = i + "\n";
            tail.add(ByteBuffer.wrap(bytes(line)));
            all.append(line);
            String end = all.substring(Math.max(0, all.length() - 5000));
            if (i % 97 == 0) {
                assertThat(tail.text()).isEqualTo(end);
            }
        }
        tail.add(ByteBuffer.wrap(bytes("z".repeat(20_000))));
        assertThat(tail.text()).isEqualTo("z".repeat(5000));
    }
}
