package io.visor.model;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression that is looked for in the output of a process, within a bounded number of
/// steps: an expression that backtracks without end must not stop the supervisor.
public final class OutputPattern {

    /// What a search may read, counting each time it reads a character; and what it may read more
    /// for each character that there is.
    private static final int MAX_STEPS = 2_000_000;

    private static final int MAX_STEPS_A_CHARACTER = 32;

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
            long most = MAX_STEPS + (long) MAX_STEPS_A_CHARACTER * output.length();
            return pattern.matcher(new Bounded(output, new long[] {most})).find();
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
    private record Bounded(CharSequence text, long[] left) implements CharSequence {

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.subSequence(start, end), left);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
