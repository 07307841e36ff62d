package io.visor.cli;

/// The exit codes of visor's own; `wrap` and `pod` end with their child's.
final class ExitCodes {

    static final int DONE = 0;

    /// It failed; trying again may help.
    static final int FAILED = 1;

    /// The command line or the configuration must be changed first.
    static final int USAGE = 2;

    /// No instance answers.
    static final int NOBODY = 3;

    private ExitCodes() {}
}
