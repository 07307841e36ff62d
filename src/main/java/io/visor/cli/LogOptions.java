package io.visor.cli;

import io.visor.daemon.Logging;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// How visor's own log looks. Both spellings are LavaVisor's: the tool knows the underscore, its
/// README the dash.
final class LogOptions {

    /// The forms; `plain` is the Cosmos SDK's word for text.
    enum Format {
        text,
        json,
        plain
    }

    /// The levels; the Cosmos SDK knows two more above error.
    enum Level {
        trace,
        debug,
        info,
        warn,
        error,
        fatal,
        panic;

        /// The level that is the same in visor's log.
        String own() {
            return switch (this) {
                case trace, debug -> "debug";
                case fatal, panic -> "error";
                case info, warn, error -> name();
            };
        }
    }

    @Option(
            names = {"--log_format", "--log-format"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORM",
            defaultValue = "text",
            description = "How the log is written: text or json (default: ${DEFAULT-VALUE}).")
    private Format format = Format.text;

    @Option(
            names = {"--log_level", "--log-level"},
            scope = ScopeType.INHERIT,
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "What is logged: debug, info, warn or error (default: ${DEFAULT-VALUE}).")
    private Level level = Level.info;

    @Option(
            names = {"--log_level_field_name", "--log-level-field-name"},
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            defaultValue = "level",
            description = "The JSON field that holds the level (default: ${DEFAULT-VALUE}).")
    private String levelField = "level";

    @Option(
            names = {"--log_no_color", "--log-no-color"},
            scope = ScopeType.INHERIT,
            description = "Do not colour the log.")
    private boolean noColour;

    @Option(
            names = {"--trace", "--debug"},
            scope = ScopeType.INHERIT,
            description = "Show stack traces of failures.")
    private boolean trace;

    boolean trace() {
        return trace;
    }

    /// Sets the log up.
    void apply(Console console) {
        Logging.configure(
                new Logging.Options(
                        format == Format.json,
                        level.own(),
                        levelField,
                        console.colour() && !noColour,
                        trace));
    }
}
