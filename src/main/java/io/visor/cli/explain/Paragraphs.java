package io.visor.cli.explain;

import java.util.ArrayList;
import java.util.List;

/// Text for a terminal: paragraphs that are wrapped between words, each further line set in by two
/// more. A word that is longer than a line, such as an address, is left whole.
final class Paragraphs {

    /// How wide a terminal is at least.
    static final int WIDTH = 80;

    private static final int HANG = 2;

    private final StringBuilder text = new StringBuilder();

    /// Adds a paragraph.
    ///
    /// @param indent how far it is set in
    Paragraphs add(int indent, String paragraph) {
        List<String> line = new ArrayList<>();
        int used = indent;
        int margin = indent;
        for (String word : paragraph.replaceAll("\\p{Cntrl}+", " ").strip().split(" +")) {
            if (!line.isEmpty() && used + 1 + word.length() > WIDTH) {
                end(margin, line);
                margin = indent + HANG;
                used = margin;
            }
            used += word.length() + (line.isEmpty() ? 0 : 1);
            line.add(word);
        }
        end(margin, line);
        return this;
    }

    private void end(int margin, List<String> line) {
        text.append(" ".repeat(margin)).append(String.join(" ", line)).append('\n');
        line.clear();
    }

    /// All of it, with line ends.
    @Override
    public String toString() {
        return text.toString();
    }
}
