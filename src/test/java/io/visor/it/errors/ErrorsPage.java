package io.visor.it.errors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The tables of docs/errors.md.
final class ErrorsPage {

    static final String HEAD = "| message | trigger | exit | next step |";
    private static final Pattern CELLS =
            Pattern.compile("\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern PLACEHOLDER = Pattern.compile("<[^<>]+>");

    /// What stands in front of a message in the log, or of a problem in a list of them.
    private static final String BEFORE = "(?m)^(?:\\d\\d:\\d\\d:\\d\\d \\w+ +\\w+ +| +)?";

    /// What the log adds to a line that was said before.
    private static final String AFTER = "(?: \\(… \\d+ more in [^)]+\\))?$";

    private ErrorsPage() {}

    /// A row.
    ///
    /// @param message with placeholders, `<name>`, for what differs
    /// @param exit the code, or what is said in the place of one
    record Row(String message, String exit) {

        /// The process goes on; the message is in its log.
        static final String GOES_ON = "goes on";

        /// The process ends with the code of the command that it wraps.
        static final String OF_COMMAND = "the command's";

        /// What a line with this message looks like.
        String pattern() {
            StringBuilder pattern = new StringBuilder(BEFORE);
            Matcher placeholder = PLACEHOLDER.matcher(message);
            int at = 0;
            while (placeholder.find()) {
                pattern.append(Pattern.quote(message.substring(at, placeholder.start())));
                pattern.append(".+");
                at = placeholder.end();
            }
            return pattern + Pattern.quote(message.substring(at)) + AFTER;
        }
    }

    /// All rows of a page.
    ///
    /// @throws AssertionError if a line of a table is of another form
    static List<Row> read(Path page) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("|") && !line.equals(HEAD) && !line.startsWith("|---")) {
                rows.add(row(line));
            }
        }
        return rows;
    }

    private static Row row(String line) {
        Matcher cells = CELLS.matcher(line);
        if (!cells.matches()) {
            throw new AssertionError("no row of a table of messages: " + line);
        }
        String exit = cells.group(3);
        if (!exit.matches("[0-3]|" + Row.GOES_ON + "|" + Row.OF_COMMAND)) {
            throw new AssertionError("no exit: " + line);
        }
        return new Row(cells.group(1), exit);
    }
}
