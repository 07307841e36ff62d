package io.visor.model;

/// How a process ended.
public sealed interface ExitStatus {

    /// It called `exit`.
    ///
    /// @param code 0 to 255
    record Exited(int code) implements ExitStatus {
        @Override
        public String toString() {
            return "code " + code;
        }
    }

    /// A signal ended it.
    ///
    /// @param number the signal's number, 1 to 64
    record Signaled(int number) implements ExitStatus {
        @Override
        public String toString() {
            for (Signal signal : Signal.values()) {
                if (signal.number() == number) {
                    return signal.toString();
                }
            }
            return "signal " + number;
        }
    }

    /// What a POSIX shell reports as `$?` (XCU 2.8.2): the exit code, or 128 + the signal's number.
    default int shellCode() {
        return switch (this) {
            case Exited(int code) -> code;
            case Signaled(int number) -> 128 + number;
        };
    }

    /// The status behind a shell's code. A process that exits with 129 to 192 by itself is taken
    /// for one that a signal ended: a shell's code cannot tell the two apart.
    static ExitStatus ofShellCode(int code) {
        return code > 128 && code <= 192 ? new Signaled(code - 128) : new Exited(code);
    }
}
