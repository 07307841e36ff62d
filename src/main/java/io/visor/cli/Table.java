package io.visor.cli;

import java.util.ArrayList;
import java.util.List;

/// A table for people. What the last column says is cut where the screen ends; nothing else is.
final class Table {

    /// How wide a terminal is at least.
    static final int WIDTH = 80;

    private static final String GAP = "  ";

    /// Below this many characters the end of a row is not worth cutting.
    private static final int LEAST = 10;

    private final List<List<Cell>> rows = new ArrayList<>();

    /// What a cell says.
    ///
    /// @param text on one line
    /// @param colour how
    record Cell(String text, Colour colour) {

        Cell {
            text = text.replaceAll("\\p{Cntrl}+", " ");
        }

        static Cell of(String text) {
            return new Cell(text, Colour.NONE);
        }
    }

    /// The colours of states (ECMA-48, 8.3.117).
    enum Colour {
        NONE(""),
        GREEN("32"),
        YELLOW("33"),
        RED("31");

        private final String code;

        Colour(String code) {
            this.code = code;
        }

        String paint(String text) {
            return this == NONE ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
        }
    }

    Table(String... titles) {
        row(List.of(titles).stream().map(Cell::of).toList());
    }

    void row(List<Cell> cells) {
        rows.add(List.copyOf(cells));
    }

    /// The table, with its line ends.
    String text(boolean colour) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).text.length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<Cell> row : rows) {
            int used = 0;
            for (int i = 0; i < columns - 1; i++) {
                Cell cell = row.get(i);
                text.append(colour ? cell.colour.paint(cell.text) : cell.text);
                text.append(" ".repeat(widths[i] - cell.text.length())).append(GAP);
                used += widths[i] + GAP.length();
            }
            text.append(cut(row.getLast().text, Math.max(LEAST, WIDTH - used))).append('\n');
        }
        return text.toString();
    }

    /// A text that is no longer than a screen lets it be.
    static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
