package io.visor.cli;

import picocli.CommandLine.Option;

/// How a result is printed.
final class OutputOptions {

    /// The forms.
    enum Form {
        text,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    private Form form = Form.text;

    boolean isJson() {
        return form == Form.json;
    }
}
