package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class LineSplitterTest {

    private final List<String> lines = new ArrayList<>();
    private LineSplitter splitter = new LineSplitter(lines::add);

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.add(bytes, 0, bytes.length);
    }

    @Test
    void linesComeInPiecesAndTogether() {
        add("o");
        add("ne\ntwo\r\n\nfo");
        assertThat(lines).containsExactly("one", "two", "");
        add("ur");
        splitter.end();
        assertThat(lines).containsExactly("one", "two", "", "four");
        assertThat(splitter.isDone()).isTrue();
    }

    @Test
    void aLineIsCutAt64KiBAndTheNextOneIsWhole() {
        add("x".repeat(100_000));
        assertThat(lines).as("a line without an end is shown too").hasSize(1);
        add("x".repeat(200_000) + "\nnext\n");
        assertThat(lines).containsExactly("x".repeat(64 << 10), "next");
    }

    @Test
    void aLineOfExactly64KiBIsShownOnce() {
        add("x".repeat(64 << 10) + "\nnext\n");
        assertThat(lines).containsExactly("x".repeat(64 << 10), "next");
    }

    @Test
    void coloursAreTakenOut() {
        add("\u001b[1;32mready\u001b[0m to \u001b[4mserve\n");
        assertThat(lines).containsExactly("ready to serve");
    }

    @Test
    void nothingIsShownWhenEnoughWasSeen() {
        splitter =
                new LineSplitter(line -> {
                    lines.add(line);
                    return !line.equals("stop");
                });
        add("a\nstop\nb\n");
        add("c\n");
        splitter.end();
        assertThat(lines).containsExactly("a", "stop");
        assertThat(splitter.isDone()).isTrue();
    }

    @Test
    void whatTheOutputPathReadIsTaken() {
        String text = "line of text\n".repeat(3_000);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.add(ByteBuffer.wrap(bytes));
        assertThat(lines).hasSize(3_000).containsOnly("line of text");
    }

    @Property(tries = 200)
    void howItIsCutIntoPiecesDoesNotMatter(
            @ForAll @Size(max = 8) List<@StringLength(max = 5) String> texts,
            @ForAll @IntRange(min = 1, max = 7) int piece) {
        List<String> clean =
                texts.stream().map(text -> text.replaceAll("[^\\p{Print}]", "")).toList();
        lines.clear();
        splitter = new LineSplitter(lines::add);
        byte[] bytes = String.join("\n", clean).getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += piece) {
            splitter.add(bytes, at, Math.min(piece, bytes.length - at));
        }
        splitter.end();
        List<String> expected = new ArrayList<>(clean);
        if (!expected.isEmpty() && expected.getLast().isEmpty()) {
            expected.removeLast();
        }
        assertThat(lines).isEqualTo(expected);
    }
}
