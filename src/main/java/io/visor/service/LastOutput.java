package io.visor.service;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a process wrote last. It is read when somebody asks for it first: between the end of one
/// process and the start of the next nobody does.
public final class LastOutput {

    /// Of a process whose output nobody kept.
    public static final LastOutput NONE = new LastOutput(List::of);

    private static final int QUOTED_LINES = 3;

    private @Nullable Supplier<List<String>> reader;
    private List<String> lines = List.of();

    /// What a reader gives.
    ///
    /// @param reader gives the lines, without control characters; asked once
    public LastOutput(Supplier<List<String>> reader) {
        this.reader = reader;
    }

    private synchronized List<String> lines() {
        if (reader != null) {
            lines = List.copyOf(reader.get());
            reader = null;
        }
        return lines;
    }

    /// All of it that is kept.
    public String text() {
        return String.join("\n", lines());
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
        List<String> all = lines();
        List<String> last = all.subList(Math.max(0, all.size() - most), all.size());
        return last.isEmpty() ? "" : ": \"" + String.join(" | ", last) + "\"";
    }
}
