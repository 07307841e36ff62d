package io.visor.model;

/// Something that an ended process can be recognised by.
public sealed interface ExitCondition {

    /// Its exit code.
    ///
    /// @param code 0 to 255; an end by a signal counts as 128 and the signal's number
    record Code(int code) implements ExitCondition {
        @Override
        public String toString() {
            return "code " + code;
        }
    }

    /// What it wrote last.
    ///
    /// @param pattern found in the last 64 KB
    record Output(OutputPattern pattern) implements ExitCondition {
        @Override
        public String toString() {
            return "\"" + pattern + "\"";
        }
    }

    /// Whether it holds.
    ///
    /// @param status how the process ended
    /// @param output what it wrote last
    default boolean holds(ExitStatus status, String output) {
        return switch (this) {
            case Code(int code) -> status.shellCode() == code;
            case Output(OutputPattern pattern) -> pattern.isIn(output);
        };
    }
}
