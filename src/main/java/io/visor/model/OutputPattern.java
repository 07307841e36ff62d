package io.visor.model;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression that is looked for in the output of a process, within a bounded number of
/// steps: an expression that backtracks without end must not stop the supervisor.
public final class OutputPattern {

    /// What a search may read, counting each time it reads a character.
    private static final int MAX_STEPS = 2_000_000;

    private final String text;
    private final Pattern pattern;

    /// Reads an expression ([Pattern]'s form).
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public OutputPattern(String text) {
        this.text = text;
        try {
            this.pattern = Pattern.compile(text, Pattern.MULTILINE);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no regular expression: " + e.getDescription());
        }
    }

    /// Whether it is found anywhere in a text. One that takes too many steps counts as not found.
    public boolean isIn(CharSequence output) {
        try {
            return pattern.matcher(new Bounded(output, new int[1])).find();
        } catch (TooManySteps | StackOverflowError e) {
            return false;
        }
    }

    /// The expression as it was written.
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutputPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManySteps() {
            super("too many steps", null, false, false);
        }
    }

    /// A text that may be read so often and no more.
    private record Bounded(CharSequence text, int[] steps) implements CharSequence {

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps[0] > MAX_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.subSequence(start, end), steps);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
