package io.visor.systemd.unit;

/// What a unit is for; each kind has a template.
public enum UnitKind {
    CONSUMER("consumer.service"),
    PROVIDER("provider.service"),
    PROGRAM("program.service"),
    VISOR("visor.service");

    private final String template;

    UnitKind(String template) {
        this.template = template;
    }

    /// The file name of its template.
    public String template() {
        return template;
    }
}
