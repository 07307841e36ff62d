package io.visor.service;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// What a process wrote last. It is read when somebody asks for it first: between the end of one
/// process and the start of the next nobody does.
public final class LastOutput {

    /// Of a process whose output nobody kept.
    public static final LastOutput NONE = new LastOutput(() -> "", _ -> List.of());

    private static final int QUOTED_LINES = 3;

    private final Supplier<String> text;
    private final IntFunction<List<String>> lines;

    /// What a child gives.
    ///
    /// @param text gives all of it that is kept
    /// @param lines gives its last lines, at most so many, without control characters
    public LastOutput(Supplier<String> text, IntFunction<List<String>> lines) {
        this.text = text;
        this.lines = lines;
    }

    /// All of it that is kept.
    public String text() {
        return text.get();
    }

    /// Its last lines, without control characters.
    ///
    /// @param most how many at most
    public List<String> lines(int most) {
        return lines.apply(most);
    }

    /// The last line, quoted, to stand behind a sentence: `: "panic: no such flag"`.
    ///
    /// @return an empty text if there is none
    public String quotedLine() {
        return quoted(1);
    }

    /// The last three lines, quoted, to stand behind a sentence.
    ///
    /// @return an empty text if there are none
    public String quotedLines() {
        return quoted(QUOTED_LINES);
    }

    private String quoted(int most) {
        List<String> last = lines.apply(most);
        return last.isEmpty() ? "" : ": \"" + String.join(" | ", last) + "\"";
    }
}
